// Microdata of a round, by command: what is in it, what is not, and that a file is whole or not there.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { apiOf } from './lib/http.mjs';
import { openapi, PROGRAM, startService } from './lib/service.mjs';

const ROUND = 'ronde-uitvoer';
const FEW = 'ronde-weinig';
const CLOSED = 'ronde-gesloten';
const PILOT = 'ronde-proef';
const CONCEPT = 'ronde-concept';
const EMPTY = 'ronde-leeg';
let service;
let api;
let folder;
const withdrawn = [];

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
const out = (name) => join(folder, name);
const exportTo = (name, format, ...more) => service.run(['export', 'responses', '--round', ROUND, '--format', format, '--out', out(name), ...more]);

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

before(async () => {
  service = await startService({ rounds: { [ROUND]: {}, [FEW]: {}, [EMPTY]: {}, [CLOSED]: { interim: 'gesloten' }, [PILOT]: { pilot: true }, [CONCEPT]: { draft: true } } });
  api = apiOf(service, openapi);
  folder = join(service.folder, 'uit');
  mkdirSync(folder);
  importInto(ROUND, [
    ...people(20, { 'houding-algemeen': 'goed', leeftijd: '18-24', gender: 'vrouw', postcode: '9711' }),
    ...people(3, { 'houding-algemeen': 'slecht', leeftijd: '16-17', gender: 'vrouw', postcode: '8911', vaccins_waarom: 'Een geheim dat niemand mag lezen' }),
    ...people(7, { 'houding-algemeen': 'weet-ik-niet', leeftijd: '75-plus', gender: 'man', postcode: '6211', opleiding: 'hbo' }),
    ...people(5, { leeftijd: '55-64', gender: 'vrouw', postcode: '3511' }),
    ...people(2, { 'houding-algemeen': 'neutraal', leeftijd: '45-54', gender: 'anders', postcode: '1011' }),
  ]);
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
after(() => service?.stop());

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
      const done = exportTo(`alles.${format}`, format, '--language', 'en', '--k', '3');
      assert.equal(done.status, 0, done.err);
      const bytes = readFileSync(out(`alles.${format}`));
      const manifest = JSON.parse(readFileSync(out(`alles.${format}.manifest.json`), 'utf8'));
      assert.equal(manifest.formaat, format);
      assert.equal(manifest.rijen, 38);
      assert.equal(manifest.bytes, bytes.length);
      assert.equal(manifest.sha256, sha256(bytes));
      assert.equal(manifest.anonimiteit.k, 3);
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
    assert.match(readFileSync(out('alles.ddi'), 'utf8'), /xml:lang="en"[^]*<labl>Do not know</);
    const names = JSON.parse(readFileSync(out('alles.sav.manifest.json'), 'utf8')).namen;
    assert.equal(names['houding.algemeen'], 'houding-algemeen');
  });

  test('is on the record, with its rows and hash', () => {
    const { uitvoer, sha256: hash } = JSON.parse(readFileSync(out('een.csv.manifest.json'), 'utf8'));
    const details = JSON.parse(service.sql(`SELECT details FROM zs.audit_event WHERE action = 'export.microdata' AND object = 'round:${ROUND}' AND result = 'ok' AND actor = 'beheerder' AND origin = 'command' ORDER BY id LIMIT 1`));
    assert.deepEqual({ ...details, rijen_met_iets_afgeschermd: 0, bytes: 0 }, { formaat: 'csv', k: 5, uitvoer, rijen: 38, bytes: 0, sha256: hash, rijen_met_iets_afgeschermd: 0 });
  });

  test('of fewer people than k does not leave; of nobody it is a header', () => {
    const few = service.run(['export', 'responses', '--round', FEW, '--format', 'csv', '--out', out('weinig.csv')]);
    assert.equal(few.status, 1);
    assert.match(few.err, /4 responses, fewer than k = 5/);
    const empty = service.run(['export', 'responses', '--round', EMPTY, '--format', 'csv', '--out', out('leeg.csv')]);
    assert.equal(empty.status, 0, empty.err);
    assert.equal(readFileSync(out('leeg.csv'), 'utf8').split('\r\n').length, 2);
    assert.ok(!existsSync(out('weinig.csv')));
  });

  test('does not leave during the embargo, nor of rounds that do not count', () => {
    const of = (round) => service.run(['export', 'responses', '--round', round, '--format', 'csv', '--out', out('niet.csv')]);
    assert.match(of(CLOSED).err, /tussenstand is closed/);
    assert.equal(service.sql(`SELECT result FROM zs.audit_event WHERE action = 'export.microdata' AND object = 'round:${CLOSED}'`), 'refused');
    for (const round of [PILOT, CONCEPT, 'bestaat-niet']) assert.match(of(round).err, /no round .* that was opened and counts/);
    assert.ok(!existsSync(out('niet.csv')));
    service.must('consultation', 'close', CLOSED);
    assert.equal(of(CLOSED).status, 0);
  });

  test('is whole or not there when the disk fills, and leaves nothing behind', () => {
    const before = readdirSync(folder).sort();
    const old = readFileSync(out('een.csv'), 'utf8');
    for (const format of ['csv', 'jsonl', 'sav', 'dta', 'xlsx', 'ods', 'ddi', 'csvw']) {
      // A limit of 2 blocks of 512 bytes on the size of a file, past which a write fails.
      const done = spawnSync('sh', ['-c', `trap '' XFSZ; ulimit -f 2; exec "$0" "$@"`, PROGRAM, 'export', 'responses', '--round', ROUND, '--format', format, '--out', out('een.csv')], { encoding: 'utf8', env: { ...process.env, ZEVENSTEM_CONFIG: join(service.folder, 'zevenstem.conf') } });
      assert.equal(done.status, 1, `${format}: ${done.err}`);
      assert.match(done.stderr, /File too large/, format);
      assert.deepEqual(readdirSync(folder).sort(), before, format);
    }
    assert.equal(readFileSync(out('een.csv'), 'utf8'), old, 'the older one stands');
    const nowhere = service.run(['export', 'responses', '--round', ROUND, '--format', 'csv', '--out', out('geen-map/x.csv')]);
    assert.equal(nowhere.status, 1);
    assert.match(nowhere.err, /No such file or directory/);
  });

  test('takes no calls that make no sense', () => {
    for (const words of [['--format', 'parquet'], ['--format', 'csv', '--k', '1'], ['--format', 'csv', '--k', 'x'], ['--format', 'csv', '--language', 'fr'], []]) {
      assert.equal(service.run(['export', 'responses', '--round', ROUND, '--out', out('x'), ...words]).status, 2, words.join(' '));
    }
    assert.equal(service.run(['export', 'people', '--round', ROUND, '--format', 'csv', '--out', out('x')]).status, 2);
    assert.equal(service.run(['export', 'responses', '--round', ROUND, '--format', 'csv']).status, 2);
  });
});
