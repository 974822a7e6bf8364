// Microdata of a round, by command and by the API: what is in it, what is not, and that a file is whole or not there.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { recordsOf } from './lib/csv.mjs';
import { apiOf, checkHeaders, checkProblem, faultsOf, request } from './lib/http.mjs';
import { csvOfSample, sampleOf } from './lib/sample.mjs';
import { openapi, PROGRAM, startService } from './lib/service.mjs';

const ROUND = 'ronde-uitvoer';
const FEW = 'ronde-weinig';
const CLOSED = 'ronde-gesloten';
const PILOT = 'ronde-proef';
const CONCEPT = 'ronde-concept';
const EMPTY = 'ronde-leeg';
const LARGE = 'ronde-groot';
const WEIGHED = 'ronde-gewogen';
const LARGE_PEOPLE = 3000;
let service;
let api;
let folder;
let spool;
let key;
const withdrawn = [];

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
const out = (name) => join(folder, name);
const exportTo = (name, format, ...more) => service.run(['export', 'responses', '--purpose', 'uitvoer toetsen', '--round', ROUND, '--format', format, '--out', out(name), ...more]);

// CSV without quotes is all that codes need; a cell with one would be seen.
function readCsv(text) {
  const [head, ...lines] = text.trimEnd().split('\r\n').map((line) => line.split(','));
  return lines.map((cells) => Object.fromEntries(head.map((name, i) => [name, cells[i]])));
}

const importInto = (round, records) => {
  const path = join(service.folder, `${round}.jsonl`);
  writeFileSync(path, records.map((record) => JSON.stringify(record)).join('\n'));
  const done = service.run(['import', 'responses', path, '--round', round, '--channel', 'api']);
  assert.equal(done.status, 0, done.err);
};
const person = (more) => ({ variant: 'kern', toepassing_toegewezen_1: 'vaccins', ...more });
const people = (count, more) => Array.from({ length: count }, () => person(more));

const exports = (query) => `/v1/consultaties/biotechnologie-2026/exporten?${new URLSearchParams(query)}`;
const ask = (query, { method = 'GET', headers = {} } = {}) => request(service, method, exports(query), { headers: { Authorization: `Bearer ${key}`, ...headers } });
const digestOf = (bytes) => `sha-256=:${createHash('sha256').update(bytes).digest('base64')}:`;

before(async () => {
  spool = mkdtempSync(join(tmpdir(), 'zevenstem-spool-'));
  service = await startService({ settings: { exports: [`folder = ${spool}`, 'max_mib = 24'] }, rounds: { [ROUND]: {}, [LARGE]: {}, [WEIGHED]: { weighting: { margins: ['leeftijd-gender', 'provincie', 'opleiding-3'], lower_percent: 15 } }, [FEW]: {}, [EMPTY]: {}, [CLOSED]: { interim: 'gesloten' }, [PILOT]: { pilot: true }, [CONCEPT]: { draft: true } } });
  api = apiOf(service, openapi);
  key = service.must('key', 'issue', '--scopes', 'microdata', '--label', 'onderzoek', '--purpose', 'onderzoek naar houding');
  folder = join(service.folder, 'uit');
  mkdirSync(folder);
  importInto(ROUND, [
    ...people(20, { 'houding-algemeen': 'goed', leeftijd: '18-24', gender: 'vrouw', postcode: '9711' }),
    ...people(3, { 'houding-algemeen': 'slecht', leeftijd: '16-17', gender: 'vrouw', postcode: '8911', vaccins_waarom: 'Een geheim dat niemand mag lezen' }),
    ...people(7, { 'houding-algemeen': 'weet-ik-niet', leeftijd: '75-plus', gender: 'man', postcode: '6211', opleiding: 'hbo' }),
    ...people(5, { leeftijd: '55-64', gender: 'vrouw', postcode: '3511' }),
    ...people(2, { 'houding-algemeen': 'neutraal', leeftijd: '45-54', gender: 'anders', postcode: '1011' }),
  ]);
  importInto(LARGE, people(LARGE_PEOPLE, { 'houding-algemeen': 'goed', leeftijd: '25-34' }));
  importInto(FEW, people(4, { 'houding-algemeen': 'goed' }));
  importInto(CLOSED, people(9, { 'houding-algemeen': 'goed' }));
  for (const answer of ['goed', 'slecht']) {
    const { code } = (await api.begin(ROUND, { variant: 'kern' })).json;
    assert.equal((await api.send(ROUND, code, { variant: 'kern', 'houding-algemeen': answer })).status, 201);
    withdrawn.push(code);
  }
  assert.equal((await api.correct(ROUND, withdrawn[1], { 'houding-algemeen': 'goed' })).status, 200);
  assert.equal((await api.withdraw(ROUND, withdrawn[0])).status, 204);
});
after(async () => {
  await service?.stop();
  if (spool) rmSync(spool, { recursive: true, force: true });
});

