// The tabellenboek of a round, by command and by the API: whole or not there, for whom it is, and when.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkHeaders, checkProblem, faultsOf, request } from './lib/http.mjs';
import { sheetOf } from './lib/ods.mjs';
import { startService } from './lib/service.mjs';

const ROUND = 'ronde-boek';
const CLOSED = 'ronde-dicht';
const PILOT = 'ronde-proef';
const OPEN = 'ronde-openbaar';
// As in tests/peers/formats.mk: only where it is at hand.
const DDI_SCHEMA = process.env.DDI_SCHEMA && join(process.env.DDI_SCHEMA, 'codebook.xsd');
const ODS = 'application/vnd.oasis.opendocument.spreadsheet';
let service;
let folder;
let spool;
let key;
let micro;

const out = (name) => join(folder, name);
const book = (name, format, ...more) => service.run(['book', '--round', ROUND, '--format', format, '--out', out(name), ...more]);
const ask = (query, headers = { Authorization: `Bearer ${key}` }) => request(service, 'GET', `/v1/consultaties/biotechnologie-2026/tabellenboek?${new URLSearchParams(query)}`, { headers });
const bookOf = (query) => ask({ ronde: OPEN, formaat: 'ods', ...query }, {});
const audited = (result, origin) => Number(service.sql(`SELECT count(*) FROM zs.audit_event WHERE action = 'book.made' AND result = '${result}' AND origin = '${origin}'`));

before(async () => {
  spool = mkdtempSync(join(tmpdir(), 'zevenstem-spool-'));
  service = await startService({ ownReleases: true, settings: { exports: [`folder = ${spool}`] }, rounds: { [ROUND]: {}, [OPEN]: { interim: 'openbaar' }, [CLOSED]: { interim: 'gesloten' }, [PILOT]: { pilot: true } } });
  key = service.must('key', 'issue', '--scopes', 'analist', '--label', 'boek', '--purpose', 'het tabellenboek toetsen');
  micro = service.must('key', 'issue', '--scopes', 'microdata', '--label', 'rijen', '--purpose', 'de uitvoer toetsen');
  folder = join(service.folder, 'uit');
  mkdirSync(folder);
  const person = (answer, gender) => JSON.stringify({ variant: 'kern', toepassing_toegewezen_1: 'vaccins', 'houding-algemeen': answer, gender });
  const lines = ['heel-goed', 'goed', 'neutraal', 'slecht', 'heel-slecht', 'weet-ik-niet'].flatMap((answer) => [...Array.from({ length: 20 }, () => person(answer, 'vrouw')), ...Array.from({ length: 15 }, () => person(answer, 'man'))]);
  writeFileSync(join(service.folder, 'mensen.jsonl'), lines.join('\n'));
  service.must('import', 'responses', join(service.folder, 'mensen.jsonl'), '--round', ROUND, '--channel', 'api');
  const many = Array.from({ length: 12 }, () => lines).flat();
  writeFileSync(join(service.folder, 'velen.jsonl'), many.join('\n'));
  service.must('import', 'responses', join(service.folder, 'velen.jsonl'), '--round', OPEN, '--channel', 'api');
  const asked = async (round) => (await request(service, 'GET', `/v1/consultaties/biotechnologie-2026/tabellen?variabele=houding-algemeen&ronde=${round}`, { headers: { Authorization: `Bearer ${key}` } })).json?.rijen?.at(-1).gevraagd;
  for (const [round, people] of [[ROUND, lines.length], [OPEN, many.length]]) {
    for (const until = Date.now() + 30_000; (await asked(round)) !== people; await sleep(100)) assert.ok(Date.now() < until);
  }
});
after(async () => {
  await service?.stop();
  if (spool) rmSync(spool, { recursive: true, force: true });
});

