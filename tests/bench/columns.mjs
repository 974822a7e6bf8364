// Cross-tables of a million people and of ten million in the counting engine, beside a plain loop, a bare read and SQL (columns/columns.c).
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { SECONDS, write } from './lib/figures.mjs';
import { Postgres } from './lib/postgres.mjs';

const SIZES = SECONDS >= 5 ? [1_000_000, 10_000_000] : [1_000_000];
const postgres = new Postgres();
try {
  const result = join(postgres.folder, 'columns.json');
  const figures = SIZES.flatMap((rows) => {
    const done = spawnSync(join(process.env.BENCH_BUILD, 'release', 'bench', 'columns'), [String(rows), result, postgres.conninfo], { stdio: 'inherit' });
    if (done.status !== 0) throw new Error(`columns ended with ${done.status ?? done.signal}`);
    const measured = JSON.parse(readFileSync(result, 'utf8'));
    rmSync(result);
    return measured;
  });
  write(figures);
} finally {
  postgres.remove();
}
