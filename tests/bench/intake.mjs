// Durable responses a second through HTTP and JSON, at 64 and 256 connections, beside pgbench with 64 clients, its best; latencies beside
// pgbench with as many clients as there are connections. Both speak over a socket file, as nginx and the service do in production; over TCP
// the service is measured as well.
import { alternate, atLeast, atMost, say, SECONDS, write } from './lib/figures.mjs';
import { Postgres } from './lib/postgres.mjs';
import { Product, load } from './lib/product.mjs';
import { beginTurn, rivalOf, sending } from './lib/response.mjs';

const postgres = new Postgres();
try {
  const product = new Product(postgres);
  const onFile = () => product.serveOnFile();
  const onPort = () => product.serve();
  const first = await onFile();
  const rival = await rivalOf(product, first);
  await first.stop();
  let acknowledged = 0;
  const send = async (connections, seconds, begin = onFile) => {
    beginTurn(postgres, 'zs');
    const service = await begin();
    const options = await sending(product, [service], { connections, seconds });
    await service.quiet();
    postgres.checkpoint();
    const [before, serverBefore] = [service.cpuNs(), postgres.cpuUs()];
    const { per_s, p50_ms, p99_ms, answers, own_cpu_us: load_cpu_us } = await load(options);
    const [after, serverAfter] = [service.cpuNs(), postgres.cpuUs()];
    await service.stop();
    const stored = product.responses();
    if (stored !== answers) throw new Error(`${answers} responses were acknowledged, ${stored} are stored`);
    acknowledged += answers;
    return { per_s, p50_ms, p99_ms, cpu_us: (after - before) / 1000 / answers, server_cpu_us: (serverAfter - serverBefore) / answers, load_cpu_us };
  };
  postgres.age();
  await send(64, 1);
  await rival.run({ seconds: 2 });
  const given = await alternate({
    'service, 64 connections': () => send(64, SECONDS),
    'pgbench, 64 clients': () => rival.run(),
    'service, 256 connections': () => send(256, SECONDS),
    'pgbench, 256 clients': () => rival.run({ clients: 256 }),
    'TCP, 64 connections': () => send(64, SECONDS, onPort),
    'TCP, 256 connections': () => send(256, SECONDS, onPort),
  });
  rival.check();
  say(`${acknowledged} responses acknowledged, as many stored`);

  const of = (name, what) => given[name].map((result) => result[what]);
  const allCpu = (name) => given[name].map((result) => result.cpu_us + result.server_cpu_us + (result.load_cpu_us ?? 0));
  const rivals = { rival_name: 'pgbench -M prepared -c 64, the same row' };
  write(
    [64, 256].flatMap((connections) => [
      { name: `intake over HTTP, ${connections} connections`, unit: 'responses/s', values: of(`service, ${connections} connections`, 'per_s'), rivals: of('pgbench, 64 clients', 'per_s'), ...rivals, goal: atLeast(2) },
      { name: `intake over HTTP, ${connections} connections, p99`, unit: 'ms', values: of(`service, ${connections} connections`, 'p99_ms'), rivals: of(`pgbench, ${connections} clients`, 'p99_ms'), rival_name: `pgbench -M prepared -c ${connections}, the same row`, goal: atMost(0.5, 'ratio') },
      { name: `intake over HTTP, ${connections} connections, CPU of all processes`, unit: 'us', values: allCpu(`service, ${connections} connections`), rivals: allCpu('pgbench, 64 clients'), ...rivals },
      { name: `intake over HTTP, ${connections} connections, CPU of the service`, unit: 'us', values: of(`service, ${connections} connections`, 'cpu_us') },
      { name: `the same over TCP, ${connections} connections`, unit: 'responses/s', values: of(`TCP, ${connections} connections`, 'per_s'), rivals: of('pgbench, 64 clients', 'per_s'), ...rivals },
    ]),
  );
} finally {
  postgres.remove();
}
