// The audit log by command: read, its head kept, and what was done to it found with the head in whatever file it stands.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startService } from './lib/service.mjs';

const ROUND = 'ronde-audit';
let service;
let folder;

const file = (name) => join(folder, name);
const verify = (...more) => service.run(['audit', 'verify', ...more]);
const lines = (...more) => service.must('audit', 'list', ...more).split('\n').filter(Boolean);
const head = (text) => /audit-head:\d+:[0-9a-f]{64}/.exec(text)?.[0];
// As one to whom the database belongs, past its triggers.
const switched = (how) => ['event', 'link'].map((name) => `ALTER TABLE zs.audit_${name} ${how} TRIGGER audit_${name}_never_changes;`).join(' ');
const tamper = (sql) => service.sql(`${switched('DISABLE')} ${sql}; ${switched('ENABLE')}`);

before(async () => {
  service = await startService({ rounds: { [ROUND]: {} } });
  folder = join(service.folder, 'uit');
  mkdirSync(folder);
  const person = JSON.stringify({ variant: 'kern', toepassing_toegewezen_1: 'vaccins', 'houding-algemeen': 'goed', gender: 'vrouw' });
  writeFileSync(join(service.folder, 'mensen.jsonl'), Array(20).fill(person).join('\n'));
  service.must('import', 'responses', join(service.folder, 'mensen.jsonl'), '--round', ROUND, '--channel', 'api');
  await sleep(1500);
});
after(() => service?.stop());

describe('the audit log', () => {
  test('tells who did what, and that it was read', () => {
    service.must('key', 'issue', '--scopes', 'inname', '--label', 'een\u001b[31m');
    const all = lines();
    assert.match(all[0], /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ {2}\d+ {2}unknown {2}migration\.apply {2}migration:0001_house {2}ok {2}command {2}\{/);
    assert.ok(all.some((line) => /beheerder:[\w.-]+ {2}round\.open {2}round:ronde-audit {2}ok {2}command$/.test(line)));
    assert.ok(all.some((line) => line.includes('key.issue') && line.includes('een?[31m')), 'a terminal obeys nothing of it');
    assert.ok(lines().some((line) => line.includes('audit.read')));
    assert.ok(lines('--action', 'key.').every((line) => line.includes('key.')));
    assert.equal(lines('--since', '2100-01-01').length, 0);
    assert.equal(lines('--actor', 'niemand').length, 0);
  });

  test('is whole, and its commands leave nothing unlinked', () => {
    service.must('key', 'issue', '--scopes', 'inname', '--label', 'twee');
    const done = verify();
    assert.equal(done.status, 0, done.out + done.err);
    assert.match(done.out, /^\d+ links, 0 faults; the head is audit-head:/);
    assert.match(done.out, /of migrations/);
    assert.doesNotMatch(done.out, /not linked/);
    assert.match(done.out, /no anchor was given/);
  });

  test('has a head that is kept in a file, in the log of the service and beside an export', async () => {
    assert.match(service.must('audit', 'head', '--out', file('anker.json')), /^wrote \S+anker\.json: the head after \d+ links$/);
    const anchor = JSON.parse(readFileSync(file('anker.json'), 'utf8'));
    assert.equal(head(anchor.audit_head), anchor.audit_head);
    assert.equal(Number(anchor.audit_head.split(':')[1]), anchor.links);
    assert.equal(statSync(file('anker.json')).mode & 0o777, 0o600);
    assert.ok(head(service.readLog()), 'the service said where the chain is when it started');
    writeFileSync(file('log'), service.readLog());
    service.must('export', 'responses', '--round', ROUND, '--format', 'csv', '--purpose', 'anker van het logboek', '--out', file('rijen.csv'));
    assert.ok(head(JSON.parse(readFileSync(file('rijen.csv.manifest.json'), 'utf8')).auditkop));
    for (const name of ['anker.json', 'log', 'rijen.csv.manifest.json']) {
      const done = verify('--anchor', file(name));
      assert.equal(done.status, 0, done.out + done.err);
      assert.match(done.out, /^[1-9]\d* anchors hold$/m);
    }
  });

  test('refuses what holds no head, and what is not understood', () => {
    writeFileSync(file('leeg'), '');
    for (const name of ['leeg', 'rijen.csv', 'er-niet']) {
      assert.equal(verify('--anchor', file(name)).status, 1);
    }
    for (const words of [['list', '--since', 'gisteren'], ['head', '--actor', 'x'], ['verify', '--out', 'x'], ['wis'], []]) {
      assert.equal(service.run(['audit', ...words]).status, 2, words.join(' '));
    }
    assert.match(service.run(['audit', 'list', '--since', 'gisteren']).err, /^--since is a date, .*, not gisteren$/m);
  });

  test('that was changed or cut off says so', async () => {
    service.signal('SIGTERM'); // it would see it too, and log an error
    await service.end();
    const kept = readFileSync(file('anker.json'), 'utf8');
    const actor = service.sql("SELECT actor FROM zs.audit_event WHERE action = 'round.open' LIMIT 1");
    tamper("UPDATE zs.audit_event SET actor = 'iemand' WHERE action = 'round.open'");
    let done = verify('--anchor', file('anker.json'));
    assert.equal(done.status, 1);
    assert.match(done.out, /^line \d+ \(link \d+\): changed; it does not say what was written$/m);
    tamper(`UPDATE zs.audit_event SET actor = '${actor}' WHERE action = 'round.open'`);
    assert.equal(verify('--anchor', file('anker.json')).status, 0);
    tamper(`DELETE FROM zs.audit_event WHERE id >= (SELECT event FROM zs.audit_link WHERE number = ${JSON.parse(kept).links});
      DELETE FROM zs.audit_link AS l WHERE NOT EXISTS (SELECT FROM zs.audit_event AS e WHERE e.id = l.event)`);
    assert.equal(verify().status, 0);
    done = verify('--anchor', file('anker.json'));
    assert.equal(done.status, 1);
    assert.match(done.out, /^(cut off: an anchor names link|link \d+: not the one that an anchor names)/m);
  });
});
