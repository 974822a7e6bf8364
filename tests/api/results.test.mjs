// The table that analysts get, and responses that come from a file.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { answerAll, assignedOf, createRandom } from './lib/answers.mjs';
import { recordsOf } from './lib/csv.mjs';
import { apiOf, checkHeaders, checkProblem, faultsOf, request } from './lib/http.mjs';
import { openapi, startService } from './lib/service.mjs';

const API = 'ronde-api';
const LINES = 'ronde-regels';
const TABLE = 'ronde-tabel';
const SPARE = 'ronde-vrij';
const EMBARGO = 'ronde-gesloten';
const PILOT = 'ronde-proef';
const CONCEPT = 'ronde-concept';
const PEOPLE = 50;
let service;
let api;

before(async () => {
  service = await startService({
    rounds: { [API]: {}, [LINES]: {}, [TABLE]: {}, [SPARE]: {}, [EMBARGO]: { interim: 'gesloten' }, [PILOT]: { pilot: true }, [CONCEPT]: { draft: true } },
  });
  api = apiOf(service, openapi);
});
after(() => service?.stop());

async function tableOf(round, query, expected) {
  const until = Date.now() + 5000;
  for (;;) {
    const reply = await api.table(round, query);
    assert.equal(reply.status, 200, reply.text);
    if (!expected || expected(reply.json) || Date.now() > until) {
      return reply.json;
    }
    await sleep(50);
  }
}
const wholeOf = (table) => table.rijen.find(({ groep }) => Object.values(groep).every((code) => code === 'alle'));
const cellOf = (row, code) => row.cellen.find(({ antwoord }) => antwoord === code);

async function sendOne(round, answers, variant = 'kern') {
  const { code } = (await api.begin(round, { variant })).json;
  const reply = await api.send(round, code, { variant, ...answers });
  assert.equal(reply.status, 201, reply.text);
  return code;
}