describe('the tabellenboek', () => {
  test('is a file that is there whole, for its owner alone, and on the audit log', () => {
    for (const format of ['xlsx', 'ods']) {
      const done = book(`boek.${format}`, format, '--banner', 'gender');
      assert.equal(done.status, 0, done.err);
      assert.match(done.out, /^wrote .*: \d+ questions by \d+ columns/);
      assert.match(done.out, /comparisons at 95 %/);
      assert.equal(readFileSync(out(`boek.${format}`)).toString('latin1', 0, 2), 'PK');
      assert.equal(statSync(out(`boek.${format}`)).mode & 0o777, 0o600);
    }
    assert.equal(audited('ok', 'command'), 2);
    assert.deepEqual(readdirSync(folder).filter((name) => name.startsWith('.')), [], 'nothing is left beside it');
  });

  test('has a script for R beside it when that is asked', () => {
    const done = book('script.xlsx', 'xlsx', '--banner', 'gender', '--with-r', '--language', 'en');
    assert.equal(done.status, 0, done.err);
    const script = readFileSync(out('script.xlsx.R'), 'utf8');
    assert.match(script, /library\(httr\)/);
    assert.match(script, /\/v1\/consultaties\/biotechnologie-2026\/tabellen/);
    assert.match(script, /groepeerOp = "gender"/);
    assert.doesNotMatch(script, /werving|gewogen|weergave/, 'what the API takes unasked');
  });

  test('asks again for the people that the book is about', () => {
    assert.equal(book('panel.ods', 'ods', '--banner', 'gender', '--with-r', '--stream', 'panel').status, 0);
    assert.match(readFileSync(out('panel.ods.R'), 'utf8'), /groepeerOp = "gender", werving = "panel"\)/);
    const address = sheetOf(readFileSync(out('panel.ods')), 'Tabellen').flat().find((cell) => /tabellen\?ronde=/.test(cell));
    assert.match(address, /&groepeerOp=gender&werving=panel$/);
  });

  test('is not made of what there is none of', () => {
    const refused = (pattern, status, ...args) => {
      const done = service.run(['book', '--out', out('niet.ods'), ...args]);
      assert.equal(done.status, status, done.err);
      assert.match(done.err, pattern);
      assert.equal(existsSync(out('niet.ods')), false);
    };
    refused(/there is no round x /, 1, '--round', 'x', '--format', 'ods');
    refused(/there is no round/, 1, '--round', PILOT, '--format', 'ods');
    refused(/tussenstand is closed/, 1, '--round', CLOSED, '--format', 'ods');
    refused(/--banner: "schoenmaat" is not in the codebook of this round\. Choose variables with categories/, 2, '--round', ROUND, '--format', 'ods', '--banner', 'schoenmaat');
    refused(/--base: "iedereen" is no base\. Choose antwoord, mening or gevraagd/, 2, '--round', ROUND, '--format', 'ods', '--base', 'iedereen');
    refused(/^say with --format whether xlsx or ods\nusage: /, 2, '--round', ROUND, '--format', 'pdf');
    refused(/there are no weights/, 1, '--round', ROUND, '--format', 'ods', '--weighted');
    assert.equal(audited('refused', 'command'), 1);
    const nowhere = service.run(['book', '--round', ROUND, '--format', 'ods', '--out', join(folder, 'geen', 'map.ods')]);
    assert.equal(nowhere.status, 1);
    assert.match(nowhere.err, /No such file/);
  });

  test('comes by the API to an analyst', async () => {
    const reply = await ask({ ronde: ROUND, formaat: 'ods', kolommen: 'gender', percentages: 'rij' });
    assert.equal(reply.status, 200, reply.text.slice(0, 400));
    checkHeaders(reply);
    assert.equal(reply.headers['content-type'], ODS);
    assert.match(reply.headers['content-disposition'], /filename="ronde-boek-tabellenboek.ods"/);
    assert.match(reply.text, /^PK/);
    assert.equal(audited('ok', 'api'), 1);
    assert.deepEqual(readdirSync(spool), []);
  });

  test('is refused by the API with every fault at once', async () => {
    const wrong = await ask({ ronde: ROUND, formaat: 'pdf', kolommen: 'gender,gender,x', basis: 'y', taal: 'fr', percentages: 'z' });
    assert.equal(wrong.status, 400);
    checkProblem(wrong, 400);
    assert.deepEqual(faultsOf(wrong.json), { formaat: 'onbekend', kolommen: 'onbekend', basis: 'onbekend', taal: 'onbekend', percentages: 'onbekend' });
    assert.equal((await ask({ ronde: CLOSED, formaat: 'ods' })).status, 403);
    assert.equal((await ask({ ronde: ROUND, formaat: 'ods' }, {})).status, 403, 'the public, while its tussenstand is for analysts');
    assert.equal((await ask({ ronde: ROUND, formaat: 'ods', gewogen: 'true' })).status, 409);
    assert.equal((await ask({ ronde: ROUND, formaat: 'ods', onzin: '1' })).status, 400);
    assert.equal(audited('failed', 'api'), 1, 'of the weights');
  });
});

