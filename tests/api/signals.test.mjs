// Signals by the API: what everybody may read, page by page, and what is wrong with a question.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { apiOf, checkProblem, faultsOf, request } from './lib/http.mjs';
import { openapi, startService } from './lib/service.mjs';

describe('signals', () => {
  let service;
  let api;
  before(async () => {
    service = await startService({ rounds: { 'biotechnologie-2026-1': {} } });
    api = apiOf(service, openapi);
    service.sql(`INSERT INTO zs.signal (source, title, body, consultation, value_codes, state, is_public, owner, due_day, created_by, changed_by)
      SELECT 'open-dag', 'Signaal ' || i, 'De tekst', CASE WHEN i % 3 = 0 THEN 'biotechnologie-2026' END, ARRAY['veiligheid'],
        CASE WHEN i % 5 = 0 THEN 'gewogen' ELSE 'opgevangen' END, i <= 20, 'Sanne', DATE '2020-01-01', 'a', 'a' FROM generate_series(1, 25) AS i;
      INSERT INTO zs.signal_step (signal_id, from_state, to_state, ground, reference, created_by) VALUES (5, 'opgevangen', 'gewogen', 'mandaat', 'Mandaat 1', 'a')`);
  });
  after(() => service.stop());

  const numbers = ({ json }) => json.signalen.map(({ nummer }) => nummer);
  const next = ({ headers }) => /<([^>]+)>; rel="next"/.exec(headers.link ?? '')?.[1]?.replace(`${service.url}/v1`, '');

  test('come newest first, a page at a time, and none twice', async () => {
    const seen = [];
    for (let path = '/signalen?paginaGrootte=8'; path;) {
      const reply = await request(service, 'GET', `/v1${path}`);
      assert.equal(reply.status, 200);
      assert.ok(reply.json.signalen.length <= 8);
      seen.push(...numbers(reply));
      path = next(reply);
    }
    assert.deepEqual(seen, Array.from({ length: 20 }, (_, i) => 20 - i));
  });

  test('are as described, with their state in plain words', async () => {
    const { json } = await api.get('/signalen?stand=gewogen', { headers: {} });
    assert.deepEqual(json.signalen.map(({ nummer }) => nummer), [20, 15, 10, 5]);
    assert.equal(json.signalen[0].standTekst, 'De tafel vindt dit belangrijk en zoekt uit wie er iets aan kan doen.');
    assert.equal(json.signalen[0].eigenaar, undefined);
    const one = (await api.get('/signalen/5')).json;
    assert.deepEqual(one.stappen.map(({ van, naar, grond, verwijzing }) => [van, naar, grond, verwijzing]), [['opgevangen', 'gewogen', 'mandaat', 'Mandaat 1']]);
    assert.deepEqual(one.bewijs, []);
    assert.deepEqual(numbers(await api.get('/signalen?consultatie=biotechnologie-2026')), [18, 15, 12, 9, 6, 3]);
  });

  test('that are not public are for who holds a key of the table', async () => {
    const key = service.must('key', 'issue', '--scopes', 'tafel', '--label', 'tafel', '--purpose', 'meelezen');
    const headers = { Authorization: `Bearer ${key}` };
    let reply;
    for (let tries = 0; tries < 100; tries++) {
      reply = await request(service, 'GET', '/v1/signalen/25', { headers });
      if (reply.status === 200) break;
      await new Promise((done) => setTimeout(done, 100));
    }
    assert.deepEqual([reply.json.openbaar, reply.json.eigenaar, reply.json.teLaat, reply.json.uiterlijk], [false, 'Sanne', true, '2020-01-01']);
    assert.equal(numbers(await api.get('/signalen', { headers })).length, 25);
    checkProblem(await request(service, 'GET', '/v1/signalen/25'), 404);
    checkProblem(await request(service, 'GET', '/v1/signalen', { headers: { Authorization: `Bearer ${service.keys.analyst}` } }), 403);
    checkProblem(await request(service, 'GET', '/v1/signalen', { headers: { Authorization: 'Bearer zs_nee' } }), 401);
  });

  test('a cache between tells those who show a key from those who do not', async () => {
    for (const path of ['/signalen', '/signalen/1', '/berichten', '/aanbevelingen', '/onderzoeksvragen']) {
      const { status, headers } = await api.get(path);
      assert.equal(status, 200, path);
      assert.match(headers['cache-control'], /^public, max-age=/, path);
      assert.match(headers.vary ?? '', /Authorization/, path);
    }
  });

  test('and what is wrong with a question is said at once', async () => {
    assert.deepEqual(faultsOf(checkProblem(await request(service, 'GET', '/v1/signalen?stand=zoek&consultatie='), 400)), { stand: 'keuze', consultatie: 'bereik' });
    for (const query of ['cursor=-1', 'cursor=x', 'paginaGrootte=0', 'paginaGrootte=1001', 'zoek=a', 'stand=']) {
      checkProblem(await request(service, 'GET', `/v1/signalen?${query}`), 400);
    }
    for (const number of ['0', 'een', '99', '99999999999999', '-1', "1'--"]) {
      checkProblem(await request(service, 'GET', `/v1/signalen/${encodeURIComponent(number)}`), 404);
    }
  });
});