describe('a table', () => {
  test('counts a response within a second, a correction and a withdrawal too', async () => {
    // The smallest of the shown counts is withheld with those that are too small: "slecht" is there for that.
    const codes = [];
    for (let i = 0; i < 10; i++) await sendOne(SPARE, { 'houding-algemeen': 'slecht' });
    for (let i = 0; i < 14; i++) codes.push(await sendOne(SPARE, { 'houding-algemeen': 'goed' }));
    const good = (count) => (table) => cellOf(wholeOf(table), 'goed').aantal === count;
    assert.ok(good(14)(await tableOf(SPARE, { variabele: 'houding-algemeen' }, good(14))));
    const started = Date.now();
    codes.push(await sendOne(SPARE, { 'houding-algemeen': 'goed' }));
    assert.ok(good(15)(await tableOf(SPARE, { variabele: 'houding-algemeen' }, good(15))));
    assert.ok(Date.now() - started < 1000, `${Date.now() - started} ms`);
    assert.equal((await api.correct(SPARE, codes[0], { 'houding-algemeen': 'slecht' })).status, 200);
    assert.ok(good(14)(await tableOf(SPARE, { variabele: 'houding-algemeen' }, good(14))));
    assert.equal((await api.withdraw(SPARE, codes[1])).status, 204);
    const table = await tableOf(SPARE, { variabele: 'houding-algemeen' }, good(13));
    assert.ok(good(13)(table));
    assert.equal(table.voorlopig, true);
    assert.equal(table.gewogen, false);
    assert.equal(table.weergave, 'analist');
    assert.equal(table.werving, 'open');
  });

  test('withholds cells under the threshold, and what would tell them', async () => {
    for (const [answer, gender, count] of [['goed', 'vrouw', 14], ['slecht', 'vrouw', 11], ['neutraal', 'vrouw', 3], ['goed', 'man', 20], ['slecht', 'man', 12]]) {
      for (let i = 0; i < count; i++) await sendOne(EMBARGO, { 'houding-algemeen': answer, gender });
    }
    checkProblem(await api.table(EMBARGO, { variabele: 'houding-algemeen' }), 403);
    assert.equal((await api.table(EMBARGO, { variabele: 'houding-algemeen' })).json.type, `${service.url}/problemen/tussenstand-gesloten`);
    service.must('consultation', 'close', EMBARGO, '--now');
    const until = Date.now() + 5000;
    let reply;
    do reply = await api.table(EMBARGO, { variabele: 'houding-algemeen', naar: 'gender' });
    while (reply.status === 403 && Date.now() < until);
    assert.equal(reply.status, 200, 'after closing the embargo is over');
    const table = await tableOf(EMBARGO, { variabele: 'houding-algemeen', naar: 'gender' }, (json) => json.rijen.some(({ basis }) => basis === 60));
    assert.equal(table.voorlopig, false);
    const row = (gender) => table.rijen.find(({ groep }) => groep.gender === gender);
    assert.equal(cellOf(row('man'), 'goed').aantal, 20);
    assert.equal(cellOf(row('vrouw'), 'neutraal').aantal, null);
    assert.equal(row('vrouw').basis, null, 'no total in a line with a withheld cell');
    assert.equal(cellOf(row('man'), 'geen-antwoord').aantal, 0, 'nobody left it open');
    const alone = await tableOf(EMBARGO, { variabele: 'houding-algemeen' }, () => true);
    assert.equal(cellOf(alone.rijen[0], 'goed').aantal, 34);
    assert.equal(cellOf(row('vrouw'), 'goed').aantal, null, '34 less 20 and 14 would be nobody of the others');
    for (const { basis, cellen, groep } of table.rijen) {
      const shown = cellen.filter(({ aantal }) => aantal !== null);
      const nobodyOpen = (cell) => cell.aantal === 0 && (['geen-antwoord', 'weet-ik-niet'].includes(cell.antwoord) || groep.gender === 'geen-antwoord');
      assert.ok(shown.every((cell) => cell.aantal >= table.drempel || nobodyOpen(cell)));
      if (cellen.some(({ aantal }) => aantal === null) && basis !== null) {
        const hidden = basis - shown.reduce((sum, { aantal }) => sum + aantal, 0);
        assert.ok(hidden >= table.drempel, 'only all people of the table are told beside what is withheld, and those are enough');
      }
      for (const cell of cellen.filter(({ aandeel }) => aandeel !== null)) {
        assert.ok(Math.abs(cell.aandeel - cell.aantal / basis) < 0.0001);
        assert.ok(cell.bandbreedte[0] <= cell.aandeel && cell.aandeel <= cell.bandbreedte[1]);
      }
    }
  });

  test('says that it is deprecated, and its successor has the same numbers', async () => {
    const reply = await api.table(API, { variabele: 'gender', naar: 'leeftijd' });
    assert.match(reply.headers.deprecation, /^@\d+$/);
    const [, successor] = /^<([^>]+)>; rel="successor-version"$/.exec(reply.headers.link);
    const query = `?ronde=${API}&variabele=gender&groepeerOp=leeftijd&basis=gevraagd&maat=aandelen`;
    const other = await request(service, 'GET', new URL(successor).pathname + query, { headers: { Authorization: `Bearer ${service.keys.analyst}` } });
    assert.equal(other.status, 200, other.text);
    const counts = ({ rijen }) => rijen.map(({ groep, cellen }) => [groep, cellen.map(({ aantal }) => aantal)]);
    assert.deepEqual(counts(other.json), counts(reply.json));
    assert.equal(openapi.paths['/rondes/{ronde}/tabel'].get.deprecated, true);
  });

  test('is not made of what may not be asked', async () => {
    const cases = [
      [{}, { variabele: 'verplicht' }],
      [{ variabele: 'bestaat-niet' }, { variabele: 'onbekend' }],
      [{ variabele: 'gender', naar: 'houding-algemeen' }, { naar: 'onbekend' }],
      [{ variabele: 'gender', naar: 'gender' }, { naar: 'dubbel' }],
      [{ variabele: 'gender', naar: 'leeftijd,leeftijd' }, { naar: 'dubbel' }],
      [{ variabele: 'gender', naar: 'leeftijd,opleiding,postcode' }, { naar: 'te-veel' }],
      [{ variabele: 'gender', naar: 'leeftijd,' }, { naar: 'onbekend' }],
      [{ variabele: 'gender', naar: '' }, { naar: 'onbekend' }],
      [{ variabele: 'gender', werving: 'iedereen', kwaliteit: 'best' }, { werving: 'onbekend', kwaliteit: 'onbekend' }],
      [{ variabele: 'x', naar: 'y', werving: 'z', kwaliteit: 'q' }, { variabele: 'onbekend', naar: 'onbekend', werving: 'onbekend', kwaliteit: 'onbekend' }],
    ];
    for (const [query, faults] of cases) {
      const reply = await api.table(API, query);
      assert.equal(reply.status, 400, JSON.stringify(query));
      assert.deepEqual(faultsOf(checkProblem(reply, 400)), faults, JSON.stringify(query));
    }
    for (const round of [PILOT, CONCEPT, 'bestaat-niet']) {
      checkProblem(await api.table(round, { variabele: 'gender' }), 404);
    }
  });

  test('has every variable, and no answer that nobody can give', async () => {
    const { variabelen } = (await api.get(`/rondes/${EMBARGO}/variabelen`)).json;
    for (const { code, soort, systeem } of variabelen) {
      const table = (await api.table(EMBARGO, { variabele: code, naar: code === 'gender' ? 'taal' : 'gender' })).json;
      const answers = wholeOf(table).cellen.map(({ antwoord }) => antwoord);
      assert.equal(answers.includes('niet-gevraagd'), false, code);
      if (systeem) assert.equal(answers.includes('geen-antwoord'), false, code);
      if (soort === 'tekst') assert.deepEqual(answers, ['geen-antwoord', 'gegeven']);
    }
    const all = (await api.table(EMBARGO, { variabele: 'houding-algemeen', naar: 'taal,gender', werving: 'alle' })).json;
    const groups = (name) => [...new Set(all.rijen.map(({ groep }) => groep[name]))];
    assert.deepEqual(groups('taal'), ['nl', 'en', 'alle']);
    assert.deepEqual(groups('gender'), ['geen-antwoord', 'vrouw', 'man', 'anders', 'zeg-ik-niet', 'alle']);
    const age = (await api.table(EMBARGO, { variabele: 'leeftijd', naar: 'variant' })).json;
    assert.equal(cellOf(wholeOf(age), 'jonger-dan-16'), undefined);
    assert.deepEqual(age.rijen.map(({ groep }) => groep.variant).sort(), ['alle', 'kern', 'volledig']);
  });

  test('says the same as CSV, a line a cell, safe to open', async () => {
    const query = new URLSearchParams({ variabele: 'houding-algemeen', naar: 'gender' });
    const path = `/v1/rondes/${EMBARGO}/tabel?${query}`;
    const reply = await request(service, 'GET', path, { headers: { Authorization: `Bearer ${service.keys.analyst}`, Accept: 'text/csv' } });
    checkHeaders(reply);
    assert.equal(reply.status, 200, reply.text);
    assert.equal(reply.headers['content-type'], 'text/csv; charset=utf-8; header=present');
    assert.equal(reply.headers['content-disposition'], `attachment; filename="${EMBARGO}-houding-algemeen.csv"`);
    assert.ok(reply.text.startsWith('\uFEFFronde,variabele,naar_gender,antwoord,label,aantal,basis,aandeel,'));
    const [head, ...lines] = reply.text.slice(1).trimEnd().split('\r\n').map((line) => line.split(','));
    const read = lines.map((line) => Object.fromEntries(head.map((name, index) => [name, line[index]])));
    const table = (await api.table(EMBARGO, { variabele: 'houding-algemeen', naar: 'gender' })).json;
    const number = (value, digits) => (value === null ? '' : digits ? value.toFixed(digits) : String(value));
    const expected = table.rijen.flatMap(({ groep, basis, cellen }) =>
      cellen.map(({ antwoord, label, aantal, aandeel, bandbreedte }) => ({
        ronde: EMBARGO,
        variabele: 'houding-algemeen',
        naar_gender: groep.gender,
        antwoord,
        label,
        aantal: number(aantal),
        basis: number(basis),
        aandeel: number(aandeel, 4),
        ondergrens: number(bandbreedte?.[0] ?? null, 4),
        bovengrens: number(bandbreedte?.[1] ?? null, 4),
        gekozen_werving: 'open',
        gekozen_kwaliteit: 'alle',
        weergave: 'analist',
        voorlopig: 'nee',
        gewogen: 'nee',
        drempel: '10',
        positie: String(table.positie),
      })),
    );
    assert.deepEqual(read, expected);
    assert.ok(read.some(({ aantal }) => aantal === '20'));
    const wrong = await request(service, 'GET', `/v1/rondes/${EMBARGO}/tabel`, { headers: { Authorization: `Bearer ${service.keys.analyst}`, Accept: 'text/csv' } });
    checkProblem(wrong, 400);
  });

  test('is on the record: who asked for what, and who was refused', async () => {
    await api.table(API, { variabele: 'gender', naar: 'leeftijd' });
    assert.equal(service.sql(`SELECT actor || ' ' || result FROM zs.audit_event WHERE action = 'table.view' AND object = 'table:${API}:gender:leeftijd' LIMIT 1`), 'analist ok');
    assert.equal(service.sql(`SELECT details->>'doel' FROM zs.audit_event WHERE action = 'table.view' AND object = 'table:${API}:gender:leeftijd' LIMIT 1`), 'tellen');
    assert.notEqual(service.sql(`SELECT count(*) FROM zs.audit_event WHERE action = 'table.view' AND object LIKE 'table:${EMBARGO}%' AND result = 'refused'`), '0');
  });
});

