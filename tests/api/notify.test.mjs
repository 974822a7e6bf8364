// Telling those who asked to hear what came of a round: texts are made by the service, names put to them on another machine, which has the
// key and no server. What is between the two holds no word of anybody.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { recordsOf } from './lib/csv.mjs';
import { request } from './lib/http.mjs';
import { PROGRAM, startService } from './lib/service.mjs';

const ROUND = 'biotechnologie-2026-1';
const OTHER = 'biotechnologie-2026-2';

describe('report notify and offer notify', () => {
  let service;
  let home; // the coordinator's machine
  const at = (name) => join(home, name);
  const offline = (...words) => spawnSync(PROGRAM, words, { encoding: 'utf8', env: { ...process.env, ZEVENSTEM_CONFIG: '/nergens', ASAN_OPTIONS: 'detect_leaks=1' } });
  const offer = async (round, fields) => {
    const path = `/aanbod/${round}`;
    const token = /name="token" value="([^"]+)"/.exec((await request(service, 'GET', path)).text)[1];
    const body = new URLSearchParams({ token, ...fields }).toString();
    const { status, text } = await request(service, 'POST', path, { body, headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'Sec-Fetch-Site': 'same-origin', 'Accept-Language': fields.in ?? 'nl' } });
    assert.equal(status, 303, text);
  };

  before(async () => {
    home = mkdtempSync(join(tmpdir(), 'zevenstem-coordinator-'));
    const key = execFileSync(PROGRAM, ['offer', 'keypair', at('sleutel')], { encoding: 'utf8' }).trim();
    service = await startService({ settings: { service: [`coordinator_public_key = ${key}`] }, rounds: { [ROUND]: {}, [OTHER]: {} } });
    service.sql(`INSERT INTO zs.signal (source, title, body, consultation, state, is_public, created_by, changed_by) VALUES
      ('open-dag', 'Mensen willen kiezen', 't', 'biotechnologie-2026', 'doorgeleid', true, 'a', 'a'), ('open-dag', 'Nog geheim', 't', 'biotechnologie-2026', 'gewogen', false, 'a', 'a');
      INSERT INTO zs.signal_forward (signal_id, kind, addressee, question, role, due_day, state, created_by) VALUES (1, 'departement', 'Ministerie van LVVN', 'v', 'faciliteren', '2030-01-01', 'geantwoord', 'a');
      INSERT INTO zs.signal_link (forward_id, token_hash, expires_at, created_by) VALUES (1, sha256('1'), now(), 'a');
      INSERT INTO zs.signal_answer (forward_id, link_id, outcome, reason, answered_by, answered_at) VALUES (1, 1, 'deels', 'Het mag van Europa.', 'Directie', now())`);
    await offer(ROUND, { wensen: 'bericht', naam: 'Anna', email: 'anna@voorbeeld.nl', telefoon: '06 12345678' });
    await offer(ROUND, { wensen: 'bericht', naam: '=Bart', post: 'Straat 1\n1234 AB Plaats' });
    await offer(ROUND, { wensen: 'bericht', telefoon: '+31 6 12345678', in: 'en' });
    await offer(ROUND, { wensen: 'gesprek', naam: 'Carla', email: 'carla@voorbeeld.nl' });
    await offer(OTHER, { wensen: 'bericht', naam: 'Dirk', email: 'dirk@voorbeeld.nl' });
    service.must('offer', 'export', at('aanbod.jsonl'));
  });
  after(async () => {
    await service?.stop();
    rmSync(home, { recursive: true });
  });

  test('the texts say what was heard and done, in both languages and for each way', () => {
    const said = service.must('report', 'notify', '--round', ROUND, '--out', at('teksten'));
    assert.match(said, /read them before they are sent/);
    assert.deepEqual(readdirSync(at('teksten')).sort(), ['brief.en.txt', 'brief.nl.txt', 'email.en.txt', 'email.nl.txt', 'telefoon.en.txt', 'telefoon.nl.txt']);
    for (const name of readdirSync(at('teksten'))) {
      const text = readFileSync(join(at('teksten'), name), 'utf8');
      assert.match(text, /^(Wat er met uw antwoorden gebeurt|What happens with your answers): /, name);
      assert.match(text, /- Mensen willen kiezen\. (Doorgegeven|Passed on)\.\n {2}(antwoord gekregen van|answer received from) Ministerie van LVVN: .+ Het mag van Europa\./, name);
      assert.match(text, /(nog niet openbaar|not public yet)/, name);
      assert.ok(text.includes(`${service.url}/consultaties/biotechnologie-2026/wat-er-mee-gebeurt`), name);
      assert.match(text, /(De tafel geeft door, het kabinet besluit|the cabinet decides)/, name);
      assert.ok(text.includes('{naam}'), name);
      assert.doesNotMatch(text, /Nog geheim|Directie|\{(title|link|heard|done|decides)\}/, name);
      assert.equal(statSync(join(at('teksten'), name)).mode & 0o777, 0o600);
    }
    assert.equal(service.run(['report', 'notify', '--round', ROUND, '--out', at('teksten')]).status, 1, 'nothing is written over');
    assert.equal(service.run(['report', 'notify', '--round', 'nergens', '--out', at('niets')]).status, 1);
    assert.equal(service.run(['report', 'notify', '--round', ROUND]).status, 2);
    assert.equal(service.run(['report', 'verify']).status, 2);
    assert.equal(existsSync(at('niets')), false);
  });

  test('names are put to them with the key alone, each person once, by their own way', () => {
    const done = offline('offer', 'notify', at('aanbod.jsonl'), '--key', at('sleutel'), '--round', ROUND, '--texts', at('teksten'), '--out', at('uit'));
    assert.equal(done.status, 0, done.stderr);
    assert.match(done.stdout, /^1 by e-mail, 1 by letter, 1 by telephone\n1 did not ask to hear$/m);
    const only = (way) => {
      const records = recordsOf(readFileSync(join(at('uit'), `${way}.csv`), 'utf8'));
      assert.equal(records.length, 1, way);
      assert.match(records[0].onderwerp, /^(Wat er met uw antwoorden gebeurt|What happens with your answers): /);
      return [records[0].naam, records[0].adres, records[0].taal, records[0].tekst.split('\n')[0].slice(0, 37)];
    };
    assert.deepEqual(only('email'), ['Anna', 'anna@voorbeeld.nl', 'nl', 'Beste Anna,']);
    assert.deepEqual(only('brief'), ["'=Bart", 'Straat 1\n1234 AB Plaats', 'nl', 'Beste =Bart,']);
    assert.deepEqual(only('telefoon'), ['', "'+31 6 12345678", 'en', 'Hello, am I speaking to participant? ']);
    for (const way of ['email', 'brief', 'telefoon']) {
      assert.equal(statSync(join(at('uit'), `${way}.csv`)).mode & 0o777, 0o600);
      assert.doesNotMatch(readFileSync(join(at('uit'), `${way}.csv`), 'utf8'), /Carla|Dirk|\{naam\}/);
    }
  });

  test('with another key, or texts that are not there, nothing is told as if it had been', () => {
    execFileSync(PROGRAM, ['offer', 'keypair', at('andere')]);
    const words = (key, texts, out) => ['offer', 'notify', at('aanbod.jsonl'), '--key', at(key), '--round', ROUND, '--texts', at(texts), '--out', at(out)];
    const other = offline(...words('andere', 'teksten', 'leeg'));
    assert.equal(other.status, 1);
    assert.match(other.stderr, /4 offers of round biotechnologie-2026-1 do not open with this key/);
    assert.equal(offline(...words('sleutel', 'nergens', 'weg')).status, 1);
    assert.equal(existsSync(at('weg')), false);
    assert.equal(offline(...words('sleutel', 'teksten', 'uit')).status, 1, 'nothing is written over');
    writeFileSync(join(at('teksten'), 'email.nl.txt'), 'alleen een onderwerp');
    assert.match(offline(...words('sleutel', 'teksten', 'weg')).stderr, /has no subject/);
    assert.equal(offline('offer', 'notify', at('aanbod.jsonl')).status, 2);
  });
});
