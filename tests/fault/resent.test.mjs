// What was sent but not acknowledged: the service is killed right before and right after a commit, and whoever sends again gets one receipt.
// And a service that is asked to end finishes what it accepted. (Killed at any moment: crashes.test.mjs.)
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from '../api/lib/http.mjs';
import { startService } from '../api/lib/service.mjs';

const ROUND = 'ronde-1';
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const SENDERS = 24;
const UNIT = { timeout: 120_000 };

let service;
const sent = new Map(); // code: its text, of everything that was ever sent
const acknowledged = new Set(); // the codes of those that were thanked for
let byForm = 0; // sent from the pages, without a text

before(async () => {
  service = await startService({ rounds: { [ROUND]: {} } });
}, UNIT);

after(() => service?.stop(), UNIT);

const rowCount = () => Number(service.sql('SELECT count(*) FROM zs.response'));
const newCode = () => Array.from({ length: 16 }, () => ALPHABET[randomInt(32)]).join('');

function send(code, body = { 'houding-algemeen': 'goed', 'waarden-mist': sent.get(code) }) {
  const headers = { Authorization: `Bearer ${service.keys.intake}`, Deelnamecode: code };
  return request(service, 'POST', `/v1/rondes/${ROUND}/inzendingen`, { headers, body });
}

// A new response, sent once: its status, or undefined when no answer came.
async function sendNew() {
  const code = newCode();
  sent.set(code, `Tekst ${sent.size}`);
  const reply = await send(code).catch(() => undefined);
  if (reply?.status === 201 || reply?.status === 200) {
    acknowledged.add(code);
  } else {
    assert.ok(reply === undefined || reply.status === 503, `${reply?.status} ${reply?.text}`);
  }
  return { code, status: reply?.status };
}

// Many send without end, until `stop` of what it returns is called; `heard(n)` waits until n more were acknowledged.
function load() {
  let going = true;
  const began = acknowledged.size;
  const sender = async () => {
    while (going) {
      const { status } = await sendNew();
      if (status !== 201) {
        await sleep(20);
      }
    }
  };
  const stopped = Promise.all(Array.from({ length: SENDERS }, sender)).finally(() => (going = false));
  stopped.catch(() => undefined); // it is told by stop()
  return {
    async heard(count) {
      for (const until = Date.now() + 30_000; going && acknowledged.size < began + count; await sleep(5)) {
        assert.ok(Date.now() < until, `${acknowledged.size - began} of ${count} were acknowledged`);
      }
    },
    stop() {
      going = false;
      return stopped;
    },
  };
}

// What the database holds, by text: every one at most once, of those acknowledged every one.
function checkStored() {
  const rows = service.sql(`SELECT p.body, count(*), count(DISTINCT r.response_id) FROM zs.passage AS p
    LEFT JOIN zs.response AS r ON r.round_id = p.round_id AND r.response_id = p.response_id AND r.revision = p.revision AND r.kind = 1 GROUP BY 1`);
  const stored = new Map(rows.split('\n').filter(Boolean).map((line) => line.split('|')).map(([text, count, people]) => [text, `${count} ${people}`]));
  for (const [text, times] of stored) {
    assert.equal(times, '1 1', `${text} stands there more than once, or half`);
  }
  const lost = [...acknowledged].filter((code) => !stored.has(sent.get(code)));
  assert.deepEqual(lost, [], `of ${acknowledged.size} acknowledged`);
  assert.equal(rowCount(), stored.size + byForm, 'responses without their text');
}

// Each reads back what was sent under its code; who got no answer sends again and is told what became of it.
async function checkReadBack(codes) {
  for (const code of codes) {
    const own = await request(service, 'GET', `/v1/rondes/${ROUND}/inzending`, { headers: { Deelnamecode: code } });
    assert.equal(own.status, acknowledged.has(code) ? 200 : own.status === 404 ? 404 : 200, own.text);
    assert.ok(own.status === 404 || own.json.antwoorden['waarden-mist'] === sent.get(code));
    const again = await send(code);
    assert.equal(again.status, own.status === 200 ? 200 : 201, again.text);
    acknowledged.add(code);
  }
}

