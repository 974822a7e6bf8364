// The intake over HTTP with two instances of the service on one database: their sum, beside pgbench with 64 clients and one instance.
import { SECONDS, alternate, atLeast, say, write } from './lib/figures.mjs';
import { Postgres } from './lib/postgres.mjs';
import { Product, load } from './lib/product.mjs';
import { beginTurn, rivalOf, sending } from './lib/response.mjs';

const postgres = new Postgres();
try {
  const product = new Product(postgres);
  const first = await product.serveOnFile();
  const rival = await rivalOf(product, first);
  await first.stop();
  let acknowledged = 0;
  const send = async (instances, seconds) => {
    beginTurn(postgres, 'zs');
    const services = [];
    while (services.length < instances) services.push(await product.serveOnFile());
    const options = await sending(product, services, { connections: 64 * instances, seconds });
    for (const service of services) await service.quiet();
    postgres.checkpoint();
    const { per_s, p50_ms, p99_ms, answers } = await load(options);
    for (const service of services) await service.stop();
    const stored = product.responses();
    if (stored !== answers) throw new Error(`${answers} responses were acknowledged, ${stored} are stored`);
    acknowledged += answers;
    return { per_s, p50_ms, p99_ms };
  };
  postgres.age();
  await send(2, 1);
  await rival.run({ seconds: 2 });
  const given = await alternate({
    'two instances, 64 each': () => send(2, SECONDS),
    'pgbench, 64 clients': () => rival.run(),
    'one instance, 64': () => send(1, SECONDS),
  });
  rival.check();
  say(`${acknowledged} responses acknowledged, as many stored`);

  const of = (name) => given[name].map(({ per_s: rate }) => rate);
  write([
    { name: 'intake over HTTP, two instances with 64 connections each', unit: 'responses/s', values: of('two instances, 64 each'), rivals: of('pgbench, 64 clients'), rival_name: 'pgbench -M prepared -c 64, the same rows', goal: atLeast(2) },
    { name: 'two instances beside one', unit: 'responses/s', values: of('two instances, 64 each'), rivals: of('one instance, 64'), rival_name: 'one instance with 64 connections' },
  ]);
} finally {
  postgres.remove();
}
