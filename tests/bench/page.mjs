// A page of the form, draft read included: what it costs the service in CPU, and what a browser loads for it.
import { gzipSync } from 'node:zlib';
import { SECONDS, alternate, atMost, say, write } from './lib/figures.mjs';
import { begin, get, walk } from './lib/form.mjs';
import { Postgres } from './lib/postgres.mjs';
import { Product, httpRequest, load, writeRequests } from './lib/product.mjs';

const PEOPLE = 8;
const CONNECTIONS = 16;
const A_SECOND = 1500; // pages measured for each second that a figure may take
const A_PAGE = 60;
const NGINX_LEVEL = 1; // pages are compressed by the proxy, at its own default; assets were compressed as well as can be

const postgres = new Postgres();
try {
  const product = new Product(postgres);
  const service = await product.serve();
  const people = [];
  for (let i = 0; i < PEOPLE; i++) {
    const participation = await begin(service.port);
    people.push({ participation, pages: await walk(service.port, participation) });
  }
  const requestsOf = (wanted) =>
    people.flatMap(({ participation, pages }) => pages.filter(wanted).map(({ page }) => httpRequest('GET', page, participation.headers)));
  const show = async (requests, count) => {
    const before = service.cpuNs();
    const done = await load({ requests, port: service.port, connections: CONNECTIONS, count, expect: 200 });
    return { cpu_us: (service.cpuNs() - before) / 1000 / done.answers, bytes: done.bytes_each, per_s: done.per_s };
  };
  const all = writeRequests(`${product.folder}/pages`, requestsOf(() => true));
  const count = Math.round(SECONDS * A_SECOND);
  await show(all, 1000);
  const given = await alternate({ 'a page of the form': () => show(all, count) });

  // The dearest: pages that everybody sees, each on its own.
  let dearest = { cpu_us: 0 };
  for (const code of people[0].pages.map(({ page }) => page).filter((page) => people.every(({ pages }) => pages.some((other) => other.page === page)))) {
    const requests = writeRequests(`${product.folder}/page`, requestsOf(({ page }) => page === code));
    const { cpu_us: us } = await show(requests, Math.round(SECONDS * A_PAGE));
    if (us > dearest.cpu_us) dearest = { cpu_us: us, code };
  }
  say(`dearest of the pages that all see: ${dearest.code}, ${dearest.cpu_us.toFixed(1)} us`);

  const assetsOf = (html) => new Set([...html.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(([, path]) => path));
  const asServed = new Map();
  const sizes = [];
  for (const { page, html } of people.flatMap(({ pages }) => pages)) {
    let size = gzipSync(html, { level: NGINX_LEVEL }).length;
    for (const path of assetsOf(html)) {
      if (!asServed.has(path)) {
        const asset = await get(service.port, path, { 'Accept-Encoding': 'gzip' });
        if (asset.status !== 200 || asset.headers['content-encoding'] !== 'gzip') throw new Error(`${path}: ${asset.status}, not compressed`);
        asServed.set(path, asset.bytes.length);
      }
      size += asServed.get(path);
    }
    sizes.push({ page, size });
  }
  const largest = sizes.reduce((most, one) => (one.size > most.size ? one : most));
  say(`largest page with its ${asServed.size} assets (${[...asServed.values()].join(' + ')} bytes): ${largest.page}, ${largest.size} bytes`);
  await service.stop();

  write([
    { name: 'a page of the form, draft read included: CPU', unit: 'us', values: given['a page of the form'].map(({ cpu_us: us }) => us), goal: atMost(150) },
    { name: `the dearest page that all see (${dearest.code.replace('/vragen/', '')}): CPU`, unit: 'us', values: [dearest.cpu_us] },
    { name: 'the largest page with all assets, compressed', unit: 'bytes', values: [largest.size], goal: atMost(15000) },
  ]);
} finally {
  postgres.remove();
}
