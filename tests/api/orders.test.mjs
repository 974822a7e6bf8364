// What may be asked of the results of a round, with a key and without: orders as the public sees them, and everything that is refused.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkHeaders, checkProblem, faultsOf, request } from './lib/http.mjs';
import { startService } from './lib/service.mjs';

const ROUND = 'proef-1';
const SHORT = 'ronde-kort'; // the short version alone
const PEOPLE = 1200;
let service;

const ask = (path, query, headers = {}) => request(service, 'GET', `/v1/consultaties/${path}?${new URLSearchParams(query)}`, { headers });
const asAnalyst = (path, query) => ask(path, query, { Authorization: `Bearer ${service.keys.analyst}` });
const orders = (query, headers) => ask('proef/rangordes', { ronde: ROUND, ...query }, headers);

before(async () => {
  service = await startService({ ownReleases: true, rounds: { [ROUND]: { of: 'proef', interim: 'openbaar' }, [SHORT]: { interim: 'openbaar', variants: ['kern'] } } });
  const fruit = ['appel', 'peer', 'druif', 'kers', 'pruim'];
  const person = (_, i) => {
    const [first, second, third] = [0, 1, 2].map((step) => fruit[(i * i + step) % 5]);
    const spent = 10 * (i % 4);
    return JSON.stringify({ variant: 'volledig', onderwerp_toegewezen_1: 'kaas', onderwerp_toegewezen_2: 'brood', houding: ['goed', 'neutraal', 'slecht'][i % 3], rang_1: first, rang_2: second, rang_3: third, punten_zorg: spent, punten_weg: 100 - spent, punten_school: 0, gender: i % 2 ? 'vrouw' : 'man' });
  };
  writeFileSync(join(service.folder, 'mensen.jsonl'), Array.from({ length: PEOPLE }, person).join('\n'));
  service.must('import', 'responses', join(service.folder, 'mensen.jsonl'), '--round', ROUND, '--channel', 'api');
  await sleep(1500);
  assert.equal((await orders({})).status, 404, 'before there is a release');
  service.must('release', 'make', '--round', ROUND);
  for (let i = 0; i < 100 && (await orders({})).status !== 200; i++) await sleep(100);
});
after(async () => service?.stop());

describe('orders without a key', () => {
  const table = async (query) => (await ask('proef/tabellen', { ronde: ROUND, ...query })).json;

  test('are those of the release, to be kept, and the same each time', async () => {
    const reply = await orders({});
    assert.equal(reply.status, 200, reply.text.slice(0, 300));
    checkHeaders(reply);
    assert.match(reply.headers['cache-control'], /^public/);
    assert.equal(reply.json.weergave, 'openbaar');
    assert.equal(reply.json.uitgave, 1);
    assert.equal(reply.json.positie, undefined, 'places in the log count people');
    assert.equal((await orders({})).text, reply.text);
    assert.equal((await orders({}, { 'If-None-Match': reply.headers.etag })).status, 304);
    assert.match((await orders({}, { Accept: 'text/csv' })).text, /,eerste,/);
  });

  test('say to the digit what the table of that answer says, by group too', async () => {
    const list = (await orders({ vraag: 'rang', groepeerOp: 'gender' })).json.schattingen;
    assert.deepEqual(new Set(list.map(({ maat }) => maat)), new Set(['eerste']), 'nothing made of two places together');
    let compared = 0;
    for (const { groep, cellen } of (await table({ variabele: 'rang_1', groepeerOp: 'gender' })).rijen) {
      for (const { antwoord, percentage } of cellen.filter(({ antwoord: code }) => ['appel', 'peer', 'kers'].includes(code))) {
        const same = list.find((one) => one.groep === groep.gender && one.optie === antwoord);
        assert.equal(same.schatting.waarde, percentage, `${groep.gender} ${antwoord}`);
        compared += typeof percentage === 'number';
      }
    }
    assert.ok(compared > 3, `${compared} are shown`);
    const points = (await orders({ vraag: 'punten' })).json.schattingen;
    const mean = (await table({ variabele: 'punten_weg' })).rijen[0].maten.gemiddelde.waarde;
    assert.equal(points.find(({ variabele }) => variabele === 'punten_weg').schatting.waarde, mean);
  });

  test('are refused by rule where they are made of several answers of a person', async () => {
    const reply = await orders({ vraag: 'beste' });
    checkProblem(reply, 403);
    assert.match(reply.json.type, /antwoorden-samen$/);
    assert.ok((await orders({})).json.schattingen.every(({ vraag }) => vraag !== 'beste'), 'left out of all');
    assert.equal((await orders({ filter: 'houding:goed' })).status, 403);
    assert.equal((await orders({ weergave: 'analist' })).status, 401);
  });

  test('are the true ones with a key, unless the public view is asked for', async () => {
    const own = await asAnalyst('proef/rangordes', { ronde: ROUND, vraag: 'rang' });
    assert.ok(own.json.schattingen.some(({ maat }) => maat === 'borda'));
    const open = await asAnalyst('proef/rangordes', { ronde: ROUND, vraag: 'rang', weergave: 'openbaar' });
    assert.deepEqual(open.json.schattingen, (await orders({ vraag: 'rang' })).json.schattingen);
  });
});

