// Tables of a million responses through HTTP; how soon the service has counted them when it starts, and in how much memory; and how soon
// one more response is in the tables while many come in.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROUNDS, SECONDS, atMost, say, write } from './lib/figures.mjs';
import { distinct, mixed } from './lib/asked.mjs';
import { fill, layoutOf } from './lib/fill.mjs';
import { Postgres } from './lib/postgres.mjs';
import { Product, ROUND, httpRequest, load, startLoad, writeCodes, writeRequests } from './lib/product.mjs';
import { responseBody, sending } from './lib/response.mjs';

const ROWS = SECONDS >= 5 ? 1_000_000 : 100_000; // a million in full
const CONSULTATION = 'biotechnologie-2026';
const CONNECTIONS = 16;
const RATE = 5000; // responses a second
const SENDERS = 64;
const KEY_AND_WEIGHT = 8 + 4; // bytes a row beside its codes
const POLL_MS = 10;
const SEEN_BY_MS = 30_000;

// Of what analysts ask, most was asked before.
const KNOWN = 60;
const SHARE_KNOWN = 0.8;
const ASKED = 10_000; // more than are answered in one measurement

const postgres = new Postgres();
const product = new Product(postgres);
const keys = { analyst: product.command('key', 'issue', '--scopes', 'analist', '--label', 'bench-analist', '--purpose', 'meten'), intake: product.key };
const bearer = (key) => ({ Authorization: `Bearer ${key}` });
const tablePath = (query) => `/v1/consultaties/${CONSULTATION}/tabellen?ronde=${ROUND}&${query}`;

async function get(service, path, headers = {}) {
  const reply = await fetch(`http://127.0.0.1:${service.port}${path}`, { headers });
  const json = await reply.json();
  if (reply.status !== 200) throw new Error(`${path}: ${reply.status} ${JSON.stringify(json)}`);
  return json;
}

// From the start of the program until it has counted all and says that it is ready.
async function started() {
  const began = process.hrtime.bigint();
  const server = postgres.cpuUs();
  const service = await product.serve();
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  return { service, seconds, cpu: service.cpuNs() / 1e9, server_cpu: (postgres.cpuUs() - server) / 1e6 };
}

// ---- tables ----

const askedFile = (name) => join(product.folder, `asked-${name}`);
const writeAsked = (name, queries) => writeRequests(askedFile(name), queries.map((query) => httpRequest('GET', encodeURI(tablePath(query)), bearer(keys.analyst))));

async function askTables(service, name, seconds) {
  const before = service.cpuNs();
  const done = await load({ requests: askedFile(name), port: service.port, connections: CONNECTIONS, seconds, expect: 200 });
  const tables = { p50_ms: done.p50_ms, p99_ms: done.p99_ms, per_s: done.per_s, cpu_ms: (service.cpuNs() - before) / 1e6 / done.answers };
  say(`  tables (${name}) at ${CONNECTIONS} connections: ${tables.per_s.toFixed(0)} a second, p50 ${tables.p50_ms.toFixed(1)} ms, p99 ${tables.p99_ms.toFixed(1)} ms, ${tables.cpu_ms.toFixed(2)} ms of CPU each, ${Math.round(done.bytes_each / 1000)} kB`);
  return tables;
}

// ---- how soon ----

// Nobody of the load is of this gender; of the responses that were there a quarter is.
async function countOthers(service) {
  const table = await get(service, tablePath('variabele=gender'), bearer(keys.analyst));
  return table.rijen.find(({ groep }) => Object.keys(groep).length === 0).cellen.find(({ antwoord }) => antwoord === 'anders').aantal;
}

async function sendOther(service, code) {
  const reply = await fetch(`http://127.0.0.1:${service.port}/v1/rondes/${ROUND}/inzendingen`, {
    method: 'POST',
    headers: { ...bearer(keys.intake), Deelnamecode: code, 'Content-Type': 'application/json' },
    body: responseBody({ gender: 'anders' }),
  });
  if (reply.status !== 201) throw new Error(`a response was answered with ${reply.status}: ${await reply.text()}`);
  await reply.text();
}

