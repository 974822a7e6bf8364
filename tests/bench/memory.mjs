// Memory of the service beyond the columns of the counting engine, while a million responses come in.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { SECONDS, atMost, say, write } from './lib/figures.mjs';
import { Postgres } from './lib/postgres.mjs';
import { Product, load } from './lib/product.mjs';
import { sending } from './lib/response.mjs';

const MIB = 1024 * 1024;
const PARTS = 10;
const A_PART = SECONDS >= 5 ? 100_000 : 10_000; // a million in full
const LINE = 16384; // the service logs the size of its columns with every block of so many rows

// What the service said last of its columns: {rows, bytes}.
function columnsOf(service) {
  const lines = [...readFileSync(service.log, 'latin1').matchAll(/event=results\.columns .*rows=(\d+) bytes=(\d+)/g)];
  const last = lines.at(-1);
  return last ? { rows: Number(last[1]), bytes: Number(last[2]) } : { rows: 0, bytes: 0 };
}

const postgres = new Postgres();
try {
  const product = new Product(postgres);
  const service = await product.serve();
  const beyond = [];
  for (let part = 1; part <= PARTS; part++) {
    const done = await load(await sending(product, [service], { connections: 64, count: A_PART }));
    const sent = part * A_PART;
    for (const until = Date.now() + 60_000; Math.floor(columnsOf(service).rows / LINE) < Math.floor(sent / LINE); await sleep(100)) {
      if (Date.now() > until) throw new Error('the counting engine does not catch up');
    }
    await sleep(600); // two polls of the follower: what it read is let go
    const { bytes } = columnsOf(service);
    beyond.push((service.residentBytes() - bytes) / MIB);
    say(`${sent} responses (${Math.round(done.per_s)} a second): ${(service.residentBytes() / MIB).toFixed(1)} MiB, of which columns ${(bytes / MIB).toFixed(1)}; beyond them ${beyond.at(-1).toFixed(1)}`);
  }
  if (product.responses() !== PARTS * A_PART) throw new Error('not all are stored');
  await service.stop();
  write([
    { name: `memory beyond the columns after ${PARTS * A_PART} responses`, unit: 'MiB', values: [beyond.at(-1)], goal: atMost(64) },
    { name: 'memory beyond the columns: growth from the second tenth to the last', unit: 'MiB', values: [beyond.at(-1) - beyond[1]], goal: atMost(2) },
  ]);
} finally {
  postgres.remove();
}