describe('microdata', () => {
  test('is a row for each response that counts now, coarser than it was answered, and of nobody alone', () => {
    const done = exportTo('een.csv', 'csv');
    assert.equal(done.status, 0, done.err);
    const text = readFileSync(out('een.csv'), 'utf8');
    const rows = readCsv(text);
    assert.equal(rows.length, 38, '37 imported, one corrected, one withdrawn');
    const manifest = JSON.parse(readFileSync(out('een.csv.manifest.json'), 'utf8'));
    assert.equal(manifest.rijen, 38);
    assert.equal(manifest.bytes, Buffer.byteLength(text));
    assert.equal(manifest.sha256, sha256(text));
    assert.match(done.out, new RegExp(`38 rows of ${manifest.variabelen} variables, ${manifest.bytes} bytes, sha256 ${manifest.sha256}`));

    const columns = Object.keys(rows[0]);
    assert.equal(columns.length, manifest.variabelen);
    assert.deepEqual(manifest.weggelaten.filter((code) => columns.includes(code)), []);
    assert.ok(manifest.weggelaten.includes('schooljaren'));
    assert.deepEqual(manifest.grover, ['leeftijd', 'postcode', 'opleiding']);
    assert.doesNotMatch(text, /geheim/);
    const count = (of) => rows.filter((row) => Object.entries(of).every(([name, value]) => row[name] === value)).length;
    assert.equal(count({ leeftijd: '16-24', gender: 'vrouw', postcode: 'LD01' }), 23);
    assert.equal(count({ leeftijd: '65-plus', gender: 'man', postcode: 'LD04', opleiding: 'hoog' }), 7);
    assert.equal(count({ 'houding-algemeen': 'weet-ik-niet' }), 7);
    assert.equal(count({ vaccins_waarom: 'gegeven' }), 3);

    // Nobody's background is that of fewer than 5, counted here anew.
    const keys = manifest.anonimiteit.kenmerken.map(({ variabele }) => variabele);
    assert.deepEqual(keys.slice(0, 6), ['werving', 'kanaal', 'taal', 'leeftijd', 'gender', 'postcode']);
    const groups = new Map();
    for (const row of rows) {
      const profile = keys.map((key) => row[key]).join();
      groups.set(profile, (groups.get(profile) ?? 0) + 1);
    }
    const sizes = [...groups.values()];
    assert.ok(Math.min(...sizes) >= 5, sizes.join());
    assert.equal(manifest.anonimiteit.kleinste_groep, Math.min(...sizes));
    assert.equal(manifest.anonimiteit.groepen, sizes.length);
    const hidden = rows.filter((row) => keys.some((key) => row[key] === 'afgeschermd'));
    assert.equal(hidden.length, 8, 'two of 45 to 54, one who answered nothing, and the smallest group, which joins them');
    assert.equal(count({ werving: 'open' }), rows.length, 'how somebody came is not hidden for it');
    assert.equal(manifest.anonimiteit.rijen_met_iets_afgeschermd, hidden.length);
  });

  test('cannot be led back, or laid beside an earlier export', () => {
    assert.equal(exportTo('nog-een.csv', 'csv').status, 0);
    const texts = ['een.csv', 'nog-een.csv'].map((name) => readFileSync(out(name), 'utf8'));
    const [first, second] = texts.map(readCsv);
    const names = first.map(({ rij }) => rij);
    assert.equal(new Set(names).size, names.length);
    assert.deepEqual(second.map(({ rij }) => rij).filter((rij) => names.includes(rij)), []);
    const order = (rows) => rows.map(({ rij, ...row }) => Object.values(row).join());
    assert.notDeepEqual(order(first), order(second), 'the order is drawn anew');
    assert.deepEqual(order(first).sort(), order(second).sort(), 'of the same rows');
    const ids = service.sql(`SELECT string_agg(encode(response_id, 'hex'), ' ') FROM zs.response`).split(' ');
    assert.ok(ids.length > 30);
    assert.deepEqual(ids.filter((id) => texts[0].includes(id) || texts[0].includes(id.slice(0, 16))), []);
    for (const name of readdirSync(folder)) assert.equal(statSync(out(name)).mode & 0o777, 0o600, name);
  });

  test('says in every format how many rows and which bytes make it whole', () => {
    for (const format of ['jsonl', 'sav', 'dta', 'xlsx', 'ods', 'ddi', 'csvw']) {
      const done = exportTo(`alles.${format}`, format, '--language', 'en', '--k', '7');
      assert.equal(done.status, 0, done.err);
      const bytes = readFileSync(out(`alles.${format}`));
      const manifest = JSON.parse(readFileSync(out(`alles.${format}.manifest.json`), 'utf8'));
      assert.equal(manifest.formaat, format);
      assert.equal(manifest.rijen, 38);
      assert.equal(manifest.bytes, bytes.length);
      assert.equal(manifest.sha256, sha256(bytes));
      assert.equal(manifest.anonimiteit.k, 7);
    }
    const lines = readFileSync(out('alles.jsonl'), 'utf8').trimEnd().split('\n');
    const { einde } = JSON.parse(lines.pop());
    assert.equal(einde.rijen, lines.length);
    assert.equal(einde.sha256, sha256(`${lines.join('\n')}\n`));
    const row = JSON.parse(lines[0]);
    assert.equal(row.werving, 'open');
    const metadata = JSON.parse(readFileSync(out('een.csv-metadata.json'), 'utf8'));
    assert.equal(metadata.url, 'een.csv');
    assert.deepEqual(metadata.tableSchema.columns.map(({ titles }) => titles), Object.keys(row));
    assert.match(readFileSync(out('een.csv.ddi.xml'), 'utf8'), /<fileName>een\.csv<\/fileName>[^]*<caseQnty>38</);
    // Its frequencies are those of the rows beside it: as coarse, and hidden where they are.
    const rows = recordsOf(readFileSync(out('een.csv'), 'utf8'));
    let counted = 0;
    for (const [, name, body] of readFileSync(out('een.csv.ddi.xml'), 'utf8').matchAll(/<var ID="V\d+" name="([^"]+)"([^]*?)<\/var>/g)) {
      const categories = [...body.matchAll(/<catgry( missing="Y")?>\s*<catValu>([^<]*)<\/catValu>[^]*?<catStat type="freq">(\d+)<\/catStat>/g)];
      for (const [, , code, count] of categories) assert.equal(Number(count), rows.filter((one) => one[name] === code).length, `${name}=${code}`);
      const sums = Object.fromEntries([...body.matchAll(/<sumStat type="(vald|invd)">(\d+)</g)].map(([, type, count]) => [type, Number(count)]));
      assert.equal(sums.vald + sums.invd, rows.length, name);
      assert.equal(sums.invd, categories.filter(([, missing]) => missing).reduce((sum, [, , , count]) => sum + Number(count), 0), name);
      counted += categories.length;
    }
    assert.ok(counted > 100, 'every category of every variable');
    assert.match(readFileSync(out('alles.ddi'), 'utf8'), /xml:lang="en"[^]*<labl>Do not know</);
    const names = JSON.parse(readFileSync(out('alles.sav.manifest.json'), 'utf8')).namen;
    assert.equal(names['houding.algemeen'], 'houding-algemeen');
  });

  test('is on the record, with its rows and hash', () => {
    const { uitvoer, sha256: hash } = JSON.parse(readFileSync(out('een.csv.manifest.json'), 'utf8'));
    const details = JSON.parse(service.sql(`SELECT details FROM zs.audit_event WHERE action = 'export.microdata' AND object = 'round:${ROUND}' AND result = 'ok' AND actor LIKE 'beheerder:_%' AND origin = 'command' ORDER BY id LIMIT 1`));
    assert.deepEqual({ ...details, rijen_met_iets_afgeschermd: 0, bytes: 0 }, { doel: 'uitvoer toetsen', formaat: 'csv', k: 5, uitvoer, rijen: 38, bytes: 0, sha256: hash, rijen_met_iets_afgeschermd: 0 });
  });

  test('have weights where the round has, as the mean of those of whom the same is shown', () => {
    const path = join(service.folder, 'steekproef.csv');
    writeFileSync(path, csvOfSample(sampleOf(2000, 7)));
    service.must('import', 'responses', path, '--round', WEIGHED);
    service.must('weights', 'make', '--round', WEIGHED);
    service.must('export', 'responses', '--purpose', 'uitvoer toetsen', '--round', WEIGHED, '--format', 'csv', '--out', out('gewogen.csv'));
    const manifest = JSON.parse(readFileSync(out('gewogen.csv.manifest.json'), 'utf8'));
    assert.match(manifest.gewichten, /^open \d+$/);
    const rows = readCsv(readFileSync(out('gewogen.csv'), 'utf8'));
    const keys = manifest.anonimiteit.kenmerken.map(({ variabele }) => variabele);
    const weights = new Map();
    for (const row of rows) {
      const profile = keys.map((key) => row[key]).join();
      assert.equal(weights.get(profile) ?? row.gewicht, row.gewicht, 'a weight tells no more than the row');
      weights.set(profile, row.gewicht);
    }
    assert.ok(new Set(weights.values()).size > 10);
    const sum = rows.reduce((total, { gewicht }) => total + Number(gewicht), 0);
    assert.ok(Math.abs(sum - rows.length) < 0.01, `weights have the mean 1: ${sum} of ${rows.length}`);
    assert.match(readFileSync(out('gewogen.csv.ddi.xml'), 'utf8'), /name="gewicht" files="F1" intrvl="contin" wgt="wgt"/);
    assert.equal(JSON.parse(readFileSync(out('een.csv.manifest.json'), 'utf8')).gewichten, null);
  });

  test('of fewer people than k does not leave; of nobody it is a header', () => {
    const few = service.run(['export', 'responses', '--purpose', 'uitvoer toetsen', '--round', FEW, '--format', 'csv', '--out', out('weinig.csv')]);
    assert.equal(few.status, 1);
    assert.match(few.err, /4 responses, fewer than k = 5/);
    const empty = service.run(['export', 'responses', '--purpose', 'uitvoer toetsen', '--round', EMPTY, '--format', 'csv', '--out', out('leeg.csv')]);
    assert.equal(empty.status, 0, empty.err);
    assert.equal(readFileSync(out('leeg.csv'), 'utf8').split('\r\n').length, 2);
    assert.ok(!existsSync(out('weinig.csv')));
  });

  test('does not leave during the embargo, nor of rounds that do not count', async () => {
    const of = (round) => service.run(['export', 'responses', '--purpose', 'uitvoer toetsen', '--round', round, '--format', 'csv', '--out', out('niet.csv')]);
    assert.match(of(CLOSED).err, /tussenstand is closed/);
    assert.equal(service.sql(`SELECT DISTINCT result FROM zs.audit_event WHERE action = 'export.microdata' AND object = 'round:${CLOSED}'`), 'refused');
    checkProblem(await ask({ ronde: CLOSED, formaat: 'csv' }), 403);
    for (const round of [PILOT, CONCEPT, 'bestaat-niet']) assert.match(of(round).err, /no round .* that was opened and counts/);
    assert.ok(!existsSync(out('niet.csv')));
    service.must('consultation', 'close', CLOSED, '--now');
    assert.equal(of(CLOSED).status, 0);
  });

  test('is whole or not there when the disk fills, and leaves nothing behind', () => {
    const before = readdirSync(folder).sort();
    const old = readFileSync(out('een.csv'), 'utf8');
    for (const format of ['csv', 'jsonl', 'sav', 'dta', 'xlsx', 'ods', 'ddi', 'csvw']) {
      // A limit of 2 blocks of 512 bytes on the size of a file, past which a write fails.
      const done = spawnSync('sh', ['-c', `trap '' XFSZ; ulimit -f 2; exec "$0" "$@"`, PROGRAM, 'export', 'responses', '--purpose', 'uitvoer toetsen', '--round', ROUND, '--format', format, '--out', out('een.csv')], { encoding: 'utf8', env: { ...process.env, ZEVENSTEM_CONFIG: join(service.folder, 'zevenstem.conf') } });
      assert.equal(done.status, 1, `${format}: ${done.err}`);
      assert.match(done.stderr, /File too large/, format);
      assert.deepEqual(readdirSync(folder).sort(), before, format);
    }
    assert.equal(readFileSync(out('een.csv'), 'utf8'), old, 'the older one stands');
    const nowhere = service.run(['export', 'responses', '--purpose', 'uitvoer toetsen', '--round', ROUND, '--format', 'csv', '--out', out('geen-map/x.csv')]);
    assert.equal(nowhere.status, 1);
    assert.match(nowhere.err, /No such file or directory/);
  });

  test('asks what it is for, and has it on record', () => {
    const without = (...more) => service.run(['export', 'responses', '--round', ROUND, '--format', 'csv', '--out', out('waarvoor.csv'), ...more]);
    for (const more of [[], ['--purpose', ''], ['--purpose', 'twee\nregels'], ['--purpose', 'x'.repeat(501)]]) {
      const done = without(...more);
      assert.equal(done.status, 2, done.err);
      assert.match(done.err, /purpose/);
      assert.equal(existsSync(out('waarvoor.csv')), false);
    }
    assert.equal(without('--purpose', 'onderzoek naar zorgen').status, 0);
    assert.equal(service.sql("SELECT count(*) FROM zs.audit_event WHERE action = 'export.microdata' AND origin = 'command' AND result = 'ok' AND details::jsonb ->> 'doel' = 'onderzoek naar zorgen'").trim(), '1');
  });

  test('takes no calls that make no sense', () => {
    for (const words of [['--format', 'parquet'], ['--format', 'csv', '--k', '4'], ['--format', 'csv', '--k', 'x'], ['--format', 'csv', '--language', 'fr'], []]) {
      assert.equal(service.run(['export', 'responses', '--purpose', 'uitvoer toetsen', '--round', ROUND, '--out', out('x'), ...words]).status, 2, words.join(' '));
    }
    assert.equal(service.run(['export', 'people', '--round', ROUND, '--format', 'csv', '--out', out('x')]).status, 2);
    assert.equal(service.run(['export', 'responses', '--purpose', 'uitvoer toetsen', '--round', ROUND, '--format', 'csv']).status, 2);
  });
});

