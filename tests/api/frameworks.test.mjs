// Assessment frameworks by the API: the newest of each, any version, and what is wrong with a question.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { apiOf, checkProblem, faultsOf, request } from './lib/http.mjs';
import { openapi, startService } from './lib/service.mjs';

const VALUES = ['brede-welvaart', 'veiligheid', 'gezondheid', 'natuurlijkheid', 'keuzevrijheid', 'rechtvaardigheid', 'legitimiteit'];
const heard = { stand: 'gehoord', richting: 'voor', aandacht: 'veel', gevraagd: 7, gesproken: 4 };
const sheet = (benefit, evidence) => JSON.stringify({
  effecten: { keuzevrijheid: 'Iedereen kan kiezen.' },
  betrokkenen: { mensen: 'a', dieren: 'b', milieu: 'c', later: 'd', elders: 'e' },
  gevolgen: { baten: benefit, risicos: 'x', onbekend: 'y', alternatieven: 'z' },
  aard: { omkeerbaar: 'deels', gemaakt: 'elders' },
  bewijs: evidence,
  argumenten: [{ nummer: 1, kant: 'voor', tekst: 'Geen dier hoeft dood.', partij: 'burgers' }, { nummer: 2, kant: 'tegen', tekst: 'Nep.' }],
  spanningen: [{ nummer: 1, waarde: 'natuurlijkheid', tegenover: 'gezondheid', tekst: 'Nep maar gezond.' }],
  voorwaarden: [{ nummer: 1, waarden: ['keuzevrijheid'], tekst: 'Een etiket.' }],
  minderheden: [],
  conclusie: { tekst: 'Het kan.', grond: 'mandaat', verwijzing: 'Mandaat 1' },
  afwijkend: [{ nummer: 1, kant: 'bedrijven', naamMag: false, tekst: 'Geen etiket.' }],
}).replaceAll("'", "''");
const EVIDENCE = {
  ronde: 'biotechnologie-2026-1', kaart: 1, kaartOp: '2027-01-10T00:00:00Z', enquete: null,
  gesprekken: { interviews: 7, focusgroepen: 0 },
  waarden: VALUES.map((waarde) => ({
    waarde, label: 'stilte', volgensRegel: 'stilte', enquete: { stand: 'achtergehouden', regels: [] }, interviews: heard, focusgroepen: { stand: 'niet-gevraagd' },
  })),
};

describe('assessment frameworks', () => {
  let service;
  let api;
  before(async () => {
    service = await startService({ rounds: { 'biotechnologie-2026-1': {} } });
    api = apiOf(service, openapi);
    service.sql(`INSERT INTO zs.framework (consultation, application, title, state, created_by, changed_by) VALUES
      ('biotechnologie-2026', 'kweekvlees', 'Kweekvlees', 'voorgelegd', 'a', 'a'), ('biotechnologie-2026', 'gentherapie', 'Gentherapie', 'teruggelegd', 'a', 'a');
      INSERT INTO zs.framework_version (framework_id, number, document, state, put_forward_by, ground, told, decided_at, decided_by) VALUES
      (1, 1, '${sheet('Eerst', { toelichting: 'Niet gevraagd.' })}', 'vastgesteld', 'a', 'tweede-persoon', NULL, now(), 'b'),
      (1, 2, '${sheet('Geheim', {})}', 'teruggelegd', 'a', NULL, 'Te kort', now(), 'b'),
      (1, 3, '${sheet('Later', EVIDENCE)}', 'vastgesteld', 'a', 'tweede-persoon', NULL, now(), 'b'),
      (1, 4, '${sheet('Nog niet', {})}', 'voorgelegd', 'a', NULL, NULL, NULL, NULL),
      (2, 1, '${sheet('Nooit', {})}', 'teruggelegd', 'a', NULL, 'Te kort', now(), 'b');
      INSERT INTO zs.framework_passage (framework_id, number, argument, passage_id, cleared) VALUES (1, 3, 1, 12345, true)`);
  });
  after(() => service.stop());

  test('of each application the newest that was approved', async () => {
    const { json } = await api.get('/afwegingskaders', { headers: {} });
    assert.deepEqual(json.afwegingskaders.map(({ toepassing, versie }) => [toepassing, versie]), [['kweekvlees', 3]]);
    assert.deepEqual((await api.get('/afwegingskaders?consultatie=ergens')).json.afwegingskaders, []);
  });

  test('are as described, with what they rest on as it is now', async () => {
    const { json } = await api.get('/afwegingskaders/kweekvlees');
    assert.deepEqual([json.versie, json.gevolgen.baten, json.bewijs.waarden.length], [3, 'Later', 7]);
    assert.deepEqual(json.versies.map(({ versie }) => versie), [3, 1]);
    assert.deepEqual(json.argumenten.map(({ passages }) => passages), [[{ stand: 'ingetrokken' }], []]);
    assert.doesNotMatch(JSON.stringify(json), /12345|score|"door":/);
    const first = (await api.get('/afwegingskaders/kweekvlees?versie=1&consultatie=biotechnologie-2026')).json;
    assert.deepEqual([first.versie, first.gevolgen.baten], [1, 'Eerst']);
  });

  test('carry a tag, and come once', async () => {
    const { headers } = await request(service, 'GET', '/v1/afwegingskaders/kweekvlees');
    assert.match(headers['cache-control'], /^public/);
    const again = await request(service, 'GET', '/v1/afwegingskaders/kweekvlees', { headers: { 'If-None-Match': headers.etag } });
    assert.equal(again.status, 304);
  });

  test('and what was not approved is nobody’s to read', async () => {
    for (const path of ['kweekvlees?versie=2', 'kweekvlees?versie=4', 'kweekvlees?versie=5', 'gentherapie', 'maanreis', 'kweekvlees?consultatie=ergens', encodeURIComponent("1'--")]) {
      checkProblem(await request(service, 'GET', `/v1/afwegingskaders/${path}`), 404);
    }
    assert.deepEqual(faultsOf(checkProblem(await request(service, 'GET', '/v1/afwegingskaders/kweekvlees?versie=0&consultatie='), 400)), { versie: 'bereik', consultatie: 'bereik' });
    for (const query of ['versie=x', 'versie=-1', 'versie=99999999999', 'versie=', 'zoek=a', `consultatie=${'a'.repeat(101)}`]) {
      checkProblem(await request(service, 'GET', `/v1/afwegingskaders/kweekvlees?${query}`), 400);
    }
  });
});