// ---- import ----

const file = (name, text) => {
  const path = join(service.folder, name);
  writeFileSync(path, text);
  return path;
};
const importFile = (path, round, ...options) => service.run(['import', 'responses', path, '--round', round, ...options]);
const summary = (result) => result.out.trim().split('\n').at(-1);

const quote = (cell) => (/[",;\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
describe('a codebook', () => {
  const path = `/v1/consultaties/biotechnologie-2026/codeboek?ronde=${EMBARGO}`;
  const get = (headers) => request(service, 'GET', path, { headers });

  test('says the same as CSV, a line a category', async () => {
    const json = await get({});
    const csv = await get({ Accept: 'text/csv' });
    checkHeaders(csv);
    assert.equal(csv.status, 200, csv.text);
    assert.equal(csv.headers['content-type'], 'text/csv; charset=utf-8; header=present');
    assert.equal(csv.headers['content-disposition'], `attachment; filename="${EMBARGO}-codeboek.csv"`);
    assert.equal(csv.headers.vary, 'Accept, Accept-Encoding');
    const yes = (flag) => (flag ? 'ja' : 'nee');
    const expected = json.json.variabelen.flatMap((v) =>
      (v.categorieen?.length ? v.categorieen : [undefined]).map((category) => ({
        consultatie: 'biotechnologie-2026',
        ronde: EMBARGO,
        variabele: v.code,
        label_nl: v.label.nl,
        label_en: v.label.en ?? '',
        vraag: v.vraag ?? '',
        soort: v.soort,
        meetniveau: v.meetniveau,
        bundel: v.bundel ?? '',
        waarde: v.waarde ?? '',
        dimensie: v.dimensie ?? '',
        facet: v.facet ?? '',
        toepassing: v.toepassing ?? '',
        achtergrond: yes(v.achtergrond),
        systeem: yes(v.systeem),
        vergrendeld: yes(v.vergrendeld),
        gelijkwaardig: yes(v.gelijkwaardig),
        maximum: String(v.maximum ?? ''),
        limiet: String(v.limiet ?? ''),
        categorie: category?.code ?? '',
        categorie_label_nl: category?.label.nl ?? '',
        categorie_label_en: category?.label.en ?? '',
        score: String(category?.score ?? ''),
      })),
    );
    assert.deepEqual(recordsOf(csv.text.slice(1)), expected);
    assert.ok(expected.some(({ soort, categorie }) => soort === 'tekst' && categorie === ''));
    assert.ok(expected.some(({ categorie, score }) => categorie === 'heel-goed' && score === '5'));
  });

  test('is not sent again, of either kind', async () => {
    const tags = new Set();
    for (const Accept of ['application/json', 'text/csv']) {
      const first = await get({ Accept });
      tags.add(first.headers.etag);
      assert.equal((await get({ Accept, 'If-None-Match': first.headers.etag })).status, 304);
    }
    assert.equal(tags.size, 2);
  });
});

function csvOf(records, separator = ',') {
  const columns = [...new Set(records.flatMap(Object.keys))];
  const cell = (value) => (value === undefined || value === null ? '' : value === true ? 'ja' : value === false ? 'nee' : quote(String(value)));
  return [columns, ...records.map((record) => columns.map((column) => cell(record[column])))].map((cells) => cells.join(separator)).join('\r\n');
}

describe('import', () => {
  test('of fifty people gives the tables that sending them one by one gives', async () => {
    const records = [];
    for (let person = 0; person < PEOPLE; person++) {
      const variant = person % 3 === 0 ? 'volledig' : 'kern';
      const { code, vragenlijst } = (await api.begin(API, { variant })).json;
      const answers = answerAll(vragenlijst, createRandom(1000 + person));
      const werving = ['open', 'panel', 'uitnodiging'][person % 3];
      const reply = await api.send(API, code, { variant, werving, ...answers });
      assert.equal(reply.status, 201, reply.text);
      records.push({ variant, werving, ...assignedOf(vragenlijst), ...answers });
    }
    const lines = importFile(file('regels.jsonl', records.map((record) => JSON.stringify(record)).join('\n')), LINES, '--channel', 'api');
    assert.equal(lines.status, 0, lines.err);
    assert.equal(summary(lines), `${PEOPLE} accepted, 0 repeated, 0 refused`);
    assert.match(lines.err, /50 participation codes were made and not kept/);
    const table = importFile(file('tabel.csv', `\uFEFF${csvOf(records, ';')}\r\n`), TABLE, '--channel', 'telefoon', '--codes', join(service.folder, 'codes.csv'));
    assert.equal(table.status, 0, table.err);
    assert.equal(summary(table), `${PEOPLE} accepted, 0 repeated, 0 refused`);

    const { variabelen } = (await api.get(`/rondes/${API}/variabelen`)).json;
    const asked = variabelen.filter(({ systeem, soort }) => !systeem && soort !== 'getal').map(({ code }) => code);
    const sample = ['toepassing_toegewezen_1', 'werving', ...asked.filter((_, index) => index % 9 === 0)];
    for (const variabele of sample) {
      const query = { variabele, werving: 'alle' };
      const complete = (json) => json.positie !== undefined && JSON.stringify(wholeOf(json)) === JSON.stringify(wholeOf(expected));
      const expected = await tableOf(API, query);
      for (const round of [LINES, TABLE]) {
        assert.deepEqual((await tableOf(round, query, complete)).rijen, expected.rijen, `${round} ${variabele}`);
      }
    }
    const channels = service.sql(`SELECT string_agg(DISTINCT o.code || ' ' || r.channel, ',' ORDER BY o.code || ' ' || r.channel) FROM zs.response AS r JOIN zs.round AS o ON o.id = r.round_id WHERE o.code IN ('${LINES}', '${TABLE}')`);
    assert.equal(channels, `${LINES} 4,${TABLE} 2`);
    const texts = (round) => service.sql(`SELECT md5(string_agg(p.variable || p.language || p.body, '' ORDER BY p.variable, p.body)) FROM zs.passage AS p JOIN zs.round AS o ON o.id = p.round_id WHERE o.code = '${round}'`);
    assert.equal(texts(LINES), texts(API));
    assert.equal(texts(TABLE), texts(API));

    const codes = join(service.folder, 'codes.csv');
    assert.equal(statSync(codes).mode & 0o777, 0o600);
    const [head, ...kept] = readFileSync(codes, 'utf8').trim().split('\n');
    assert.equal(head, 'regel,deelnamecode');
    assert.equal(kept.length, PEOPLE);
    const first = records.findIndex((record) => record['houding-algemeen']);
    const own = (await api.readOwn(TABLE, kept[first].split(',')[1])).json;
    assert.equal(own.kanaal, 'telefoon');
    assert.equal(own.antwoorden['houding-algemeen'], records[first]['houding-algemeen']);
    assert.equal((await api.correct(TABLE, kept[first].split(',')[1], { ...own.antwoorden, 'houding-algemeen': 'neutraal' })).status, 200, 'topics assigned elsewhere stay assigned');
    assert.match(importFile(codes, TABLE, '--codes', codes).err, /File exists/);
    assert.equal(service.sql(`SELECT count(*) FROM zs.audit_event WHERE action = 'responses.import' AND object LIKE 'round:${TABLE}:accepted=50:%'`), '1');
  });

  test('that could not be read is told as that, and leaves no file of codes behind', () => {
    const folder = importFile(service.folder, SPARE);
    assert.equal(folder.status, 1);
    assert.match(folder.err, /^\S+: Is a directory$/m);
    assert.match(importFile(file('leeg.jsonl', ' \n'), SPARE).err, /leeg\.jsonl:1: The file is empty\.$/m);
    assert.match(importFile(file('diep.jsonl', '{"variant": "kern", "antwoorden": {"houding-algemeen": "goed"}}\n'), SPARE).err, /diep\.jsonl:1: \/antwoorden There is no such variable in the codebook of the round\.$/m);
    assert.match(importFile(file('latijn.csv', Buffer.from('variant,waarden-mist\nkern,caf\u00e9\n', 'latin1')), SPARE).err, /latijn\.csv:2: This line is no text in UTF-8\. Save the file as UTF-8\.$/m);

    const codes = join(service.folder, 'geen.csv');
    const path = file('mis.jsonl', '{"variant": "kern"}\n');
    assert.equal(summary(importFile(path, SPARE, '--codes', codes)), '0 accepted, 0 repeated, 1 refused');
    assert.equal(existsSync(codes), false);
    file('mis.jsonl', '{"variant": "kern", "toepassing_toegewezen_1": "vaccins", "houding-algemeen": "goed"}\n');
    assert.equal(summary(importFile(path, SPARE, '--codes', codes)), '1 accepted, 0 repeated, 0 refused');
    assert.equal(readFileSync(codes, 'utf8').trim().split('\n').length, 2);
  });

  test('with a code counts a record once, whatever it is sent by', async () => {
    const { code, vragenlijst } = (await api.begin(SPARE, { variant: 'kern' })).json;
    const record = { deelnamecode: code, variant: 'kern', 'houding-algemeen': 'goed' };
    const path = file('code.jsonl', `${JSON.stringify(record)}\n${JSON.stringify(record)}\n`);
    assert.equal(summary(importFile(path, SPARE, '--channel', 'telefoon')), '1 accepted, 1 repeated, 0 refused');
    assert.equal(summary(importFile(path, SPARE, '--channel', 'telefoon')), '0 accepted, 2 repeated, 0 refused');
    assert.equal((await api.send(SPARE, code, { variant: 'kern', 'houding-algemeen': 'goed' })).status, 200);
    const other = importFile(file('ander.jsonl', JSON.stringify({ ...record, 'houding-algemeen': 'slecht' })), SPARE, '--channel', 'telefoon');
    assert.equal(other.status, 1);
    assert.match(other.err, /:1: Another response was given with this participation code\./);
    assert.equal((await api.withdraw(SPARE, code)).status, 204);
    assert.match(importFile(path, SPARE, '--channel', 'telefoon').err, /:2: The response with this participation code was withdrawn\./);
    assert.equal(Object.keys(assignedOf(vragenlijst)).length, 1);
  });

  test('refuses a bad line whole, says all that is wrong with it, and stores the others', async () => {
    const good = { variant: 'kern', toepassing_toegewezen_1: 'vaccins', 'houding-algemeen': 'goed', vaccins_waarom: 'Goed: «veilig» 👍' };
    const path = file(
      'gemengd.jsonl',
      Buffer.concat([
        Buffer.from(`${JSON.stringify(good)}\n\n   \n`),
        Buffer.from(`${JSON.stringify({ ...good, 'houding-algemeen': 'best', kweekvlees_zorg: 'veel', kanaal: 'web', kwaliteit: 'goed' })}\n`),
        Buffer.from('{"houding-algemeen":\n{"a":"b","a":"c"}\n'),
        Buffer.from([...Buffer.from('{"waarden-mist":"'), 0xff, ...Buffer.from('"}\n')]),
        Buffer.from('{"waarden-mist":"a\0b"}\n{"waarden-mist":"a\\u0000b"}\n'),
        Buffer.from(`{"waarden-mist":"${'x'.repeat(70000)}"}\n`),
        Buffer.from(`${JSON.stringify({ ...good, toepassing_toegewezen_1: undefined })}\n`),
        Buffer.from(`${JSON.stringify({ ...good, variant: 'volledig' })}\n`),
        Buffer.from(`${JSON.stringify({ ...good, variant: 'volledig', toepassing_toegewezen_2: 'vaccins' })}\n`),
        Buffer.from(`${JSON.stringify({ ...good, deelnamecode: 'onzin' })}\n`),
        Buffer.from(JSON.stringify(good)),
      ]),
    );
    const before = service.sql('SELECT count(*) FROM zs.response');
    const dry = importFile(path, SPARE, '--dry-run');
    assert.equal(dry.status, 1);
    assert.equal(summary(dry), 'dry run: 2 accepted, 0 repeated, 11 refused');
    assert.equal(service.sql('SELECT count(*) FROM zs.response'), before);
    const done = importFile(path, SPARE);
    assert.equal(done.status, 1);
    assert.equal(summary(done), '2 accepted, 0 repeated, 11 refused');
    assert.equal(Number(service.sql('SELECT count(*) FROM zs.response')), Number(before) + 2);
    const said = (line) => done.err.split('\n').filter((text) => text.startsWith(`${path}:${line}: `)).map((text) => text.slice(`${path}:${line}: `.length).split(' ')[0]).sort();
    assert.deepEqual(said(4), ['/houding-algemeen', '/kanaal', '/kwaliteit', '/kweekvlees_zorg']);
    for (const line of [5, 6, 7, 8, 9, 10, 11, 12, 13, 14]) assert.ok(said(line).length >= 1, `line ${line}: ${done.err}`);
    assert.ok(said(11).includes('/toepassing_toegewezen_1'), done.err);
    assert.deepEqual(said(14), ['/deelnamecode']);
    assert.deepEqual([...said(1), ...said(15)], []);
    assert.equal(service.sql("SELECT count(*) FROM zs.passage WHERE body = 'Goed: «veilig» 👍'"), '2');
  });

  test('of the same batch again counts nothing twice, mended or grown', () => {
    const line = (answer, more = {}) => JSON.stringify({ variant: 'kern', toepassing_toegewezen_1: 'vaccins', 'houding-algemeen': answer, ...more });
    const alike = [line('goed'), line('slecht'), line('goed'), line('best')];
    const path = file('week-48.jsonl', alike.join('\n'));
    const codes = (name) => readFileSync(join(service.folder, name), 'utf8').trim().split('\n').slice(1);
    assert.equal(summary(importFile(path, SPARE, '--codes', join(service.folder, 'eerst.csv'))), '3 accepted, 0 repeated, 1 refused');
    assert.equal(new Set(codes('eerst.csv').map((row) => row.split(',')[1])).size, 3, 'records that are alike are people of their own');
    const again = importFile(path, SPARE);
    assert.equal(summary(again), '0 accepted, 3 repeated, 1 refused');
    assert.doesNotMatch(again.err, /were made and not kept|event=/, 'they were kept the first time');

    alike[3] = line('neutraal');
    alike.splice(1, 0, line('goed'));
    file('week-48.jsonl', alike.join('\n'));
    const mended = importFile(path, SPARE, '--codes', join(service.folder, 'weer.csv'));
    assert.equal(mended.status, 0, mended.err);
    assert.equal(summary(mended), '2 accepted, 3 repeated, 0 refused');
    const known = new Set(codes('eerst.csv').map((row) => row.split(',')[1]));
    assert.equal(codes('weer.csv').filter((row) => known.has(row.split(',')[1])).length, 3, 'the same codes again');

    const more = importFile(path, SPARE, '--batch', 'week-49');
    assert.equal(summary(more), '5 accepted, 0 repeated, 0 refused');
    assert.match(more.err, /^5 participation codes were made and not kept/m);
    assert.equal(summary(importFile(path, LINES)), '5 accepted, 0 repeated, 0 refused');
    const piped = (...more) => summary(service.run(['import', 'responses', '-', '--round', SPARE, ...more], alike.join('\n')));
    assert.equal(piped(), '5 accepted, 0 repeated, 0 refused');
    assert.equal(piped(), '5 accepted, 0 repeated, 0 refused');
    assert.equal(piped('--batch', 'week-49'), '0 accepted, 5 repeated, 0 refused');

    const table = (head) => `${head}\nkern,vaccins,goed\nkern,vaccins,goed\n`;
    const csv = file('week-50.csv', table('variant,toepassing_toegewezen_1,houding-algemeen'));
    assert.equal(summary(importFile(csv, SPARE)), '2 accepted, 0 repeated, 0 refused');
    assert.equal(summary(importFile(csv, SPARE)), '0 accepted, 2 repeated, 0 refused');
    assert.equal(service.run(['import', 'responses', path, '--round', SPARE, '--batch', '']).status, 2);
  });

  test('refuses files that are no responses, and calls that make no sense', () => {
    const cases = [
      ['leeg', '', /The file is empty/],
      ['wit', ' \n\n', /The file is empty/],
      ['lijst', '[{}]', /a line of its own/],
      ['kop', 'houding-algemeen,onzin,houding-algemeen\ngoed,1,2\n', /Column 2, "onzin"[^]*Column 3, "houding-algemeen"/],
      ['nul', 'houding\0\n', /NUL/],
      ['latijn', Buffer.from([0x68, 0xe9, 0x0a]), /UTF-8/],
      ['open', 'houding-algemeen,"waarden-mist\n', /cannot be read/],
    ];
    for (const [name, text, fault] of cases) {
      const done = importFile(file(`${name}.csv`, text), SPARE);
      assert.equal(done.status, 1, name);
      assert.match(done.err, fault, name);
      assert.equal(summary(done), '0 accepted, 0 repeated, 1 refused');
    }
    const open = importFile(file('citaat.csv', 'toepassing_toegewezen_1,variant,houding-algemeen,waarden-mist\nvaccins,kern,goed,\nvaccins,kern,goed,"x\nvaccins,kern,goed,\n'), SPARE);
    assert.match(open.err, /:3: .*not closed/);
    assert.equal(summary(open), '1 accepted, 0 repeated, 1 refused');
    assert.match(importFile(join(service.folder, 'bestaat-niet'), SPARE).err, /No such file/);
    assert.equal(importFile(file('x.jsonl', '{}'), 'bestaat-niet').status, 1);
    assert.match(importFile(file('x.jsonl', '{}'), CONCEPT).err, /was not opened/);
    assert.equal(importFile(file('x.jsonl', '{}'), SPARE, '--channel', 'web').status, 2);
    assert.equal(service.run(['import', 'responses', 'x']).status, 2);
    assert.equal(service.run(['import', 'people', 'x', '--round', SPARE]).status, 2);
    const piped = service.run(['import', 'responses', '-', '--round', SPARE], 'variant;toepassing_toegewezen_1;houding-algemeen\nkern;vaccins;goed\n');
    assert.equal(piped.status, 0, piped.err);
  });

  test('of more than a batch, into a round that closed, is as good', async () => {
    const people = 1200;
    const path = file('veel.csv', `variant,toepassing_toegewezen_1,leeftijd\n${'kern,bioplastic,35-44\n'.repeat(people)}`);
    const before = Number(service.sql('SELECT count(*) FROM zs.response'));
    const done = importFile(path, EMBARGO);
    assert.equal(done.status, 0, done.err);
    assert.equal(summary(done), `${people} accepted, 0 repeated, 0 refused`);
    assert.equal(Number(service.sql('SELECT count(*) FROM zs.response')) - before, people);
  });
});
