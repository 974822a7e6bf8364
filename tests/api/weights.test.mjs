// Weights by command and as analysts read them.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { recordsOf } from './lib/csv.mjs';
import { apiOf, checkHeaders, checkProblem, faultsOf, request } from './lib/http.mjs';
import { csvOfSample, sampleOf } from './lib/sample.mjs';
import { openapi, startService } from './lib/service.mjs';

const ROUND = 'ronde-een';
const LATER = 'ronde-twee';
const OPEN = 'ronde-openbaar';
const CLOSED = 'ronde-gesloten';
const PILOT = 'ronde-proef';
const CONCEPT = 'ronde-concept';
const PEOPLE = 3000;
let service;
let api;

before(async () => {
  service = await startService({
    rounds: {
      [ROUND]: { opens: -2, weighting: { margins: ['leeftijd-gender', 'provincie', 'opleiding-3'], lower_percent: 15 } },
      [LATER]: {},
      [OPEN]: { interim: 'openbaar', weighting: { margins: ['gender', 'leeftijd', 'opleiding-3'] } },
      [CLOSED]: { opens: -3, interim: 'gesloten' },
      [PILOT]: { pilot: true },
      [CONCEPT]: { draft: true },
    },
  });
  api = apiOf(service, openapi);
  // What was missed by night is done at the start: let it be over, and the versions are those of the test.
  const until = Date.now() + 10_000;
  while (service.sql("SELECT count(*) FROM zs.periodic_task WHERE name LIKE 'weights.make.%'") !== '4') {
    assert.ok(Date.now() < until);
    await sleep(50);
  }
});
after(() => service?.stop());

const weights = (query = {}, consultation = 'biotechnologie-2026') => {
  const path = `/consultaties/${consultation}/gewichten?${new URLSearchParams(query)}`;
  return api.get(path, { headers: { Authorization: `Bearer ${service.keys.analyst}` } });
};
const versionsOf = async (query) => {
  const reply = await weights(query);
  assert.equal(reply.status, 200, reply.text);
  return reply.json.versies;
};
const make = (round, ...more) => service.run(['weights', 'make', '--round', round, ...more]);

function importPeople(round, records) {
  const path = join(service.folder, `${round}-${Math.random()}.csv`);
  writeFileSync(path, csvOfSample(records));
  service.must('import', 'responses', path, '--round', round);
}

