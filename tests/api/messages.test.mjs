// Messages to the table by the API: what everybody may read, what a key of the table adds, and what nobody gets.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { apiOf, checkProblem, request } from './lib/http.mjs';
import { openapi, startService } from './lib/service.mjs';

describe('messages', () => {
  let service;
  let api;
  before(async () => {
    service = await startService({ rounds: { 'biotechnologie-2026-1': {} } });
    api = apiOf(service, openapi);
    service.sql(`INSERT INTO zs.message (sender, organisation, language, value_codes, body, received_day, destroy_day, state, is_public)
        SELECT CASE WHEN i % 2 = 0 THEN 'organisatie' ELSE 'burger' END, CASE WHEN i % 2 = 0 THEN 'Bond ' || i END, 'nl', ARRAY['veiligheid'],
          'Bericht ' || i, DATE '2027-01-01' + i, DATE '2029-01-01', 'gelezen', i % 2 = 0 AND i <= 20 FROM generate_series(1, 24) AS i;
      INSERT INTO zs.message (sender, language, body, received_day, destroy_day, state, aside_kind, aside_told)
        VALUES ('burger', 'nl', 'Koop bij ons', '2027-01-01', '2029-01-01', 'terzijde', 'misbruik', 'Reclame.');
      INSERT INTO zs.message (sender, language, received_day, destroy_day, state) VALUES ('burger', 'nl', '2027-01-01', '2029-01-01', 'ingetrokken')`);
  });
  after(() => service.stop());

  const numbers = ({ json }) => json.berichten.map(({ nummer }) => nummer);
  const next = ({ headers }) => /<([^>]+)>; rel="next"/.exec(headers.link ?? '')?.[1]?.replace(`${service.url}/v1`, '');

  test('of organisations come newest first, a page at a time, and none twice', async () => {
    const seen = [];
    for (let path = '/berichten?paginaGrootte=4'; path;) {
      const reply = await request(service, 'GET', `/v1${path}`);
      assert.equal(reply.status, 200);
      seen.push(...numbers(reply));
      path = next(reply);
    }
    assert.deepEqual(seen, [20, 18, 16, 14, 12, 10, 8, 6, 4, 2]);
  });

  test('say nothing of citizens to who has no key', async () => {
    const { json, text } = await api.get('/berichten');
    assert.deepEqual(json.berichten[0], {
      nummer: 20, afzender: 'organisatie', organisatie: 'Bond 20', taal: 'nl', waarden: ['veiligheid'], ontvangenOp: '2027-01-21', tekst: 'Bericht 20',
    });
    assert.ok(json.berichten.every(({ afzender }) => afzender === 'organisatie'), text);
  });

  test('are all for who holds a key of the table, but for what is abuse or gone', async () => {
    const key = service.must('key', 'issue', '--scopes', 'tafel', '--label', 'tafel', '--purpose', 'meelezen');
    const headers = { Authorization: `Bearer ${key}` };
    let reply;
    for (let tries = 0; tries < 100; tries++) {
      reply = await request(service, 'GET', '/v1/berichten', { headers });
      if (reply.status === 200) break;
      await new Promise((done) => setTimeout(done, 100));
    }
    assert.equal(numbers(await api.get('/berichten', { headers })).length, 25);
    assert.equal(reply.headers['cache-control'], 'no-store');
    const abuse = reply.json.berichten.find(({ nummer }) => nummer === 25);
    assert.deepEqual([abuse.tekst, abuse.soortReden, abuse.stand], [undefined, 'misbruik', 'terzijde']);
    const of = reply.json.berichten.find(({ nummer }) => nummer === 23);
    assert.deepEqual([of.afzender, of.tekst, of.openbaar, of.verdacht], ['burger', 'Bericht 23', false, false]);
    checkProblem(await request(service, 'GET', '/v1/berichten', { headers: { Authorization: `Bearer ${service.keys.analyst}` } }), 403);
    checkProblem(await request(service, 'GET', '/v1/berichten', { headers: { Authorization: 'Bearer zs_nee' } }), 401);
    assert.match(service.sql("SELECT count(*) FROM zs.audit_event WHERE action = 'message.read'"), /[1-9]/);
  });

  test('and what is wrong with a question is said at once', async () => {
    for (const query of ['cursor=-1', 'cursor=x', 'paginaGrootte=0', 'paginaGrootte=1001', 'zoek=a']) {
      checkProblem(await request(service, 'GET', `/v1/berichten?${query}`), 400);
    }
  });
});
