// Lists come in pages: whoever follows the links sees every entry once, in the order of the whole list, forth and back.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { recordsOf } from './lib/csv.mjs';
import { apiOf, checkProblem, faultsOf, request } from './lib/http.mjs';
import { csvOfSample, sampleOf } from './lib/sample.mjs';
import { openapi, startService } from './lib/service.mjs';

const CONSULTATION = '/consultaties/biotechnologie-2026';
const FIRST = 'ronde-een';
const SECOND = 'ronde-twee';
const PEOPLE = 300;
let service;
let api;

before(async () => {
  service = await startService({ ownReleases: true, rounds: { [FIRST]: { interim: 'openbaar', weighting: { margins: ['leeftijd-gender', 'provincie', 'opleiding-3'], lower_percent: 15 } }, [SECOND]: { interim: 'openbaar' }, 'ronde-drie': {}, 'proef-een': { of: 'proef' } } });
  api = apiOf(service, openapi);
  for (const [round, times] of [[FIRST, 3], [SECOND, 2]]) {
    for (let i = 0; i < times; i++) {
      const path = join(service.folder, 'invoer.csv');
      writeFileSync(path, csvOfSample(sampleOf(PEOPLE, i + 1)));
      service.must('import', 'responses', path, '--round', round);
      service.must('release', 'make', '--round', round);
    }
  }
  const until = Date.now() + 30_000;
  while ((await api.get(`${CONSULTATION}/uitgaven`)).json.rondes.map(({ nummer }) => nummer).sort().join() !== '2,3') {
    assert.ok(Date.now() < until);
    await sleep(100);
  }
});
after(() => service?.stop());

// {next, prev} of a header Link, as paths below /v1.
const linksOf = (reply) => Object.fromEntries([...(reply.headers.link ?? '').matchAll(/<([^>]*)>; rel="(next|prev)"/g)].map(([, url, rel]) => {
  assert.ok(url.startsWith(`${service.url}/v1/`), url);
  return [rel, url.slice(`${service.url}/v1`.length)];
}));

// Every page from the first on, and back again.
async function walk(path, options, check = () => {}) {
  const pages = [];
  let at = path;
  while (at) {
    const reply = await api.get(at, options);
    assert.equal(reply.status, 200, reply.text);
    const links = linksOf(reply);
    if (reply.json._links) {
      for (const rel of ['next', 'prev']) assert.equal(reply.json._links[rel]?.href.slice(`${service.url}/v1`.length), links[rel]);
    }
    check(reply);
    assert.equal(links.prev === undefined, pages.length === 0, `${at}: a page before the first, or none before another`);
    pages.push(reply.json);
    assert.ok(pages.length < 500);
    at = links.next;
    if (!at) {
      let before = links.prev;
      for (let i = pages.length - 2; i >= 0; i--) {
        const back = await api.get(before, options);
        assert.deepEqual(back.json.rondes ?? back.json.variabelen ?? back.json.consultaties ?? back.json.versies, pages[i].rondes ?? pages[i].variabelen ?? pages[i].consultaties ?? pages[i].versies, `back to page ${i}`);
        before = linksOf(back).prev;
      }
      assert.equal(before, undefined);
    }
  }
  return pages;
}

