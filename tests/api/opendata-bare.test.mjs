// Open data of a service whose configuration says too little for a catalogue, and which has invented data beside what citizens said.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { request } from './lib/http.mjs';
import { startService } from './lib/service.mjs';

let service;

before(async () => {
  service = await startService({ rounds: { 'ronde-openbaar': { interim: 'openbaar' } }, settings: { service: ['invented_data = 1'], opendata: ['licence = cc-by-4.0'] } });
});
after(() => service?.stop());

describe('a service that says too little', () => {
  test('has no catalogue, and says at its start, to doctor and to who asks, what is missing', async () => {
    const lacks = /without[ =]"?\[opendata\] organisation_id, \[service\] organisation/;
    assert.match(service.readLog(), lacks);
    assert.match(service.run(['doctor']).out, lacks);
    const reply = await request(service, 'GET', '/catalogus.ttl');
    assert.equal(reply.status, 404);
    assert.match(reply.text, /\[opendata\] organisation_id, \[service\] organisation/);
    const page = await request(service, 'GET', '/open-data');
    assert.equal(page.status, 200);
    assert.doesNotMatch(page.text, /catalogus/);
  });
});

describe('invented data', () => {
  test('are never open data, also when they were released', async () => {
    service.must('example', 'load');
    const round = service.sql("SELECT code FROM zs.round WHERE code LIKE '%verzonnen%' AND NOT is_pilot ORDER BY closes_at LIMIT 1");
    service.must('release', 'make', '--round', round);
    assert.equal(service.must('opendata', 'publish'), '0 releases published');
    const refused = service.run(['opendata', 'publish', '--round', round]);
    assert.equal(refused.status, 1);
    assert.match(refused.err, /invented/);
    assert.equal(service.sql('SELECT count(*) FROM zs.publication'), '0');
    assert.doesNotMatch((await request(service, 'GET', '/open-data')).text, /voorbeeld-verzonnen/);
  });

  test('have files under the Woo as all others have: every kind of piece is read', () => {
    for (const subject of [['--meeting', '1'], ['--signal', '1']]) {
      const made = service.run(['woo', 'file', ...subject, '--to', join(service.folder, 'dossier.zip')]);
      assert.equal(made.status, 0, made.err);
      assert.match(made.out, /[1-9][0-9]* pieces, 0 given in full/);
    }
  });
});