describe('weights', () => {
  test('are refused where nobody answered, in words and with the exit status', async () => {
    const done = make(ROUND);
    assert.equal(done.status, 1);
    assert.match(done.err, /^refused \(version 1\): nobody of this stream answered yet; wait for responses/m);
    const [version] = await versionsOf({ ronde: ROUND });
    assert.equal(version.status, 'geweigerd');
    assert.match(version.reden, /nog niemand meegedaan/);
    assert.equal(version.geldt, false);
    assert.equal(version.verslag, undefined);
    assert.equal(version.marges[0].groepen, undefined);
  });

  test('are made and reported: margins, what they achieve, dates and sources', async () => {
    const people = sampleOf(PEOPLE, 7);
    importPeople(ROUND, people);
    const done = make(ROUND);
    assert.equal(done.status, 0, done.err);
    assert.match(done.out, /^version 2, stream open, made by beheerder:[\w.-]+ at .*, log position \d+$/m);
    assert.match(done.out, /design effect \(Kish\) \d+\.\d+, effective number of people \d+/);
    assert.match(done.out, /leeftijd-gender: Age and gender, of 2021-01-01\n.*83502NED/);
    assert.match(done.out, /weights 0\.\d+ to \d\.\d+ within 0\.15 to 5, mean 1/);
    const [version] = await versionsOf({ ronde: ROUND, versie: 2 });
    const weighed = people.filter(({ werving, postcode }) => werving === 'open' && postcode !== 'buitenland');
    assert.equal(version.verslag.deelnemers, weighed.length);
    assert.deepEqual(version.marges.map(({ code, peildatum }) => [code, peildatum]), [['leeftijd-gender', '2021-01-01'], ['provincie', '2021-01-01'], ['opleiding-3', '2022']]);
    for (const { code, groepen } of version.marges) {
      assert.ok(Math.abs(groepen.reduce((sum, { doel }) => sum + doel, 0) - 1) < 1e-4, code);
      for (const { doel, behaald } of groepen) assert.ok(Math.abs(doel - behaald) < 2e-6, `${code}: ${doel} ${behaald}`);
    }
    const north = version.marges[1].groepen.find(({ categorieen }) => categorieen[0].code === 'PV20');
    assert.equal(north.aantal, weighed.filter(({ postcode }) => postcode === 'PV20').length);
    const shown = service.must('weights', 'show', '--round', ROUND, '--version', '2');
    const report = done.out.trim();
    const end = report.slice(report.lastIndexOf('\n') + 1);
    assert.equal(report.slice(0, -end.length).trim(), shown);
    assert.match(end, new RegExp(`^made version 2 of ${people.length} responses, in \\d+\\.\\d s$`));
    const twice = make(ROUND);
    assert.match(twice.out, /^nothing changed since version 2: it stands\n/);
    assert.match(twice.out, /\nkept version 2 of \d+ responses, in \d+\.\d s\n$/);
    assert.equal(service.sql('SELECT count(*) FROM zs.weight_version'), '2');
    assert.match(service.must('weights', 'list', '--round', ROUND), /^version 1, stream open, refused .*\nversion 2, stream open, made .*$/);
  });

  test('are taken up by the service that runs', async () => {
    const until = Date.now() + 5000;
    let version;
    do {
      [version] = await versionsOf({ ronde: ROUND });
      await sleep(50);
    } while (!version.geldt && Date.now() < until);
    assert.equal(version.geldt, true);
    assert.equal(version.versie, 2);
  });

  test('withhold few people, and what would tell them', async () => {
    const people = (count, gender) => Array.from({ length: count }, () => ({ ...sampleOf(1, 1)[0], leeftijd: '', postcode: '', opleiding: '', werving: 'open', gender }));
    importPeople(LATER, [...people(40, 'vrouw'), ...people(30, 'man'), ...people(4, 'anders')]);
    assert.equal(make(LATER, '--margins', 'gender').status, 0);
    const [{ verslag, marges }] = await versionsOf(); // the consultation's latest round
    assert.equal(verslag.deelnemers, 74);
    assert.equal(marges[0].onbekend.aantal, null);
    assert.deepEqual(marges[0].groepen.map(({ aantal }) => aantal), [40, null], '74 less what is shown gives neither');
    assert.ok(marges[0].groepen.every(({ aantal, aandeel }) => (aantal === null) === (aandeel === null)));
    const refused = make(LATER, '--margins', 'provincie');
    assert.equal(refused.status, 1);
    assert.match(refused.err, /margin provincie, category PV2\d \(\S+\): /);
    const [{ reden }] = await versionsOf({ ronde: LATER });
    assert.match(reden, /^Marge provincie, categorie PV2\d \(.+\): hier deden te weinig mensen mee/);
  });

  test('are not made of what does not fit', () => {
    const cases = [
      [[ROUND, '--margins', 'gender,leeftijd-gender'], /margins gender and leeftijd-gender are both about gender; leave one of them out/],
      [[ROUND, '--margins', 'inkomen'], /there is no margin inkomen; choose from leeftijd, gender, /],
      [[ROUND, '--stream', 'post'], /there is no stream post; choose open, uitnodiging/],
      [[PILOT], /is a pilot: it is never counted/],
      [[CONCEPT], /was not opened yet/],
      [['bestaat-niet'], /there is no round bestaat-niet/],
    ];
    const before = service.sql('SELECT count(*) FROM zs.weight_version');
    for (const [words, says] of cases) {
      const done = make(...words);
      assert.equal(done.status, 1, words.join(' '));
      assert.match(done.err, says);
    }
    assert.equal(service.sql('SELECT count(*) FROM zs.weight_version'), before);
    assert.equal(service.sql("SELECT count(*) FROM zs.audit_event WHERE action = 'weights.make' AND result = 'refused' AND details->>'version' IS NULL"), '3');
    assert.equal(service.run(['weights', 'make']).status, 2);
    assert.equal(service.run(['weights', 'show', '--round', ROUND, '--version', '0']).status, 2);
    assert.equal(service.run(['weights', 'show', '--round', ROUND, '--version', '99']).status, 1);
    assert.equal(service.run(['weights', 'weigh', '--round', ROUND]).status, 2);
  });

  test('are the same as CSV, a line a group', async () => {
    const path = '/v1/consultaties/biotechnologie-2026/gewichten';
    const headers = { Authorization: `Bearer ${service.keys.analyst}`, Accept: 'text/csv' };
    const tags = new Set();
    for (const ronde of [ROUND, LATER]) {
      const csv = await request(service, 'GET', `${path}?${new URLSearchParams({ ronde })}`, { headers });
      checkHeaders(csv);
      assert.equal(csv.status, 200, csv.text);
      assert.equal(csv.headers['content-type'], 'text/csv; charset=utf-8; header=present');
      assert.equal(csv.headers['content-disposition'], `attachment; filename="${ronde}-gewichten.csv"`);
      assert.equal(csv.headers['cache-control'], 'private, no-cache');
      const again = (tag, Accept) => request(service, 'GET', `${path}?${new URLSearchParams({ ronde })}`, { headers: { ...headers, Accept, 'If-None-Match': tag } });
      assert.equal((await again(csv.headers.etag, 'text/csv')).status, 304);
      assert.equal((await again(csv.headers.etag, 'application/json')).status, 200);
      tags.add(csv.headers.etag);
      const text = (value) => (value == null ? '' : String(value));
      const real = (value) => (value == null ? '' : value.toFixed(6));
      const expected = (await versionsOf({ ronde })).flatMap((version) =>
        version.marges.flatMap((margin) =>
          [...(margin.groepen ?? []), margin.onbekend].map((group, index) => [
            text(version.versie), version.status, version.geldt ? 'ja' : 'nee', text(version.reden), real(version.verslag?.ontwerpeffect), margin.code,
            !group ? '' : index < margin.groepen.length ? 'groep' : 'onbekend',
            (group?.categorieen ?? []).map(({ code }) => code).join('|'), text(group?.aantal), real(group?.aandeel), real(group?.doel), real(group?.behaald),
          ]),
        ),
      );
      const read = recordsOf(csv.text.slice(1)).map((line) => [
        line.versie, line.status, line.geldt, line.reden, line.ontwerpeffect, line.marge, line.soort, line.categorieen, line.aantal, line.aandeel, line.doel, line.behaald,
      ]);
      assert.deepEqual(read, expected);
      assert.ok(read.some(([, status]) => status === 'geweigerd') && read.some(([, , , , , , kind]) => kind === 'onbekend'));
    }
    assert.equal(tags.size, 2);
  });

  test('are for analysts, of rounds that may be seen', async () => {
    const path = '/v1/consultaties/biotechnologie-2026/gewichten';
    checkProblem(await request(service, 'GET', `${path}?weergave=analist`), 401);
    checkProblem(await request(service, 'GET', `${path}?ronde=${ROUND}`), 403, 'without a key, while its tussenstand is for analysts');
    checkProblem(await request(service, 'GET', path, { headers: { Authorization: `Bearer ${service.keys.intake}` } }), 403);
    checkProblem(await weights({}, 'bestaat-niet'), 404);
    const closed = checkProblem(await weights({ ronde: CLOSED }), 403);
    assert.equal(closed.type, `${service.url}/problemen/tussenstand-gesloten`);
    for (const ronde of [PILOT, CONCEPT, 'bestaat-niet', '']) {
      assert.deepEqual(faultsOf(checkProblem(await weights({ ronde }), 400)), { ronde: 'onbekend' });
    }
    for (const versie of ['0', '-1', '99999999999', '99', 'x', '']) {
      assert.deepEqual(faultsOf(checkProblem(await weights({ ronde: ROUND, versie }), 400)), { versie: versie === '99' ? 'onbekend' : 'bereik' });
    }
    service.must('consultation', 'close', CLOSED, '--now');
    const until = Date.now() + 5000;
    let reply;
    do reply = await weights({ ronde: CLOSED });
    while (reply.status === 403 && Date.now() < until);
    assert.deepEqual(reply.json.versies, []);
    assert.equal(service.sql(`SELECT string_agg(DISTINCT result, ',' ORDER BY result) FROM zs.audit_event WHERE action = 'table.view' AND object IN ('table:${CLOSED}', 'table:${CLOSED}:gewichten')`), 'ok,refused');
  });
});

