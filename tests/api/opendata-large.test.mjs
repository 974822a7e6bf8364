// Open data where the files of one round are larger than there may be: the other rounds do not wait for it.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startService } from './lib/service.mjs';

let service;

before(async () => {
  service = await startService({ rounds: { 'ronde-groot': { interim: 'openbaar' }, 'ronde-klein': { of: 'proef', interim: 'openbaar' } }, settings: { exports: ['max_mib = 1'] } });
});
after(() => service?.stop());

test('a round whose files cannot be made keeps no other from being published', async () => {
  for (const [round, person] of [
    ['ronde-groot', (i) => ({ variant: 'kern', toepassing_toegewezen_1: 'vaccins', 'houding-algemeen': ['goed', 'slecht'][i % 2], gender: i % 3 ? 'man' : 'vrouw' })],
    ['ronde-klein', () => ({ variant: 'kern', onderwerp_toegewezen_1: 'kaas' })],
  ]) {
    writeFileSync(join(service.folder, 'mensen.jsonl'), Array.from({ length: 120 }, (_, i) => JSON.stringify(person(i))).join('\n'));
    service.must('import', 'responses', join(service.folder, 'mensen.jsonl'), '--round', round, '--channel', 'api');
    service.run(['release', 'make', '--round', round]); // unless the service just did
    assert.notEqual(service.sql(`SELECT count(*) FROM zs.release AS l JOIN zs.round AS r ON r.id = l.round_id WHERE r.code = '${round}'`), '0');
  }
  const done = service.run(['opendata', 'publish']);
  assert.equal(done.status, 1);
  assert.match(done.err, /the files of release \d+ of round ronde-groot could not be made/);
  assert.equal(service.sql('SELECT DISTINCT r.code FROM zs.publication AS p JOIN zs.round AS r ON r.id = p.round_id'), 'ronde-klein');
});