describe('the tabellenboek of the public', () => {
  const table = (query) => request(service, 'GET', `/v1/consultaties/biotechnologie-2026/tabellen?${new URLSearchParams({ ronde: OPEN, ...query })}`);

  before(async () => {
    const none = await bookOf();
    assert.equal(none.status, 404, none.text.slice(0, 300));
    assert.match(none.text, /geen-uitgave/);
    service.must('release', 'make', '--round', OPEN);
    for (let i = 0; i < 100 && (await table({ variabele: 'houding-algemeen' })).status !== 200; i++) await sleep(100);
  });

  // What the table of the API says, as a cell of the book would.
  const sameAs = (cell, figure, { percent } = {}) => (typeof figure === 'number' ? Math.abs(cell * (percent ? 100 : 1) - figure) < 1e-6 : typeof cell === 'string');
  function compare(rows, column, line) {
    const at = rows.findIndex((row) => row[0] === 'houding-algemeen');
    const body = rows.slice(at, rows.findIndex((row, i) => i > at && row.every((cell) => cell === '')));
    const row = (code) => body.find((one) => one[0] === code) ?? assert.fail(`no row ${code} in ${JSON.stringify(body)}`);
    let compared = 0;
    assert.ok(sameAs(row('n')[column], line.basis), `n of ${column}`);
    for (const { antwoord, percentage } of line.cellen.filter(({ antwoord: code }) => code !== 'geen-antwoord')) {
      const cell = row(antwoord)[column];
      assert.ok(sameAs(cell, percentage, { percent: true }), `${antwoord} of ${column}: ${cell} is not ${percentage}`);
      compared += typeof cell === 'number';
    }
    assert.ok(sameAs(row('gemiddelde')[column], line.maten.gemiddelde.waarde), 'mean');
    return compared;
  }

  test('says to the digit what the public tables of its release say, and marks what is withheld', async () => {
    const reply = await bookOf({ kolommen: 'gender' });
    assert.equal(reply.status, 200, reply.text.slice(0, 400));
    checkHeaders(reply);
    const rows = sheetOf(reply.bytes, 'Tabellen');
    const whole = (await table({ variabele: 'houding-algemeen' })).json;
    const split = (await table({ variabele: 'houding-algemeen', groepeerOp: 'gender' })).json;
    let compared = compare(rows, 2, whole.rijen.at(-1));
    const columns = rows[2];
    for (const code of ['vrouw', 'man']) compared += compare(rows, columns.indexOf(`gender:${code}`), split.rijen.find(({ groep }) => groep.gender === code));
    assert.equal(compared, 18, 'every answer of everybody, women and men');
    const people = rows.find((row) => row[0] === 'n');
    for (const [at, code] of columns.entries()) if (/^gender:(?!vrouw|man)/.test(code)) assert.equal(people[at], 'niet openbaar', code);
  });

  test('states release and method, and has no sheet of live numbers', async () => {
    const { bytes } = await bookOf();
    const method = sheetOf(bytes, 'Methode').map((row) => row.join(' ')).join('\n');
    assert.match(method, /Uit uitgave 1 van /);
    assert.match(method, /ten hoogste 5 erbij of eraf/);
    assert.match(method, /vanaf 15, en is dan zeker van ten minste 10 mensen/);
    assert.doesNotMatch(method, /plaats \d+ in het logboek/);
    assert.equal(sheetOf(bytes, 'Volgorde'), null);
    assert.equal(sheetOf(bytes, 'Afhakers'), null);
    const english = await bookOf({ taal: 'en' });
    assert.match(sheetOf(english.bytes, 'Method').map((row) => row.join(' ')).join('\n'), /From release 1 of /);
  });

  test('may be kept, by its release, and needs no key and no line on the audit log', async () => {
    const logged = audited('ok', 'api');
    const first = await bookOf();
    assert.match(first.headers['cache-control'], /public, max-age=\d+/);
    const again = await ask({ ronde: OPEN, formaat: 'ods' }, { 'If-None-Match': first.headers.etag });
    assert.equal(again.status, 304);
    const analyst = await ask({ ronde: OPEN, formaat: 'ods', weergave: 'openbaar' });
    assert.deepEqual(sheetOf(analyst.bytes, 'Tabellen'), sheetOf(first.bytes, 'Tabellen'), 'who has a key sees the same');
    assert.equal(audited('ok', 'api'), logged);
  });

  test('is refused with every fault at once, and where its rules say no', async () => {
    const wrong = await bookOf({ kolommen: 'toepassing_toegewezen_1', basis: 'mening', percentages: 'rij', taal: 'fr' });
    checkProblem(wrong, 400);
    assert.deepEqual(faultsOf(wrong.json), { kolommen: 'niet-in-het-rooster', basis: 'een-basis', percentages: 'niet-in-het-rooster', taal: 'onbekend' });
    checkProblem(await bookOf({ werving: 'alle' }), 403);
    checkProblem(await bookOf({ gewogen: 'true' }), 409);
    checkProblem(await ask({ ronde: ROUND, formaat: 'ods' }, {}), 403);
    checkProblem(await ask({ ronde: OPEN, formaat: 'ods', weergave: 'analist' }, {}), 401);
  });

  test('is made by command too, of the same figures', async () => {
    const done = service.run(['book', '--round', OPEN, '--view', 'openbaar', '--format', 'ods', '--out', out('openbaar.ods')]);
    assert.doesNotMatch(done.err, /release\.settings/, 'the protection is that of the release');
    assert.equal(done.status, 0, done.err);
    assert.match(done.out, /of release 1: \d+ cells of tables shown, \d+ not public/);
    assert.deepEqual(sheetOf(readFileSync(out('openbaar.ods')), 'Tabellen'), sheetOf((await bookOf()).bytes, 'Tabellen'));
    const again = service.run(['book', '--round', OPEN, '--view', 'openbaar', '--format', 'ods', '--out', out('weer.ods'), '--banner', 'gender', '--with-r']);
    assert.equal(again.status, 0, again.err);
    const script = readFileSync(out('weer.ods.R'), 'utf8');
    assert.match(script, /weergave = "openbaar"/);
    assert.doesNotMatch(script, /ZEVENSTEM_KEY|Bearer/, 'nobody needs a key for it');
    const none = service.run(['book', '--round', ROUND, '--view', 'openbaar', '--format', 'ods', '--out', out('geen.ods')]);
    assert.equal(none.status, 1);
    assert.match(none.err, /no release yet/);
    assert.equal(service.run(['book', '--round', OPEN, '--view', 'iedereen', '--format', 'ods', '--out', out('geen.ods')]).status, 2);
  });
});

