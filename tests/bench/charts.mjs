// A results page over a million responses: what everybody sees, out of a release; and as many tables as such a page has charts, each counted
// anew, for one analyst.
import { join } from 'node:path';
import { SECONDS, atMost, median, say, alternate, write } from './lib/figures.mjs';
import { distinct } from './lib/asked.mjs';
import { fill, layoutOf } from './lib/fill.mjs';
import { Postgres } from './lib/postgres.mjs';
import { Product, ROUND, httpRequest, load, writeRequests } from './lib/product.mjs';

const ROWS = SECONDS >= 5 ? 1_000_000 : 100_000;
const CONSULTATION = 'biotechnologie-2026';
const CHARTS = 12; // of the page that was promised
const TABLES = 10_000; // more than are answered in one measurement

const postgres = new Postgres();
const product = new Product(postgres);
const key = product.command('key', 'issue', '--scopes', 'analist', '--label', 'bench-analist', '--purpose', 'meten');

async function text(service, path) {
  const reply = await fetch(`http://127.0.0.1:${service.port}${path}`);
  if (reply.status !== 200) throw new Error(`${path}: ${reply.status}`);
  return reply.text();
}

// The page with the most charts among those that the consultation's own page leads to.
async function fullest(service) {
  const home = `/uitkomsten/${CONSULTATION}`;
  const paths = [...(await text(service, home)).matchAll(/href="(\/uitkomsten\/[^"#?]+)"/g)].map(([, path]) => path);
  let best = { charts: 0 };
  for (const path of new Set(paths.filter((path) => path.startsWith(`${home}/`)))) {
    const charts = (await text(service, path)).split('<figure class="zs-chart">').length - 1;
    if (charts > best.charts) best = { path, charts };
  }
  if (best.charts === 0) throw new Error('no page has a chart');
  return best;
}

// Milliseconds of one after the other.
async function ask(service, requests) {
  const before = service.cpuNs();
  const done = await load({ requests, port: service.port, connections: 1, seconds: SECONDS, expect: 200 });
  return { ms: 1000 / done.per_s, p99_ms: done.p99_ms, cpu_ms: (service.cpuNs() - before) / 1e6 / done.answers };
}

try {
  const empty = await product.serve();
  const { variabelen: variables } = JSON.parse(await text(empty, `/v1/rondes/${ROUND}/variabelen`));
  await empty.stop();
  fill(postgres, ROUND, ROWS, layoutOf(variables));
  product.command('weights', 'make', '--round', ROUND);
  product.command('consultation', 'close', ROUND, '--now');
  say(product.command('release', 'make', '--round', ROUND).split('\n')[0]);
  const service = await product.serve();
  const { path, charts } = await fullest(service);
  say(`${path} has ${charts} charts`);
  const page = writeRequests(join(product.folder, 'page'), [httpRequest('GET', path, {})]);
  const asked = distinct(variables, TABLES).map((query) => encodeURI(`/v1/consultaties/${CONSULTATION}/tabellen?ronde=${ROUND}&${query}`));
  const tables = writeRequests(join(product.folder, 'tables'), asked.map((address) => httpRequest('GET', address, { Authorization: `Bearer ${key}` })));
  const given = await alternate({ 'a page': () => ask(service, page), 'a table counted anew': () => ask(service, tables) });
  await service.stop();
  const by = (name, what, times) => given[name].map((one) => one[what] * times);
  say(`a page of ${charts} charts: ${median(by('a page', 'ms', 1)).toFixed(1)} ms`);
  write([
    { name: `a results page over ${ROWS} responses, for ${CHARTS} charts (measured: ${charts})`, unit: 'ms', values: by('a page', 'ms', CHARTS / charts), goal: atMost(60) },
    { name: 'the same, CPU of the service', unit: 'ms', values: by('a page', 'cpu_ms', CHARTS / charts) },
    { name: `${CHARTS} tables for one analyst, each counted anew, one after the other`, unit: 'ms', values: by('a table counted anew', 'ms', CHARTS), goal: atMost(60) },
  ]);
} finally {
  postgres.remove();
}