describe('a table is refused, and says why,', () => {
  const table = (query) => asAnalyst('proef/tabellen', { ronde: ROUND, ...query });
  async function refused(reply, faults) {
    checkProblem(await reply, 400);
    assert.deepEqual(faultsOf((await reply).json), faults);
  }

  test('where it would be too large, with the limit', async () => {
    const query = { variabele: 'schooljaren', groepeerOp: 'rang_1,rang_2,gender' };
    const reply = await table({ ...query, maat: 'aandelen' });
    checkProblem(reply, 400);
    assert.match(reply.json.type, /te-groot$/);
    assert.match(reply.json.detail, /100\.000 cellen en 20\.000 rijen/);
    assert.equal((await table({ ...query, maat: 'gemiddelde' })).status, 200, 'without each number of years apart');
  });

  test('for an unknown variable, category or group, all at once', async () => {
    await refused(table({ variabele: 'bestaat-niet', groepeerOp: 'ook-niet', filter: 'houding:onbekend' }), { variabele: 'onbekend', groepeerOp: 'onbekend', filter: 'onbekend' });
    await refused(table({ variabele: 'waarom' }), { variabele: 'onbekend' });
    await refused(table({}), { variabele: 'verplicht' });
  });

  test('with the part that is at fault by its name, and how many there are', async () => {
    const details = async (query) => checkProblem(await table({ variabele: 'houding', ...query }), 400).errors.map(({ parameter, code, detail }) => [parameter, code, detail]);
    const found = await details({ groepeerOp: 'gender,rang_1,rang_2,provincie', filter: 'taal:nl|klingon,provincie:x,los' });
    assert.deepEqual(found.map(([parameter, code]) => `${parameter} ${code}`), ['groepeerOp onbekend', 'groepeerOp te-veel', 'filter onbekend', 'filter onbekend', 'filter onbekend']);
    assert.match(found[0][2], /^"provincie" staat niet in het codeboek/);
    assert.match(found[1][2], /ten hoogste drie variabelen: dit zijn er 4\./);
    assert.match(found[2][2], /^"taal:klingon" is geen categorie/);
    assert.match(found[3][2], /^"provincie" staat niet in het codeboek/);
    assert.match(found[4][2], /^"los" is geen filter/);
    const long = await details({ groepeerOp: '\u00e9'.repeat(500) });
    assert.match(long[0][2], /^"\u00e9{30}\.\.\." staat niet/);
    assert.equal((await details({ groepeerOp: 'x,'.repeat(3000) })).length, 100, 'no more than anybody reads');
  });

  test('for a variable crossed with itself', async () => {
    await refused(table({ variabele: 'houding', groepeerOp: 'houding' }), { groepeerOp: 'dubbel' });
    await refused(table({ variabele: 'houding', groepeerOp: 'gender,gender' }), { groepeerOp: 'dubbel' });
  });

  test('for what that round did not ask', async () => {
    const reply = await asAnalyst('biotechnologie-2026/tabellen', { ronde: SHORT, variabele: 'bekend-algemeen' });
    await refused(Promise.resolve(reply), { variabele: 'niet-gevraagd' });
  });
});

test('filters that exclude everybody give a table that shows nobody, and no zero', async () => {
  const { status, json } = await asAnalyst('proef/tabellen', { ronde: ROUND, variabele: 'houding', groepeerOp: 'leeftijd', filter: 'gender:anders' });
  assert.equal(status, 200, JSON.stringify(json));
  for (const line of json.rijen) {
    assert.equal(line.basis, null);
    for (const cell of line.cellen) assert.ok(cell.aantal === null && cell.percentage === null, `${JSON.stringify(line.groep)} ${cell.antwoord}`);
  }
});
