// No answer lost: the service, and PostgreSQL, die again and again under load, at any moment. Every receipt that was ever given stands in
// the database, once; and can be read back with its code.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { atMost, say, write } from './lib/figures.mjs';
import { get } from './lib/form.mjs';
import { Postgres } from './lib/postgres.mjs';
import { Product, ROUND, startLoad } from './lib/product.mjs';
import { sendingOn } from './lib/response.mjs';

const CRASHES = Number(process.env.BENCH_CRASHES || 100);
const CONNECTIONS = 32;
const LINE_BYTES = 16 + 1 + 32 + 1; // of the file of receipts: code, response id
const UNDER_LOAD = 200; // receipts at least between two crashes
const SPREAD_MS = 250; // and then up to so long
const BY_CODE = 3; // read back by code after each crash

const postgres = new Postgres();
const receipts = join(postgres.folder, 'receipts');
const given = () => Math.floor((statSync(receipts, { throwIfNoEntry: false })?.size ?? 0) / LINE_BYTES);
const linesFrom = (first) => readFileSync(receipts, 'latin1').slice(first * LINE_BYTES, given() * LINE_BYTES).trimEnd().split('\n').filter(Boolean);

async function waitFor(what, holds) {
  for (const until = Date.now() + 60_000; !holds(); await sleep(5)) {
    if (Date.now() > until) throw new Error(`${what}: not within a minute`);
  }
}

// Of these receipts, how many do not stand in the database exactly once.
function missing(product, lines) {
  const ids = lines.map((line) => `\\\\x${line.slice(17)}`).join('\n');
  return Number(
    postgres.sql(`
      CREATE TEMPORARY TABLE receipt (id bytea);
      COPY receipt FROM STDIN;
${ids}
\\.
      SELECT count(*) FROM receipt WHERE (SELECT count(*) FROM zs.response AS r WHERE r.round_id = ${product.roundId} AND r.response_id = receipt.id AND r.kind = 1) <> 1
        OR (SELECT count(*) FROM zs.passage AS p WHERE p.round_id = ${product.roundId} AND p.response_id = receipt.id) <> 2;`),
  );
}

async function readBack(service, lines) {
  for (let i = 0; i < Math.min(BY_CODE, lines.length); i++) {
    const code = lines[Math.floor((i * lines.length) / BY_CODE)].slice(0, 16);
    const from = `10.9.${Math.floor(Math.random() * 256)}.${Math.floor(Math.random() * 256)}`;
    let own;
    // 503 with Retry-After is what a worker says that finds out only now that its connection died.
    for (let tries = 0; tries === 0 || (own.status === 503 && tries < 50); tries++) {
      if (tries > 0) await sleep(100);
      own = await get(service.port, `/v1/rondes/${ROUND}/inzending`, { Deelnamecode: code, 'X-Forwarded-For': from });
    }
    if (own.status !== 200) throw new Error(`a receipt's code gives ${own.status}`);
  }
}

try {
  const product = new Product(postgres);
  let service = await product.serve();
  const { port } = service;
  const load = startLoad(sendingOn(product, [service], { connections: CONNECTIONS, retry: true, 'also-expect': 200, acknowledged: receipts, secret: product.secret, round: ROUND }));
  const ways = {
    'service, kill -9': async () => {
      await service.kill();
      service = await product.serve(port);
    },
    'PostgreSQL, kill -9 of all its processes': () => {
      postgres.kill();
      postgres.start();
    },
    'PostgreSQL, as in a power cut': () => {
      postgres.crash();
      postgres.start();
    },
  };
  // As often the service as PostgreSQL.
  const turns = ['service, kill -9', 'PostgreSQL, kill -9 of all its processes', 'service, kill -9', 'PostgreSQL, as in a power cut'];
  const counts = {};
  let lost = 0;
  let checked = 0;
  for (let i = 0; i < CRASHES; i++) {
    const way = turns[i % turns.length];
    const before = given();
    await waitFor('receipts under load', () => given() >= before + UNDER_LOAD);
    await sleep(Math.random() * SPREAD_MS);
    await ways[way]();
    counts[way] = (counts[way] ?? 0) + 1;
    const lines = linesFrom(checked);
    lost += missing(product, lines);
    const after = given();
    await waitFor('receipts after a crash', () => given() > after);
    await readBack(service, lines);
    checked += lines.length;
    if ((i + 1) % 10 === 0 || i + 1 === CRASHES) say(`${i + 1} of ${CRASHES} crashes, ${checked} receipts looked up, ${lost} lost or doubled`);
  }
  const { answers, errors } = await load.stop();
  await service.stop();
  const all = linesFrom(0);
  if (all.length !== answers || new Set(all).size !== answers) throw new Error(`${answers} receipts, ${all.length} written down`);
  const lostAtEnd = missing(product, all);
  say(`${answers} receipts in all, ${errors} requests were sent again; at the end ${lostAtEnd} lost or doubled`);
  say(Object.entries(counts).map(([way, count]) => `${way}: ${count}`).join('; '));
  write([{ name: `receipts lost or doubled by ${CRASHES} crashes, of ${answers}`, unit: 'receipts', values: [Math.max(lost, lostAtEnd)], goal: atMost(0) }]);
} finally {
  postgres.remove();
}
