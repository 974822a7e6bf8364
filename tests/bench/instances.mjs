// The intake over HTTP with two instances of the service on one database: their sum, beside pgbench with 64 clients and one instance.
import { SECONDS, alternate, atLeast, say, write } from './lib/figures.mjs';
import { Postgres } from './lib/postgres.mjs';
import { Product, load } from './lib/product.mjs';
import { rivalOf, sending } from './lib/response.mjs';

const postgres = new Postgres();
try {
  const product = new Product(postgres);
  const both = [await product.serveOnFile(), await product.serveOnFile()];
  const rival = await rivalOf(product, both[0]);
  let acknowledged = 1;
  const send = async (services, seconds) => {
    const options = await sending(product, services, { connections: 64 * services.length, seconds });
    postgres.checkpoint();
    const done = await load(options);
    acknowledged += done.answers;
    return { per_s: done.per_s, p50_ms: done.p50_ms, p99_ms: done.p99_ms };
  };
  postgres.age();
  await send(both, 1);
  await rival.run({ seconds: 2 });
  const given = await alternate({
    'two instances, 64 each': () => send(both, SECONDS),
    'pgbench, 64 clients': async () => {
      postgres.checkpoint();
      return rival.run();
    },
    'one instance, 64': () => send([both[0]], SECONDS),
  });
  rival.check();
  const stored = product.responses();
  if (stored !== acknowledged) throw new Error(`${acknowledged} responses were acknowledged, ${stored} are stored`);
  say(`${stored} responses acknowledged, as many stored`);
  for (const service of both) await service.stop();

  const of = (name) => given[name].map(({ per_s: rate }) => rate);
  write([
    { name: 'intake over HTTP, two instances with 64 connections each', unit: 'responses/s', values: of('two instances, 64 each'), rivals: of('pgbench, 64 clients'), rival_name: 'pgbench -M prepared -c 64, the same rows', goal: atLeast(2) },
    { name: 'two instances beside one', unit: 'responses/s', values: of('two instances, 64 each'), rivals: of('one instance, 64'), rival_name: 'one instance with 64 connections' },
  ]);
} finally {
  postgres.remove();
}