// Milliseconds from its receipt until the table has it.
async function delayOf(service, code) {
  const before = await countOthers(service);
  await sendOther(service, code);
  const received = performance.now();
  while ((await countOthers(service)) !== before + 1) {
    if (performance.now() - received > SEEN_BY_MS) throw new Error('a response does not get into the tables');
    await sleep(POLL_MS);
  }
  return performance.now() - received;
}

async function delays(service, codes) {
  const { seconds, ...options } = await sending(product, [service], { connections: SENDERS, rate: RATE, seconds: SECONDS * 4 });
  const sender = startLoad(options);
  const seen = [];
  await sleep(500);
  for (const until = Date.now() + SECONDS * 1000; Date.now() < until; ) seen.push(await delayOf(service, codes.pop()));
  const { per_s: perS } = await sender.stop();
  return { slowest_ms: Math.max(...seen), count: seen.length, per_s: perS };
}

// ---- all of it ----

try {
  const empty = await started();
  const { variabelen: variables } = await get(empty.service, `/v1/rondes/${ROUND}/variabelen`);
  const layout = layoutOf(variables);
  const before = empty.service.residentBytes();
  await empty.service.stop();
  fill(postgres, ROUND, ROWS, layout);
  product.command('weights', 'make', '--round', ROUND);
  writeAsked('known', distinct(variables, KNOWN));
  writeAsked('mixed', mixed(variables, ASKED, { known: KNOWN, share: SHARE_KNOWN }));
  writeAsked('all new', distinct(variables, ASKED, 3));
  const codesPath = join(product.folder, 'codes-of-others');
  await writeCodes(product, codesPath, 10_000);
  const codes = readFileSync(codesPath, 'utf8').trim().split('\n');
  const columns = ROWS * (layout.length + KEY_AND_WEIGHT);
  const given = { loading: [], starting: [], memory: [], p99: [], cpu: [], p99_new: [], cpu_new: [], delay: [], sent: [] };
  let counted = ROWS;
  for (let round = 1; round <= ROUNDS; round++) {
    const { service, seconds, cpu, server_cpu: serverCpu } = await started();
    const times = (service.residentBytes() - before) / columns;
    say(`round ${round} of ${ROUNDS}  ready after ${seconds.toFixed(2)} s (CPU ${cpu.toFixed(2)} s, of the server ${serverCpu.toFixed(2)} s) with ${counted} responses; memory for them ${times.toFixed(3)} times their columns`);
    if (round === 1) given.memory.push(times);
    given.loading.push((seconds * ROWS) / counted);
    given.starting.push((cpu * ROWS) / counted);
    await askTables(service, 'known', 1);
    const tables = await askTables(service, 'mixed', SECONDS);
    given.p99.push(tables.p99_ms);
    given.cpu.push(tables.cpu_ms);
    const unknown = await askTables(service, 'all new', SECONDS);
    given.p99_new.push(unknown.p99_ms);
    given.cpu_new.push(unknown.cpu_ms);
    const late = await delays(service, codes);
    say(`  ${late.per_s.toFixed(0)} responses a second come in: the slowest of ${late.count} was in the tables after ${late.slowest_ms.toFixed(0)} ms`);
    given.delay.push(late.slowest_ms);
    given.sent.push(late.per_s);
    await service.stop();
    counted = product.responses();
  }
  write([
    { name: `starting with ${ROWS} responses to count and weigh`, unit: 's', values: given.loading, goal: atMost(2) },
    { name: 'the same, CPU of the service', unit: 's', values: given.starting },
    { name: 'memory for them, by the bytes of their columns', unit: 'times', values: given.memory, goal: atMost(1.3) },
    { name: `tables of ${ROWS} responses through HTTP, ${SHARE_KNOWN * 100} % asked before, ${CONNECTIONS} connections, p99`, unit: 'ms', values: given.p99, goal: atMost(20) },
    { name: 'the same, CPU of the service a table', unit: 'ms', values: given.cpu },
    { name: `tables of ${ROWS} responses through HTTP, none asked before, ${CONNECTIONS} connections, p99`, unit: 'ms', values: given.p99_new },
    { name: 'the same, CPU of the service a table', unit: 'ms', values: given.cpu_new },
    { name: `from receipt to the tables, while up to ${RATE} a second come in, the slowest`, unit: 'ms', values: given.delay, goal: atMost(1000) },
    { name: 'responses that came in meanwhile', unit: '/s', values: given.sent },
  ]);
} finally {
  postgres.remove();
}