describe('microdata by the API', () => {
  test('are for those with the right to them alone', async () => {
    const open = checkProblem(await request(service, 'GET', exports({ ronde: ROUND, formaat: 'csv' })), 403);
    assert.equal(open.type, `${service.url}/problemen/tussenstand-gesloten`, 'without a key it is about what is released');
    assert.equal((await request(service, 'GET', exports({ ronde: ROUND, formaat: 'csv' }), { headers: { Authorization: 'Bearer zs_geen' } })).status, 401);
    assert.deepEqual(faultsOf(checkProblem(await request(service, 'GET', exports({ ronde: ROUND, formaat: 'csv', gewogen: 'true' }), { headers: { Authorization: `Bearer ${key}` } }), 400)), { gewogen: 'niet-hier' });
    for (const other of [service.keys.analyst, service.keys.intake]) {
      checkProblem(await request(service, 'GET', exports({ ronde: ROUND, formaat: 'csv' }), { headers: { Authorization: `Bearer ${other}` } }), 403);
    }
    for (let tries = 0; (await ask({ ronde: ROUND, formaat: 'ddi' })).status === 401; tries++) {
      assert.ok(tries < 100, 'the new key is known within seconds');
      await sleep(100);
    }
    checkProblem(await request(service, 'GET', `/v1/rondes/${ROUND}/tabel?variabele=taal`, { headers: { Authorization: `Bearer ${key}` } }), 403);
  });

  test('are those that the command writes, with length and hash, in every format', async () => {
    const types = openapi.paths['/consultaties/{consultatie}/exporten'].get.responses[200].content;
    for (const format of ['csv', 'csvw', 'jsonl', 'sav', 'dta', 'xlsx', 'ods', 'ddi']) {
      const reply = await ask({ ronde: ROUND, formaat: format, taal: 'en', k: 5 });
      assert.equal(reply.status, 200, reply.text.slice(0, 400));
      checkHeaders(reply);
      assert.ok(Object.keys(types).includes(reply.headers['content-type'].split(';')[0]), reply.headers['content-type']);
      assert.equal(Number(reply.headers['content-length']), reply.bytes.length);
      assert.equal(reply.headers['repr-digest'], digestOf(reply.bytes));
      assert.equal(reply.headers.rijen, '38');
      assert.match(reply.headers['content-disposition'], new RegExp(`^attachment; filename="${ROUND}\\.`));
    }
    const csv = await ask({ ronde: ROUND, formaat: 'csv' });
    const rows = readCsv(csv.text);
    const known = readCsv(readFileSync(out('een.csv'), 'utf8'));
    const values = (row) => Object.entries(row).filter(([name]) => name !== 'rij').map(([, value]) => value).join();
    assert.deepEqual(rows.map(values).sort(), known.map(values).sort());
    assert.ok(rows.every(({ rij }) => rij.startsWith(`${csv.headers.uitvoer}-`)));
    const described = csv.headers.link.match(/<([^>]+)>; rel="describedby"/)[1];
    assert.equal((await request(service, 'GET', described.slice(service.url.length), { headers: { Authorization: `Bearer ${key}` } })).headers['content-type'], 'application/csvm+json');
    const audit = service.sql(`SELECT actor || ' ' || origin || ' ' || (details->>'rijen') || ' ' || (details->>'doel') FROM zs.audit_event WHERE action = 'export.microdata' AND details->>'uitvoer' = '${csv.headers.uitvoer}'`);
    assert.equal(audit, 'onderzoek api 38 onderzoek naar houding');
    assert.deepEqual(readdirSync(spool), []);
  });

  test('come in the format that Accept asks for, unless the query says one', async () => {
    const accept = (type, query = {}) => ask({ ronde: ROUND, ...query }, { headers: { Accept: type } });
    assert.equal((await accept('application/jsonl')).headers['content-type'], 'application/jsonl');
    assert.match((await accept('*/*')).headers['content-type'], /^text\/csv/);
    assert.equal((await accept('application/jsonl', { formaat: 'sav' })).headers['content-type'], 'application/x-spss-sav');
    checkProblem(await accept('image/png'), 406);
  });

  test('answer HEAD as GET, without the bytes', async () => {
    const head = await ask({ ronde: ROUND, formaat: 'csv' }, { method: 'HEAD' });
    assert.equal(head.status, 200);
    assert.ok(Number(head.headers['content-length']) > 1000);
    assert.equal(head.bytes.length, 0);
    assert.equal((await ask({ ronde: ROUND, formaat: 'csv' }, { method: 'DELETE' })).status, 405);
  });

  test('are refused with everything that is wrong at once', async () => {
    const faults = async (query) => checkProblem(await ask(query), 400).errors.map(({ parameter }) => parameter);
    assert.deepEqual(await faults({ ronde: 'x', formaat: 'parquet', taal: 'fr', k: '4' }), ['ronde', 'formaat', 'taal', 'k']);
    assert.deepEqual(await faults({ formaat: 'csv' }), ['ronde']);
    for (const ronde of [PILOT, CONCEPT]) assert.deepEqual(await faults({ ronde, formaat: 'csv' }), ['ronde']);
    checkProblem(await ask({ ronde: ROUND, formaat: 'csv', filter: 'x' }), 400);
    assert.equal((await request(service, 'GET', exports({ ronde: ROUND }).replace('biotechnologie-2026', 'bestaat-niet'), { headers: { Authorization: `Bearer ${key}` } })).status, 404);
    assert.match(checkProblem(await ask({ ronde: FEW, formaat: 'csv' }), 403).type, /te-weinig-inzendingen$/);
    assert.match(checkProblem(await ask({ ronde: LARGE, formaat: 'jsonl' }), 400).type, /te-groot$/, 'past max_mib');
  });

  test('hold nothing for a client that stops reading, and are made one at a time', async () => {
    const done = () => Number(service.sql(`SELECT count(*) FROM zs.audit_event WHERE action = 'export.microdata' AND object = 'round:${LARGE}' AND result = 'ok'`));
    const before = done();
    const socket = connect(service.port, '127.0.0.1');
    socket.pause();
    socket.write(`GET ${exports({ ronde: LARGE, formaat: 'csv' })} HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 10.9.9.9\r\nAuthorization: Bearer ${key}\r\n\r\n`);
    for (let tries = 0; done() === before; tries++) {
      assert.ok(tries < 200);
      await sleep(100);
    }
    // The service's own work comes and goes; what the client held would stay.
    const open = () => service.sql("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL");
    for (let tries = 0; open() !== '0'; tries++) {
      assert.ok(tries < 50);
      await sleep(100);
    }
    const replies = await Promise.all(Array.from({ length: 4 }, () => ask({ ronde: LARGE, formaat: 'csv' })));
    for (const reply of replies.filter(({ status }) => status !== 200)) {
      checkProblem(reply, 503);
      assert.ok(Number(reply.headers['retry-after']) > 0);
    }
    const whole = replies.filter(({ status }) => status === 200);
    assert.ok(whole.length >= 1);
    for (const reply of whole) assert.equal(readCsv(reply.text).length, LARGE_PEOPLE);
    socket.destroy();
  });

  test('wait for room on the disk', async () => {
    rmSync(spool, { recursive: true });
    const reply = await ask({ ronde: ROUND, formaat: 'csv' });
    checkProblem(reply, 503);
    assert.ok(reply.headers['retry-after']);
    mkdirSync(spool);
    assert.equal((await ask({ ronde: ROUND, formaat: 'xlsx' })).status, 200);
  });
});