const some = (codes, count) => codes.filter((_, index) => index % Math.ceil(codes.length / count) === 0);

async function checkAll() {
  checkStored();
  const unheard = [...sent.keys()].filter((code) => !acknowledged.has(code));
  await checkReadBack([...unheard, ...some([...acknowledged], 60)]);
  checkStored();
  assert.equal(acknowledged.size, sent.size, 'in the end everybody was heard');
  assert.equal(rowCount(), sent.size + byForm);
}

test('killed before and after its commit, a response is sent again and there once', UNIT, async () => {
  for (const [point, stored, status] of [['response.before-commit', 0, 201], ['response.after-commit', 1, 200]]) {
    service.signal('SIGTERM');
    assert.deepEqual(await service.end(), { code: 0, signal: null });
    await service.serve({ ZEVENSTEM_FAULTS: `${point}=kill` });
    const before = rowCount();
    const { code, status: none } = await sendNew();
    assert.equal(none, undefined, 'no receipt was sent');
    assert.deepEqual(await service.end(), { code: null, signal: 'SIGKILL' });
    assert.equal(rowCount() - before, stored, point);
    await service.serve();
    assert.equal((await send(code)).status, status, point);
    acknowledged.add(code);
    assert.equal((await send(code, { 'houding-algemeen': 'slecht' })).status, 409, point);
    assert.equal(rowCount() - before, 1, point);
  }
  await checkAll();
});

test('the form killed after its commits goes on where it was', UNIT, async () => {
  const page = { cookie: '', headers: () => ({ 'Sec-Fetch-Site': 'same-origin', 'Content-Type': 'application/x-www-form-urlencoded', Cookie: page.cookie }) };
  const post = (path, body) => request(service, 'POST', path, { headers: page.headers(), body: new URLSearchParams(body).toString() });
  const tokenOf = async (path) => {
    const html = (await request(service, 'GET', path, { headers: { Cookie: page.cookie } })).text;
    return html.match(new RegExp(`action="${path}"[^]*?name="token" value="([^"]+)"`))[1];
  };
  const killed = async (faults, path, body) => {
    service.signal('SIGTERM');
    await service.end();
    await service.serve({ ZEVENSTEM_FAULTS: faults });
    await assert.rejects(post(path, body));
    assert.equal((await service.end()).signal, 'SIGKILL');
    await service.serve();
    return post(path, body);
  };
  const begun = await post('/deelname', { ronde: ROUND, versie: 'kern' });
  page.cookie = begun.headers['set-cookie'][0].split(';')[0];
  const first = begun.headers.location;
  const token = await tokenOf(first);
  const saved = await killed('draft-write.after-commit=kill', first, { token });
  assert.equal(saved.status, 303);
  assert.notEqual(saved.headers.location, first);
  assert.equal(service.sql('SELECT revision FROM zs.draft'), '3', 'saved twice, the same');
  const before = rowCount();
  const sending = await killed('response.after-commit=kill', '/controle', { token: await tokenOf('/controle') });
  assert.equal(sending.headers.location, '/ontvangst');
  byForm += 1;
  assert.equal((await request(service, 'GET', '/ontvangst', { headers: { Cookie: page.cookie } })).status, 200);
  assert.equal(rowCount(), before + 1);
  assert.equal(service.sql('SELECT count(*) FROM zs.draft'), '0', 'gone with the sending, in its transaction');
});

test('SIGTERM under load finishes what was accepted and ends with 0', UNIT, async () => {
  const people = load();
  await people.heard(100);
  const said = service.readLog().length;
  service.signal('SIGTERM');
  assert.deepEqual(await service.end(), { code: 0, signal: null }, service.readLog().slice(-2000));
  await people.stop();
  assert.match(service.readLog().slice(said), /serve\.end.*drained=yes/);
  checkStored();
  await service.serve();
  await checkAll();
});
