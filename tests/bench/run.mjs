// run.mjs BUILD PART...: runs the parts one after the other, each on a throw-away PostgreSQL of its own, and prints what they measured
// beside what was promised. With all parts it also writes BUILD/bench.json. A part that could not measure does not keep the next from
// running; the exit status is 0 when all measured, whatever goals were missed.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROUNDS, SECONDS, settle } from './lib/figures.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const [build, ...wanted] = [resolve(process.argv[2]), ...process.argv.slice(3)];
const PROGRAMS = { pure: (result) => [join(build, 'release/bench/pure'), result], rake: (result) => [join(build, 'release/bench/rake'), '1000000', result], 'json-flat': (result) => [join(build, 'release/bench/json_flat'), result] };
const ALL = ['intake', 'instances', 'store', 'drafts', 'page', 'public', 'login', 'memory', 'release', 'crash', 'start', 'export', 'results', 'charts', 'staff', 'talk', 'map', 'audit', 'columns', 'pure', 'rake', 'json-flat'];
const parts = wanted.length > 0 ? wanted : ALL;
const unknown = parts.filter((part) => !ALL.includes(part));
if (unknown.length > 0) throw new Error(`no such part: ${unknown.join(', ')}`);

const folder = join(build, 'bench');
mkdirSync(folder, { recursive: true });
const began = Date.now();
const failed = [];
const figures = [];
for (const part of parts) {
  const result = join(folder, `${part}.json`);
  const command = PROGRAMS[part]?.(result) ?? [process.execPath, join(HERE, `${part}.mjs`)];
  const start = Date.now();
  console.log(`\n== ${part} (${ROUNDS} ${ROUNDS === 1 ? 'round' : 'rounds'} of ${SECONDS} s)`);
  rmSync(result, { force: true });
  const done = spawnSync(command[0], command.slice(1), { stdio: 'inherit', env: { ...process.env, BENCH_BUILD: build, BENCH_RESULT: result, BENCH_ROUNDS: ROUNDS, BENCH_SECONDS: SECONDS } });
  console.log(`   ${part} took ${Math.round((Date.now() - start) / 1000)} s`);
  if (done.signal === 'SIGINT') process.exit(130);
  if (done.status !== 0 || !existsSync(result)) {
    failed.push(part);
  } else {
    figures.push(...JSON.parse(readFileSync(result, 'utf8')).map(settle));
  }
}

// ---- the table ----

const short = (value) => (value === null ? '' : Math.abs(value) >= 1000 ? String(Math.round(value)) : Math.abs(value) >= 10 ? value.toFixed(1) : String(Number(value.toFixed(3))));
const range = (pair) => (pair && pair[0] !== pair[1] ? ` [${short(pair[0])}..${short(pair[1])}]` : '');
const goalText = ({ goal, goal_of: of, goal_at: at }) => (goal === null ? '' : `${of} ${at === 'least' ? '>=' : '<='} ${short(goal)}`);
const rows = figures.map((figure) => [
  figure.name,
  `${short(figure.value)}${range(figure.spread.value)} ${figure.unit}`,
  figure.rival === null ? '' : short(figure.rival),
  figure.ratio === null ? '' : `${short(figure.ratio)}${range(figure.spread.ratio)}`,
  goalText(figure),
  figure.met === null ? '' : figure.met ? 'met' : 'MISSED',
]);
const head = ['figure', 'value [lowest..highest]', 'rival', 'ratio', 'goal', ''];
const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i].length)));
const line = (cells) => cells.map((cell, i) => (i === 2 ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))).join('  ').trimEnd();
console.log(`\n${line(head)}\n${line(widths.map((width) => '-'.repeat(width)))}`);
rows.forEach((row) => console.log(line(row)));

const met = figures.filter((figure) => figure.met === true);
const missed = figures.filter((figure) => figure.met === false);
console.log(`\nbench: ${figures.length} figures from ${parts.length - failed.length} of ${parts.length} parts in ${Math.round((Date.now() - began) / 1000)} s: ${met.length} goals met, ${missed.length} missed`);
missed.forEach(({ name }) => console.log(`  missed: ${name}`));
failed.forEach((part) => console.log(`  could not measure: ${part}`));
if (wanted.length === 0 && failed.length === 0) {
  const path = join(build, 'bench.json');
  writeFileSync(path, `${JSON.stringify(figures, null, 1)}\n`);
  console.log(`  written to ${path}`);
}
process.exit(failed.length > 0 ? 1 : 0);
