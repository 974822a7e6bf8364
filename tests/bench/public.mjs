// What everybody sees: CPU of the service for pages and tables that are the same for whoever shows nothing of themselves, over and over and
// once for each answer that is made anew.
import { join } from 'node:path';
import { SECONDS, alternate, atMost, write } from './lib/figures.mjs';
import { fill, layoutOf } from './lib/fill.mjs';
import { Postgres, ROOT } from './lib/postgres.mjs';
import { Product, ROUND, httpRequest, load, writeRequests } from './lib/product.mjs';

const ROWS = SECONDS >= 5 ? 100_000 : 10_000;
const CONSULTATION = 'biotechnologie-2026';
const CONNECTIONS = 16;
const A_SECOND = 5000; // answers measured for each second that a figure may take
const ANEW = 40; // with a cookie nothing is kept, and nothing that is kept is given
const PAGES = {
  'the start page': '/',
  'an explanation': '/uitleg/kweekvlees',
  'results of a question': `/uitkomsten/${CONSULTATION}/vraag/houding-algemeen`,
  'the value map': '/waardenkaart',
  'the signals': '/signalen',
  'a table of the API': `/v1/consultaties/${CONSULTATION}/tabellen?variabele=houding-algemeen&groepeerOp=leeftijd`,
};

const postgres = new Postgres();
const product = new Product(postgres);

async function text(service, path) {
  const reply = await fetch(`http://127.0.0.1:${service.port}${path}`);
  if (reply.status !== 200) throw new Error(`${path}: ${reply.status}`);
  return reply.text();
}

try {
  const empty = await product.serve();
  const { variabelen: variables } = JSON.parse(await text(empty, `/v1/rondes/${ROUND}/variabelen`));
  await empty.stop();
  fill(postgres, ROUND, ROWS, layoutOf(variables));
  product.command('agenda', 'publish', join(ROOT, 'config', 'agenda', 'uitvoeringsagenda-2026.json'));
  postgres.sql(`INSERT INTO zs.signal (source, title, body, consultation, value_codes, applications, created_by, changed_by, is_public, state)
    SELECT 'burgerconsultatie', 'Signaal ' || n, repeat('Mensen vragen om uitleg. ', 20), '${CONSULTATION}', ARRAY['keuzevrijheid'], ARRAY['kweekvlees'], 'bench', 'bench', true, 'opgevangen' FROM generate_series(1, 100) AS n`);
  product.command('consultation', 'close', ROUND, '--now');
  product.command('release', 'make', '--round', ROUND);
  const service = await product.serve();
  const AS_BROWSERS_DO = { 'Accept-Encoding': 'gzip, deflate, br' };
  const ask = async (path, headers, count) => {
    const requests = writeRequests(join(product.folder, 'public'), [httpRequest('GET', path, { ...AS_BROWSERS_DO, ...headers })]);
    const before = service.cpuNs();
    const done = await load({ requests, port: service.port, connections: CONNECTIONS, count, expect: 200 });
    return { cpu_us: (service.cpuNs() - before) / 1000 / done.answers };
  };
  for (const path of Object.values(PAGES)) await text(service, path);
  await service.quiet();
  const again = await alternate(Object.fromEntries(Object.entries(PAGES).map(([name, path]) => [name, () => ask(path, {}, Math.round(SECONDS * A_SECOND))])));
  const anew = await alternate(Object.fromEntries(Object.entries(PAGES).map(([name, path]) => [name, () => ask(path, { Cookie: 'x=y' }, Math.round(SECONDS * ANEW))])));
  await service.stop();
  const us = (rounds) => rounds.map(({ cpu_us: each }) => each);
  write(
    Object.keys(PAGES).flatMap((name) => [
      { name: `${name}, given again: CPU`, unit: 'us', values: us(again[name]), goal: atMost(20) },
      { name: `${name}, made: CPU`, unit: 'us', values: us(anew[name]) },
    ]),
  );
} finally {
  postgres.remove();
}