describe('a list in pages', () => {
  for (const [path, member, size] of [['/rondes', 'rondes', 1], ['/consultaties', 'consultaties', 1], [`/rondes/${FIRST}/variabelen`, 'variabelen', 60], [`${CONSULTATION}/codeboek?ronde=${FIRST}`, 'variabelen', 70]]) {
    test(`has every entry once: ${path}`, async () => {
      const whole = (await api.get(path)).json[member];
      const pages = await walk(`${path}${path.includes('?') ? '&' : '?'}paginaGrootte=${size}`);
      assert.deepEqual(pages.flatMap((page) => page[member]), whole);
      assert.ok(pages.length > 1);
      for (const page of pages.slice(0, -1)) assert.equal(page[member].length, size);
    });
  }

  test('counts releases, where a round has many', async () => {
    const numbers = (pages) => pages.flatMap(({ rondes }) => rondes.flatMap(({ ronde, uitgaven }) => uitgaven.map(({ nummer }) => `${ronde}.${nummer}`)));
    const whole = (await api.get(`${CONSULTATION}/uitgaven`)).json;
    const pages = await walk(`${CONSULTATION}/uitgaven?paginaGrootte=2`);
    assert.equal(pages.length, 3);
    assert.deepEqual(numbers(pages), numbers([whole]));
    assert.deepEqual(numbers(pages).sort(), [...[1, 2, 3].map((n) => `${FIRST}.${n}`), ...[1, 2].map((n) => `${SECOND}.${n}`)].sort());
    for (const page of pages) for (const round of page.rondes) assert.equal(round.nummer, whole.rondes.find(({ ronde }) => ronde === round.ronde).nummer, 'the newest');
  });

  test('goes on where it was when there is a new entry in front', async () => {
    const first = await api.get(`${CONSULTATION}/uitgaven?paginaGrootte=1`);
    const next = linksOf(first).next;
    const before = (await api.get(next)).json.rondes[0].uitgaven;
    writeFileSync(join(service.folder, 'meer.csv'), csvOfSample(sampleOf(PEOPLE, 9)));
    const round = first.json.rondes[0].ronde;
    service.must('import', 'responses', join(service.folder, 'meer.csv'), '--round', round);
    service.must('release', 'make', '--round', round);
    const until = Date.now() + 10_000;
    while ((await api.get(`${CONSULTATION}/uitgaven`)).json.rondes[0].nummer === first.json.rondes[0].nummer) {
      assert.ok(Date.now() < until);
      await sleep(100);
    }
    assert.deepEqual((await api.get(next)).json.rondes[0].uitgaven, before);
  });

  test('of weights goes from the newest to the oldest', async () => {
    const options = { headers: { Authorization: `Bearer ${service.keys.analyst}` } };
    for (let i = 0; i < 3; i++) {
      const path = join(service.folder, 'zwaar.csv');
      writeFileSync(path, csvOfSample(sampleOf(PEOPLE, 20 + i)));
      service.must('import', 'responses', path, '--round', FIRST);
      service.must('weights', 'make', '--round', FIRST);
    }
    const path = `${CONSULTATION}/gewichten?ronde=${FIRST}`;
    let whole;
    const until = Date.now() + 10_000;
    do whole = (await api.get(path, options)).json.versies;
    while (!(whole.length >= 3 && whole[0].geldt) && Date.now() < until);
    assert.ok(whole[0].geldt, 'the newest weighs by now');
    const pages = await walk(`${path}&paginaGrootte=1`, options);
    assert.deepEqual(pages.map(({ versies }) => versies[0]), whole);
  });

  test('is CSV as well, with the same links', async () => {
    const path = `/v1${CONSULTATION}/codeboek?ronde=${FIRST}&paginaGrootte=5`;
    const [json, csv] = await Promise.all(['application/json', 'text/csv'].map((Accept) => request(service, 'GET', path, { headers: { Accept } })));
    assert.equal(csv.headers.link, json.headers.link);
    const codes = new Set(recordsOf(csv.text).map(({ variabele }) => variabele));
    assert.deepEqual([...codes], json.json.variabelen.map(({ code }) => code));
  });

  test('is refused with every fault at once', async () => {
    for (const size of ['0', '1001', '-1', 'tien', '', '00001', '1.5']) {
      const reply = await request(service, 'GET', `/v1/rondes?paginaGrootte=${encodeURIComponent(size)}&cursor=nergens`);
      assert.deepEqual(faultsOf(checkProblem(reply, 400)), { paginaGrootte: 'bereik', cursor: 'onbekend' }, size);
    }
    for (const path of ['/rondes?cursor=', `${CONSULTATION}/uitgaven?cursor=${FIRST}.99`, `${CONSULTATION}/codeboek?cursor=%00`]) {
      checkProblem(await request(service, 'GET', `/v1${path}`), 400);
    }
    checkProblem(await request(service, 'GET', `/v1${CONSULTATION}/tabellen?variabele=houding-algemeen&cursor=x`), 400);
  });

  test('has no link where it fits on one page', async () => {
    for (const path of ['/rondes', '/consultaties', `${CONSULTATION}/codeboek`, `${CONSULTATION}/uitgaven`]) assert.equal((await api.get(path)).headers.link, undefined, path);
  });
});
