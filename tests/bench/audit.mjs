// Verifying 100,000 lines of the audit log by the command, from its start to its end, beside SQL that reads the same rows in the same order
// and hashes each twice, by psql.
import { execFileSync, spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { ROUNDS, alternate, atMost, say, write } from './lib/figures.mjs';
import { Postgres } from './lib/postgres.mjs';
import { PROGRAM, Product } from './lib/product.mjs';

const LINES = 100_000;
const WRITER = join(dirname(PROGRAM), 'bench', 'audit');
const RIVAL = `SELECT count(sha256(mac || sha256(convert_to(line, 'UTF8')))) FROM (
  SELECT l.mac, e::text AS line FROM zs.audit_link AS l FULL JOIN zs.audit_event AS e ON e.id = l.event ORDER BY l.number NULLS LAST, e.id OFFSET 0) AS chain`;

const postgres = new Postgres();
try {
  const product = new Product(postgres);
  const cost = JSON.parse(execFileSync(WRITER, [product.config(0), String(LINES)], { encoding: 'utf8' }));
  postgres.sql('VACUUM ANALYZE zs.audit_event; VACUUM ANALYZE zs.audit_link');
  const timed = (work) => {
    const began = process.hrtime.bigint();
    work();
    return { s: Number(process.hrtime.bigint() - began) / 1e9 };
  };
  const given = await alternate({
    'audit verify': () => {
      const [server, env] = [postgres.cpuUs(), { ...process.env, ZEVENSTEM_CONFIG: product.config(0) }];
      let done;
      const taken = timed(() => {
        done = spawnSync('time', ['-f', 'cpu %U %S', PROGRAM, 'audit', 'verify'], { env, encoding: 'utf8' });
      });
      if (!/^\d{6} links, 0 faults/.test(done.stdout)) throw new Error(`${done.error ?? ''}${done.stdout}${done.stderr}`);
      const [, user, system] = /cpu ([\d.]+) ([\d.]+)/.exec(done.stderr).map(Number);
      return { ...taken, cpu_s: user + system + (postgres.cpuUs() - server) / 1e6 };
    },
    'SQL that hashes': () => timed(() => postgres.number(RIVAL)),
  });
  say(`${postgres.number('SELECT count(*) FROM zs.audit_link')} links, walked ${ROUNDS} times`);
  write([
    { name: 'verifying 100,000 audit lines', unit: 's', values: given['audit verify'].map(({ s }) => s), rivals: given['SQL that hashes'].map(({ s }) => s), rival_name: 'SQL over the same rows that hashes each twice', goal: atMost(1) },
    { name: 'verifying 100,000 audit lines: CPU of command and server', unit: 's', values: given['audit verify'].map(({ cpu_s: cpu }) => cpu) },
    { name: 'writing an audit line, a thousand a transaction', unit: 'us', values: [cost.write_us] },
    { name: 'linking an audit line', unit: 'us', values: [cost.link_us] },
  ]);
} finally {
  postgres.remove();
}
