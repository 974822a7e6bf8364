// Durable responses a second through HTTP and JSON, at 64 and 256 connections, beside pgbench with 64 clients, its best; latencies beside
// pgbench with as many clients as there are connections. Both speak over a socket file, as nginx and the service do in production; over TCP
// the service is measured as well.
import { alternate, atLeast, atMost, SECONDS, write } from './lib/figures.mjs';
import { Postgres } from './lib/postgres.mjs';
import { Product } from './lib/product.mjs';
import { rivalOf, sendTurn } from './lib/response.mjs';

const postgres = new Postgres();
try {
  const product = new Product(postgres);
  const onFile = () => product.serveOnFile();
  const onPort = () => product.serve();
  const first = await onFile();
  const rival = await rivalOf(product, first);
  await first.stop();
  const send = (connections, seconds, begin = onFile) => sendTurn(product, [begin], { connections, seconds });
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
