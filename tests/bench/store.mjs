// In the store alone: 256 responses queued, written by the service's own batches, beside pgbench with 64 clients; syncs of the log a batch.
// The same by two instances at once.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SECONDS, alternate, atLeast, atMost, say, write } from './lib/figures.mjs';
import { Postgres } from './lib/postgres.mjs';
import { Product, store } from './lib/product.mjs';
import { beginTurn, responseBody, rivalOf } from './lib/response.mjs';

const QUEUED = 256;
const PREPARED = Math.round(SECONDS * 2500);
const postgres = new Postgres();
try {
  const product = new Product(postgres);
  const service = await product.serve();
  const rival = await rivalOf(product, service);
  await service.stop();
  const body = join(product.folder, 'body.json');
  writeFileSync(body, responseBody());

  const syncs = () => postgres.number('SELECT wal_sync FROM pg_stat_wal');
  // A session tells of its syncs when it ends.
  const settle = () => postgres.waitUntil("SELECT count(*) = 0 FROM pg_stat_activity WHERE application_name LIKE 'zevenstem%'");
  let written = 0;
  const fill = async (seconds, instances = 1) => {
    beginTurn(postgres, 'zs');
    await settle();
    const [before, serverBefore] = [syncs(), postgres.cpuUs()];
    const each = await Promise.all(Array.from({ length: instances }, () => store(product, 'responses', body, seconds, QUEUED)));
    await settle();
    const sum = (what) => each.reduce((total, one) => total + one[what], 0);
    written += sum('done');
    if (product.responses() !== sum('done')) throw new Error(`${sum('done')} responses were written, ${product.responses()} are there`);
    return { per_s: sum('per_s'), 'rows a batch': sum('done') / sum('batches'), 'syncs a batch': (syncs() - before) / sum('batches'), server_cpu_us: (postgres.cpuUs() - serverBefore) / sum('done') };
  };
  postgres.age();
  await fill(1);
  await rival.run({ seconds: 2 });
  const given = await alternate({
    'store, 256 queued': () => fill(SECONDS),
    'pgbench, 64 clients': () => rival.run(),
    'two instances, 256 queued each': () => fill(SECONDS, 2),
    'from bytes to item': () => store(product, 'prepare', body, PREPARED),
  });
  rival.check();
  say(`${written} responses written, as many stored`);

  const of = (name, what) => given[name].map((result) => result[what]);
  const ours = of('store, 256 queued', 'per_s');
  const two = 'two instances, 256 queued each';
  const theirs = of('pgbench, 64 clients', 'per_s');
  write([
    { name: 'store alone, 256 queued (aim: 7)', unit: 'responses/s', values: ours, rivals: theirs, rival_name: 'pgbench -M prepared -c 64, the same rows', goal: atLeast(4) },
    { name: 'store alone, syncs of the log a batch', unit: 'syncs', values: of('store, 256 queued', 'syncs a batch'), goal: atMost(1.1) },
    { name: 'store alone, rows a batch', unit: 'rows', values: of('store, 256 queued', 'rows a batch') },
    { name: 'store alone, two instances', unit: 'responses/s', values: of(two, 'per_s'), rivals: theirs, rival_name: 'pgbench -M prepared -c 64, the same rows', goal: atLeast(4) },
    { name: 'store alone, two instances, syncs of the log a batch', unit: 'syncs', values: of(two, 'syncs a batch'), goal: atMost(1.1) },
    { name: 'a response from its bytes to an item for its batch', unit: 'us', values: of('from bytes to item', 'us_each') },
  ]);
} finally {
  postgres.remove();
}
