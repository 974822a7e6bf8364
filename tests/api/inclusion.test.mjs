// Proof that a response is counted, checked by a verifier of its own: RFC 9162 (2.1.3.2) and Ed25519 by node:crypto.
import assert from 'node:assert/strict';
import { createHash, createPublicKey, verify } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { apiOf, checkProblem, request } from './lib/http.mjs';
import { openapi, startService } from './lib/service.mjs';

const ROUND = 'biotechnologie-2026-1';
const FEW = 'ronde-weinig';
const PILOT = 'ronde-proef';
const PEOPLE = 37;

const sha256 = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest();
const LEAF = Buffer.from([0]);
const NODE = Buffer.from([1]);

// The root to which a leaf at `index` of `size` leads by this path; undefined where the path does not fit the tree.
function rootOf(data, index, size, path) {
  let node = sha256(LEAF, data);
  let [at, last] = [index, size - 1];
  for (const step of path) {
    if (last === 0) return undefined;
    if (at % 2 === 1 || at === last) {
      node = sha256(NODE, step, node);
      while (at % 2 === 0 && at !== 0) [at, last] = [at >> 1, last >> 1];
    } else {
      node = sha256(NODE, node, step);
    }
    [at, last] = [at >> 1, last >> 1];
  }
  return last === 0 ? node.toString('hex') : undefined;
}

const isSigned = ({ verklaring, handtekening }, sleutel) =>
  verify(null, Buffer.from(verklaring), createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: sleutel }, format: 'jwk' }), Buffer.from(handtekening, 'base64url'));
const hex = (text) => Buffer.from(text, 'hex');
const leadsHome = ({ blad, plaats, aantal, pad, wortel }) => rootOf(hex(blad), plaats, aantal, pad.map(hex)) === wortel;