describe('all public tables of a release', () => {
  const path = (query) => `/v1/consultaties/biotechnologie-2026/uitgaven/tabellen?${new URLSearchParams({ ronde: OPEN, ...query })}`;
  const take = (query, headers = {}) => request(service, 'GET', path(query), { headers });
  let lines;

  test('come as JSON lines whose last one proves that they are whole', async () => {
    const reply = await take({ formaat: 'jsonl' });
    assert.equal(reply.status, 200, reply.text.slice(0, 400));
    checkHeaders(reply);
    assert.equal(reply.headers['content-type'], 'application/jsonl');
    lines = reply.text.trimEnd().split('\n').map((line) => JSON.parse(line));
    const { einde } = lines.pop();
    assert.equal(einde.rijen, lines.length);
    assert.equal(Number(reply.headers.rijen), lines.length);
    const before = reply.bytes.subarray(0, reply.bytes.lastIndexOf('\n', reply.bytes.length - 2) + 1);
    assert.equal(einde.sha256, createHash('sha256').update(before).digest('hex'));
    assert.equal((await take({ formaat: 'jsonl' }, { 'If-None-Match': reply.headers.etag })).status, 304);
  });

  test('are what everybody gets of the exports, and never microdata', async () => {
    const exports = (query, headers = {}) => request(service, 'GET', `/v1/consultaties/biotechnologie-2026/exporten?${new URLSearchParams({ ronde: OPEN, ...query })}`, { headers });
    for (const formaat of ['csv', 'csvw', 'jsonl', 'ddi']) {
      const [mine, theirs] = [await take({ formaat }), await exports({ formaat })];
      assert.equal(theirs.status, 200, theirs.text.slice(0, 300));
      assert.equal(theirs.text, mine.text, formaat);
      assert.equal(theirs.headers.etag, mine.headers.etag);
      assert.match(theirs.headers['cache-control'], /^public, max-age=/);
      assert.match(theirs.headers.vary, /Authorization/);
      checkHeaders(theirs);
    }
    for (const formaat of ['sav', 'dta', 'xlsx', 'ods']) assert.deepEqual(faultsOf(checkProblem(await exports({ formaat }), 400)), { formaat: 'onbekend' });
    assert.deepEqual(faultsOf(checkProblem(await exports({ formaat: 'csv', k: '5' }), 400)), { k: 'niet-hier' });
    checkProblem(await exports({ formaat: 'csv' }, { Authorization: `Bearer ${service.keys.analyst}` }), 403, 'a key without the right is none');
    checkProblem(await exports({ ronde: ROUND, formaat: 'csv' }), 403, 'of a round for analysts');
  });

  test('have every figure once, and those of the table endpoint', async () => {
    const keys = lines.map((row) => ['variabele', 'groep_1', 'categorie_1', 'groep_2', 'categorie_2', 'maat', 'antwoord'].map((name) => row[name]).join('\t'));
    assert.equal(new Set(keys).size, keys.length);
    const table = (await request(service, 'GET', `/v1/consultaties/biotechnologie-2026/tabellen?ronde=${OPEN}&variabele=houding-algemeen&groepeerOp=gender`)).json;
    let compared = 0;
    for (const row of table.rijen) {
      const group = row.groep.gender;
      if (!row.cellen.some(({ aantalReden }) => aantalReden !== 'te-weinig-mensen')) continue; // not open: no rows
      const mine = lines.filter((one) => one.variabele === 'houding-algemeen' && one.groep_2 === null && (group === 'alle' ? one.groep_1 === null : one.groep_1 === 'gender' && one.categorie_1 === group));
      for (const cell of row.cellen) {
        const one = mine.find(({ antwoord }) => antwoord === cell.antwoord);
        assert.deepEqual([one.aantal, one.waarde, one.basis], [cell.aantal ?? null, cell.percentage ?? null, row.basis ?? null], `${group} ${cell.antwoord}`);
        if (cell.bandbreedte) assert.deepEqual([one.ondergrens, one.bovengrens], cell.bandbreedte);
        compared += one.waarde !== null;
      }
      const mean = mine.find(({ maat }) => maat === 'gemiddelde');
      assert.equal(mean.waarde, row.maten.gemiddelde?.waarde ?? null);
    }
    assert.equal(compared, 18);
    assert.ok(lines.every(({ aantal }) => aantal === null || aantal >= 15), 'nothing small');
    assert.ok(lines.every(({ aantal, aantal_reden: why, maat }) => (aantal === null) === Boolean(why) || maat !== 'percentage'));
  });

  test('come as CSV with its description, the same rows', async () => {
    const csv = await take({}, { Accept: 'text/csv' });
    assert.equal(csv.status, 200);
    const described = /<([^>]+)>; rel="describedby"/.exec(csv.headers.link)[1];
    const metadata = (await request(service, 'GET', described.slice(described.indexOf('/v1')))).text;
    const { tableSchema, url } = JSON.parse(metadata);
    assert.match(url, /formaat=csv$/);
    const [head, ...rows] = csv.text.trimEnd().split('\r\n');
    assert.deepEqual(head.split(','), tableSchema.columns.map(({ name }) => name));
    assert.deepEqual(Object.keys(lines[0]), head.split(','));
    assert.equal(rows.length, lines.length);
    const numbers = tableSchema.columns.filter(({ datatype }) => datatype !== 'string').map(({ name }) => name);
    assert.ok(lines.every((row) => numbers.every((name) => row[name] === null || typeof row[name] === 'number')));
  });

  test('are described for archives: questions, answers and the same protected counts, and nobody alone', async () => {
    const reply = await take({ formaat: 'ddi' });
    assert.equal(reply.status, 200, reply.text.slice(0, 400));
    checkHeaders(reply);
    assert.equal(reply.headers['content-type'], 'application/xml');
    const file = out('uitgave.xml');
    writeFileSync(file, reply.text);
    const checked = spawnSync('xmllint', ['--nonet', '--noout', ...(DDI_SCHEMA ? ['--schema', DDI_SCHEMA] : []), file], { encoding: 'utf8' });
    assert.equal(checked.status, 0, checked.stderr);
    const text = (code) => code.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&quot;/g, '"').replace(/&amp;/g, '&');
    const variables = new Map([...reply.text.matchAll(/<var ID="V\d+" name="([^"]+)"([^]*?)<\/var>/g)].map(([, name, body]) => [name, body]));
    assert.deepEqual([...variables.keys()].filter((name) => lines.some((row) => row.variabele === name)), [...new Set(lines.map((row) => row.variabele))]);
    let compared = 0;
    for (const [name, body] of variables) {
      const told = lines.filter((row) => row.variabele === name && row.groep_1 === null && row.maat === 'percentage');
      const categories = [...body.matchAll(/<catgry( missing="Y")?>\s*<catValu>([^<]+)<\/catValu>\s*<labl>([^<]*)<\/labl>([^]*?)<\/catgry>/g)];
      for (const row of told) {
        const [, missing, , label, rest] = categories.find(([, , code]) => code === row.antwoord) ?? assert.fail(`${name} ${row.antwoord}`);
        assert.equal(text(label), row.label ?? row.antwoord);
        assert.equal(Number(/"freq">(\d+)</.exec(rest)?.[1] ?? NaN), row.aantal ?? NaN, `${name} ${row.antwoord}`);
        assert.equal(Number(/"percent">([\d.]+)</.exec(rest)?.[1] ?? NaN), row.waarde ?? NaN, `${name} ${row.antwoord}`);
        assert.equal(/<txt>minder dan 15<\/txt>/.test(rest), row.aantal_reden === 'minder-dan');
        assert.ok(!missing || row.waarde === null);
        compared += row.waarde !== null;
      }
    }
    assert.ok(compared > 10, `${compared} shares compared`);
    assert.match(variables.get('houding-algemeen'), /<qstnLit>[^<]+\?<\/qstnLit>/);
    assert.match(variables.get('houding-algemeen'), /<sumStat type="mean">[\d.]+</);
    assert.doesNotMatch(reply.text, /fileDscr|caseQnty/, 'there is no file of people');
    for (const [, count] of reply.text.matchAll(/type="(?:freq|vald)">(\d+)</g)) assert.ok(Number(count) >= 15, 'nothing small');
    for (const [, address] of reply.text.matchAll(/URI="([^"]+)"/g)) {
      const there = await request(service, 'GET', text(address).replace(/^https?:\/\/[^/]+/, ''));
      assert.equal(there.status, 200, address);
    }
    checkProblem(await take({ formaat: 'ddi', gewogen: 'true' }), 409);
    checkProblem(await take({ ronde: ROUND, formaat: 'ddi' }), 403);
  });

  test('hold nobody up for a client that stops reading', async () => {
    const socket = connect(service.port, '127.0.0.1');
    socket.pause();
    await new Promise((sent) => socket.write(`GET ${path({ formaat: 'jsonl' })} HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 10.9.9.8\r\n\r\n`, sent));
    for (const formaat of ['jsonl', 'csv', 'ddi']) assert.equal((await take({ formaat })).status, 200, formaat);
    assert.equal((await bookOf({ kolommen: 'gender', taal: 'en' })).status, 200);
    socket.destroy();
  });

  test('are whole or an answer that says why, on a disk that fills', async (t) => {
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'none', spool]);
    if (mounted.status !== 0) return t.skip('no small disk without the right to mount one');
    const asked = {
      description: () => take({ formaat: 'ddi', taal: 'en' }),
      book: () => bookOf({ taal: 'en', kolommen: 'leeftijd' }),
      live: () => ask({ ronde: ROUND, formaat: 'ods' }),
      microdata: () => request(service, 'GET', `/v1/consultaties/biotechnologie-2026/exporten?ronde=${OPEN}&formaat=jsonl`, { headers: { Authorization: `Bearer ${micro}` } }),
    };
    try {
      for (const [name, call] of Object.entries(asked)) {
        const reply = await call();
        checkProblem(reply, 503);
        assert.ok(Number(reply.headers['retry-after']) > 0, name);
        assert.match(reply.json.detail, /geen plaats/, name);
      }
      assert.equal((await take({ formaat: 'jsonl' })).status, 200, 'what is there already stays');
    } finally {
      assert.equal(spawnSync('umount', [spool]).status, 0, 'nothing holds on to the disk');
    }
    assert.deepEqual(readdirSync(spool), []);
    for (const call of Object.values(asked)) assert.equal((await call()).status, 200);
    assert.match((await asked.description()).text, /xml:lang="en"[^]*fewer than 15/);
  });

  test('are refused with every fault at once', async () => {
    const wrong = await take({ formaat: 'sav', werving: 'x', gewogen: 'ja', taal: 'fr' });
    checkProblem(wrong, 400);
    assert.deepEqual(faultsOf(wrong.json), { formaat: 'onbekend', werving: 'onbekend', gewogen: 'onbekend', taal: 'onbekend' });
    checkProblem(await take({ formaat: 'csv', werving: 'alle' }), 403);
    checkProblem(await take({ formaat: 'csv', gewogen: 'true' }), 409);
    checkProblem(await take({ ronde: ROUND, formaat: 'csv' }), 403);
  });
});
