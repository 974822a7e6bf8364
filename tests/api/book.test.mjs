// The tabellenboek of a round, by command and by the API: whole or not there, for whom it is, and when.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkHeaders, checkProblem, faultsOf, request } from './lib/http.mjs';
import { startService } from './lib/service.mjs';

const ROUND = 'ronde-boek';
const CLOSED = 'ronde-dicht';
const PILOT = 'ronde-proef';
const ODS = 'application/vnd.oasis.opendocument.spreadsheet';
let service;
let folder;
let spool;
let key;

const out = (name) => join(folder, name);
const book = (name, format, ...more) => service.run(['book', '--round', ROUND, '--format', format, '--out', out(name), ...more]);
const ask = (query, headers = { Authorization: `Bearer ${key}` }) => request(service, 'GET', `/v1/consultaties/biotechnologie-2026/tabellenboek?${new URLSearchParams(query)}`, { headers });
const audited = (result, origin) => Number(service.sql(`SELECT count(*) FROM zs.audit_event WHERE action = 'book.made' AND result = '${result}' AND origin = '${origin}'`));

before(async () => {
  spool = mkdtempSync(join(tmpdir(), 'zevenstem-spool-'));
  service = await startService({ settings: { exports: [`folder = ${spool}`] }, rounds: { [ROUND]: {}, [CLOSED]: { interim: 'gesloten' }, [PILOT]: { pilot: true } } });
  key = service.must('key', 'issue', '--scopes', 'analist', '--label', 'boek', '--purpose', 'het tabellenboek toetsen');
  folder = join(service.folder, 'uit');
  mkdirSync(folder);
  const person = (answer, gender) => JSON.stringify({ variant: 'kern', toepassing_toegewezen_1: 'vaccins', 'houding-algemeen': answer, gender });
  const lines = ['heel-goed', 'goed', 'neutraal', 'slecht', 'heel-slecht', 'weet-ik-niet'].flatMap((answer) => [...Array.from({ length: 20 }, () => person(answer, 'vrouw')), ...Array.from({ length: 15 }, () => person(answer, 'man'))]);
  writeFileSync(join(service.folder, 'mensen.jsonl'), lines.join('\n'));
  service.must('import', 'responses', join(service.folder, 'mensen.jsonl'), '--round', ROUND, '--channel', 'api');
  await sleep(1500);
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
    refused(/--banner: Kies variabelen/, 2, '--round', ROUND, '--format', 'ods', '--banner', 'schoenmaat');
    refused(/--base: Kies/, 2, '--round', ROUND, '--format', 'ods', '--base', 'iedereen');
    refused(/^usage/, 2, '--round', ROUND, '--format', 'pdf');
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
    assert.equal((await ask({ ronde: ROUND, formaat: 'ods' }, {})).status, 401);
    assert.equal((await ask({ ronde: ROUND, formaat: 'ods', gewogen: 'true' })).status, 409);
    assert.equal((await ask({ ronde: ROUND, formaat: 'ods', onzin: '1' })).status, 400);
    assert.equal(audited('failed', 'api'), 1, 'of the weights');
  });
});