describe('proof of being counted', () => {
  let service;
  let api;
  const codes = [];
  const take = async (round, answer = 'goed') => {
    const { code } = (await api.begin(round, { variant: 'kern' })).json;
    const sent = await api.send(round, code, { variant: 'kern', 'houding-algemeen': answer });
    assert.equal(sent.status, 201, sent.text);
    return code;
  };
  const own = (code, round = ROUND) => api.call('GET', `/rondes/${round}/inzending/telbewijs`, { headers: { Deelnamecode: code } });
  const rootsOf = async (round) => (await api.get(`/rondes/${round}/telbewijzen`)).json;
  // Trees are made at the start and each hour: it is started anew, and what is missing of today comes.
  const restart = async (wanted) => {
    service.signal('SIGTERM');
    await service.end();
    await service.serve();
    for (let i = 0; i < 100 && (await rootsOf(ROUND)).telbewijzen.length < wanted; i++) await sleep(100);
  };
  // As if what was made today had been made the day before: nothing may change a root, so the owner looks away.
  const yesterday = () => service.sql(`ALTER TABLE zs.inclusion_root DISABLE TRIGGER USER; UPDATE zs.inclusion_root SET day = day - 1; UPDATE zs.inclusion_chunk SET day = day - 1; ALTER TABLE zs.inclusion_root ENABLE TRIGGER USER`);

  before(async () => {
    service = await startService({ rounds: { [ROUND]: {}, [FEW]: {}, [PILOT]: { pilot: true } } });
    api = apiOf(service, openapi);
    for (let i = 0; i < PEOPLE; i++) codes.push(await take(ROUND, i % 2 ? 'goed' : 'slecht'));
    for (let i = 0; i < 3; i++) await take(FEW);
    for (let i = 0; i < 12; i++) await take(PILOT);
    checkProblem(await own(codes[0]), 404);
    await restart(1);
  });
  after(() => service?.stop());

  test('the verifier knows the trees of RFC 6962', () => {
    const root = '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328';
    const path = ['bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b', 'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0', 'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7'];
    assert.equal(rootOf(hex('40414243'), 5, 8, path.map(hex)), root);
    assert.notEqual(rootOf(hex('40414244'), 5, 8, path.map(hex)), root);
    assert.notEqual(rootOf(hex('40414243'), 4, 8, path.map(hex)), root);
  });

  test('a root is published with its signature; of a pilot and of too few people there is none', async () => {
    const { sleutel, telbewijzen } = await rootsOf(ROUND);
    assert.equal(telbewijzen.length, 1);
    const [root] = telbewijzen;
    assert.equal(root.aantal, PEOPLE);
    assert.equal(root.logpositie, Number(service.sql(`SELECT max(pos) FROM zs.response AS r JOIN zs.round AS o ON o.id = r.round_id WHERE o.code = '${ROUND}'`)));
    assert.ok(isSigned(root, sleutel));
    assert.ok(!isSigned({ ...root, verklaring: root.verklaring.replace(`aantal: ${PEOPLE}`, `aantal: ${PEOPLE + 1}`) }, sleutel));
    assert.equal(root.verklaring, `zevenstem telbewijs 1\nronde: ${ROUND}\ndag: ${root.dag}\nlogpositie: ${root.logpositie}\naantal: ${PEOPLE}\nwortel: ${root.wortel}\n`);
    assert.deepEqual((await rootsOf(FEW)).telbewijzen, []);
    assert.deepEqual((await rootsOf(PILOT)).telbewijzen, []);
    const page = (await request(service, 'GET', '/consultaties/biotechnologie-2026/wat-er-mee-gebeurt')).text;
    assert.ok(page.includes(root.wortel));
  });

  test('every code leads to it, each by a leaf of its own', async () => {
    const { telbewijzen: [root] } = await rootsOf(ROUND);
    const places = new Set();
    const leaves = [];
    for (const code of codes) {
      const { json } = await own(code);
      assert.equal(json.wortel, root.wortel);
      assert.ok(leadsHome(json), code);
      assert.ok(!leadsHome({ ...json, plaats: (json.plaats + 1) % PEOPLE }));
      places.add(json.plaats);
      leaves[json.plaats] = sha256(LEAF, hex(json.blad)).toString('hex');
    }
    assert.equal(places.size, PEOPLE);
    assert.deepEqual(leaves, [...leaves].sort(), 'in the order of their hashes, which says nothing of the log');
    const kept = service.sql(`SELECT string_agg(encode(leaves, 'hex'), '') FROM zs.inclusion_chunk`);
    assert.equal(kept, leaves.join(''));
    checkProblem(await own('AAAA-AAAA-AAAA-AAAA'), 404);
  });

  test('the page has checked it, and gives what is needed to check it again', async () => {
    const { headers } = await request(service, 'POST', '/verder', { body: new URLSearchParams({ code: codes[3] }).toString(), headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'Sec-Fetch-Site': 'same-origin' } });
    const Cookie = headers['set-cookie'].map((cookie) => cookie.split(';')[0]).join('; ');
    assert.match((await request(service, 'GET', '/ontvangst', { headers: { Cookie } })).text, /href="\/mijn-antwoorden\/telbewijs"/);
    const page = await request(service, 'GET', '/mijn-antwoorden/telbewijs', { headers: { Cookie } });
    assert.equal(page.headers['cache-control'], 'no-store');
    assert.match(page.text, /Ja, uw antwoorden horen bij de antwoorden die wij tellen\./);
    const json = JSON.parse(/<pre><code>(.*)<\/code><\/pre>/s.exec(page.text)[1].replaceAll('&quot;', '"'));
    assert.deepEqual(json, (await own(codes[3])).json);
    assert.equal((await request(service, 'GET', '/mijn-antwoorden/telbewijs')).headers.location, '/verder?terug=code');
  });

  test('the next day is without who withdrew, and with who corrected', async () => {
    yesterday();
    assert.equal((await api.withdraw(ROUND, codes[0])).status, 204);
    assert.equal((await api.correct(ROUND, codes[1], { variant: 'kern', 'houding-algemeen': 'heel-slecht' })).status, 200);
    checkProblem(await own(codes[0]), 410);
    await restart(2);
    const { sleutel, telbewijzen } = await rootsOf(ROUND);
    assert.deepEqual(telbewijzen.map(({ aantal }) => aantal), [PEOPLE - 1, PEOPLE]);
    assert.deepEqual(telbewijzen.map((root) => isSigned(root, sleutel)), [true, false], 'a day that was written over shows');
    checkProblem(await own(codes[0]), 410);
    assert.ok(leadsHome((await own(codes[1])).json));
    assert.equal(service.sql('SELECT count(DISTINCT day) FROM zs.inclusion_chunk'), '1', 'the leaves of the newest day alone are kept');
    const late = await take(ROUND);
    checkProblem(await own(late), 404);
    assert.equal((await api.get(`/rondes/${ROUND}/telbewijzen?paginaGrootte=1`)).json.telbewijzen.length, 1);
  });
});