describe('weights of a release', () => {
  const path = (query = {}) => `/v1/consultaties/biotechnologie-2026/gewichten?${new URLSearchParams({ ronde: OPEN, ...query })}`;
  const take = (query, headers = {}) => request(service, 'GET', path(query), { headers });
  const table = async (query) => (await request(service, 'GET', `/v1/consultaties/biotechnologie-2026/tabellen?${new URLSearchParams({ ronde: OPEN, ...query })}`)).json;
  let told;

  before(async () => {
    const none = checkProblem(await take(), 404);
    assert.equal(none.type, `${service.url}/problemen/geen-uitgave`);
    importPeople(OPEN, sampleOf(PEOPLE, 9));
    assert.equal(make(OPEN).status, 0);
    service.must('release', 'make', '--round', OPEN);
    const until = Date.now() + 20_000;
    while ((await take()).status !== 200) {
      assert.ok(Date.now() < until);
      await sleep(100);
    }
  });

  test('are for everybody, with the numbers of the public tables and no others', async () => {
    const reply = await api.get(path().slice(3));
    assert.equal(reply.status, 200, reply.text);
    told = reply.json;
    assert.deepEqual([told.weergave, told.uitgave, told.drempel, told.minderDan], ['openbaar', 1, 10, 15]);
    const [version] = told.versies;
    assert.deepEqual(told.versies.map(({ versie, werving }) => [versie, werving]), [[(await table({ variabele: 'kanaal', gewogen: 'true' })).weegversie, 'open']]);
    const everybody = (await table({ variabele: 'kanaal', gewogen: 'true' })).rijen.at(-1);
    assert.deepEqual(version.verslag, { deelnemers: everybody.basis, effectieveOmvang: everybody.effectiefAantal, ontwerpeffect: everybody.ontwerpeffect });
    assert.deepEqual(version.marges.map(({ code, peildatum }) => [code, peildatum]), [['gender', '2021-01-01'], ['leeftijd', '2021-01-01'], ['opleiding-3', '2022']]);
    const [gender, , schooling] = version.marges;
    const shares = async (gewogen) => {
      const { cellen } = (await table({ variabele: 'gender', gewogen })).rijen.at(-1);
      return gender.groepen.map(({ categorieen }) => cellen.find(({ antwoord }) => antwoord === categorieen[0].code).percentage / 100);
    };
    const rounded = (value) => Math.round(value * 1e6) / 1e6;
    assert.deepEqual(gender.groepen.map(({ aandeel }) => aandeel), (await shares('false')).map(rounded));
    const weighed = await shares('true');
    const covered = weighed.reduce((sum, share) => sum + share, 0);
    assert.deepEqual(gender.groepen.map(({ behaald }) => behaald), weighed.map((share) => rounded(share / covered)));
    const one = gender.groepen.reduce((sum, { doel }) => sum + doel, 0);
    assert.ok(Math.abs(one - 1) < 1e-4);
    assert.ok(gender.groepen.every(({ doel, behaald }) => Math.abs(doel - behaald) < 0.03), 'what it reached, but for noise');
    assert.ok(schooling.groepen.some(({ doel }) => doel === null) && schooling.groepen.every(({ aandeel, behaald }) => aandeel === null && behaald === null), 'a margin of some of the people');
  });

  test('say nothing of what the report of the version counts', async () => {
    const analyst = (await weights({ ronde: OPEN })).json.versies[0];
    for (const name of ['positie', 'reden']) assert.ok(!(name in told.versies[0]), name);
    for (const name of ['laagsteGewicht', 'hoogsteGewicht', 'samengenomen', 'profielen', 'rondgangen']) {
      assert.ok(name in analyst.verslag && !(name in told.versies[0].verslag), name);
    }
    assert.ok(told.versies[0].marges.every(({ groepen, onbekend }) => onbekend === undefined && groepen.every(({ aantal, categorieen }) => aantal === undefined && categorieen.length === 1)));
  });

  test('may be kept, are the same with a key, and leave no line on the audit log', async () => {
    const lines = () => service.sql(`SELECT count(*) FROM zs.audit_event WHERE object LIKE 'table:${OPEN}%'`);
    const before = lines();
    const reply = await take();
    checkHeaders(reply);
    assert.match(reply.headers['cache-control'], /^public, max-age=\d+$/);
    assert.match(reply.headers.vary, /Authorization/);
    assert.equal((await take({}, { 'If-None-Match': reply.headers.etag })).status, 304);
    const keyed = await take({ weergave: 'openbaar' }, { Authorization: `Bearer ${service.keys.analyst}` });
    assert.deepEqual(keyed.json, reply.json);
    assert.equal(lines(), before);
    const csv = await take({}, { Accept: 'text/csv' });
    const rows = recordsOf(csv.text.slice(1));
    assert.deepEqual(rows.map(({ marge, categorieen }) => `${marge} ${categorieen}`), told.versies[0].marges.flatMap(({ code, groepen }) => groepen.map(({ categorieen }) => `${code} ${categorieen[0].code}`)));
    assert.ok(rows.every(({ aantal, weergave }) => aantal === '' && weergave === 'openbaar'));
    assert.deepEqual(faultsOf(checkProblem(await take({ versie: '99' }), 400)), { versie: 'onbekend' });
    assert.equal((await take({ versie: String(told.versies[0].versie) })).json.versies.length, 1);
  });
});
