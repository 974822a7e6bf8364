// Draft saves, each with the read before it, beside pgbench doing SELECT and UPDATE of the same row by key: in the store alone, and by
// posting a page of the form.
import { SECONDS, alternate, atLeast, say, write } from './lib/figures.mjs';
import { answer, begin } from './lib/form.mjs';
import { Postgres } from './lib/postgres.mjs';
import { Product, httpRequest, load, store, writeRequests } from './lib/product.mjs';

const PEOPLE = 512; // connection i saves the drafts i, i + 64, ...: no two save one at a time
const CONNECTIONS = 64;
const DRAFTS = 16384; // as store makes
const STORE_PAGE = 32000; // by which its drafts are known
const QUEUED = 256;

const postgres = new Postgres();
try {
  const product = new Product(postgres);
  const service = await product.serve();
  const posts = [];
  for (let i = 0; i < PEOPLE; i++) {
    const participation = await begin(service.port);
    const { body } = await answer(service.port, participation, participation.page);
    posts.push(httpRequest('POST', participation.page, { ...participation.headers, 'Content-Type': 'application/x-www-form-urlencoded' }, body));
  }
  const requests = writeRequests(`${product.folder}/posts`, posts);
  const size = postgres.number('SELECT round(avg(octet_length(sealed))) FROM zs.draft');
  say(`a sealed draft has ${size} bytes`);
  postgres.sql(`
    CREATE SCHEMA rival;
    CREATE TABLE rival.draft (LIKE zs.draft INCLUDING ALL) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
    INSERT INTO rival.draft (draft_id, round_id, revision, page, day, sealed)
      SELECT int8send(n) || int8send(n), ${product.roundId}, 1, 7, current_date, (SELECT substr(sealed, 1, ${size}) FROM zs.draft LIMIT 1) FROM generate_series(1, ${DRAFTS}) AS n;
    VACUUM ANALYZE rival.draft;`);
  const sealed = postgres.sql('SELECT sealed FROM rival.draft LIMIT 1');
  const script = `
\\set n random(1, ${DRAFTS})
SELECT round_id, revision, sealed FROM rival.draft WHERE draft_id = int8send(:n) || int8send(:n);
UPDATE rival.draft SET revision = revision + 1, page = 7, day = current_date, sealed = :sealed::bytea WHERE draft_id = int8send(:n) || int8send(:n);
`;
  const rival = async (seconds) => {
    postgres.checkpoint();
    return postgres.pgbench(script, { sealed }, { seconds });
  };
  const overHttp = async (seconds) => {
    postgres.checkpoint();
    const before = service.cpuNs();
    const done = await load({ requests, port: service.port, connections: CONNECTIONS, seconds, expect: 303 });
    return { per_s: done.per_s, p50_ms: done.p50_ms, p99_ms: done.p99_ms, cpu_us: (service.cpuNs() - before) / 1000 / done.answers };
  };
  const inStore = async (seconds) => {
    postgres.sql(`DELETE FROM zs.draft WHERE page = ${STORE_PAGE}`);
    postgres.sql('VACUUM zs.draft');
    postgres.checkpoint();
    const { per_s } = await store(product, 'drafts', size, seconds, QUEUED);
    return { per_s };
  };
  postgres.age();
  await rival(2);
  await overHttp(1);
  const given = await alternate({ 'form, 64 connections': () => overHttp(SECONDS), 'pgbench, 64 clients': () => rival(SECONDS), 'store, 256 queued': () => inStore(SECONDS) });
  await service.stop();

  const of = (name, what) => given[name].map((result) => result[what]);
  const beside = { rivals: of('pgbench, 64 clients', 'per_s'), rival_name: 'pgbench -M prepared -c 64, SELECT and UPDATE of the same row', goal: atLeast(1) };
  write([
    { name: 'draft saves over HTTP, 64 connections', unit: 'saves/s', values: of('form, 64 connections', 'per_s'), ...beside },
    { name: 'draft saves in the store alone, 256 queued', unit: 'saves/s', values: of('store, 256 queued', 'per_s'), ...beside },
    { name: 'draft saves over HTTP, CPU of the service', unit: 'us', values: of('form, 64 connections', 'cpu_us') },
  ]);
} finally {
  postgres.remove();
}
