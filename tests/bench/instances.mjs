// The intake over HTTP with two instances of the service on one database: their sum, beside pgbench with 64 clients and one instance.
import { SECONDS, alternate, atLeast, write } from './lib/figures.mjs';
import { Postgres } from './lib/postgres.mjs';
import { Product } from './lib/product.mjs';
import { rivalOf, sendTurn } from './lib/response.mjs';

const postgres = new Postgres();
try {
  const product = new Product(postgres);
  const onFile = () => product.serveOnFile();
  const first = await onFile();
  const rival = await rivalOf(product, first);
  await first.stop();
  const send = (instances, seconds) => sendTurn(product, Array(instances).fill(onFile), { connections: 64 * instances, seconds });
  postgres.age();
  await send(2, 1);
  await rival.run({ seconds: 2 });
  const given = await alternate({
    'two instances, 64 each': () => send(2, SECONDS),
    'pgbench, 64 clients': () => rival.run(),
    'one instance, 64': () => send(1, SECONDS),
  });
  rival.check();

  const of = (name) => given[name].map(({ per_s: rate }) => rate);
  write([
    { name: 'intake over HTTP, two instances with 64 connections each', unit: 'responses/s', values: of('two instances, 64 each'), rivals: of('pgbench, 64 clients'), rival_name: 'pgbench -M prepared -c 64, the same rows', goal: atLeast(2) },
    { name: 'two instances beside one', unit: 'responses/s', values: of('two instances, 64 each'), rivals: of('one instance, 64'), rival_name: 'one instance with 64 connections' },
  ]);
} finally {
  postgres.remove();
}
