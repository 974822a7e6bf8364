// A figure: one number a round, its rival's beside it, and what was promised. The median of the rounds counts; ratios are taken within
// a round, where a neighbour on the machine hits both alike.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export const ROUNDS = Number(process.env.BENCH_ROUNDS || 5);
export const SECONDS = Number(process.env.BENCH_SECONDS || 8);
if (!Number.isInteger(ROUNDS) || ROUNDS < 1 || !(SECONDS > 0)) {
  throw new Error('BENCH_ROUNDS is a whole number from 1, BENCH_SECONDS a number above 0');
}

const sorted = (list) => [...list].sort((a, b) => a - b);
export function median(list) {
  const up = sorted(list);
  const middle = up.length >> 1;
  return up.length % 2 ? up[middle] : (up[middle - 1] + up[middle]) / 2;
}
const round = (value) => Number(value.toPrecision(6));
const spread = (list) => [round(Math.min(...list)), round(Math.max(...list))];

// goal: {of: 'ratio' | 'value', at: 'least' | 'most', is: number}
export const atLeast = (is, of = 'ratio') => ({ of, at: 'least', is });
export const atMost = (is, of = 'value') => ({ of, at: 'most', is });

// From {name, unit, values, rivals?, rival_name?, goal?} to what build/bench.json holds.
export function settle({ name, unit, values, rivals, rival_name: rivalName, goal }) {
  const ratios = rivals?.map((rival, i) => values[i] / rival);
  const measured = goal && median(goal.of === 'ratio' ? ratios : values);
  return {
    name,
    value: round(median(values)),
    unit,
    rival: rivals ? round(median(rivals)) : null,
    rival_name: rivalName ?? null,
    ratio: ratios ? round(median(ratios)) : null,
    goal: goal ? goal.is : null,
    goal_of: goal ? goal.of : null,
    goal_at: goal ? goal.at : null,
    met: goal ? (goal.at === 'least' ? measured >= goal.is : measured <= goal.is) : null,
    rounds: values.length,
    spread: { value: spread(values), rival: rivals ? spread(rivals) : null, ratio: ratios ? spread(ratios) : null },
  };
}

// What a part measured, for run.mjs.
export function write(figures) {
  const path = process.env.BENCH_RESULT;
  if (!path) throw new Error('run by `make bench` or `make bench-<part>`');
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(figures, null, 1)}\n`);
}

// Runs each way once a round, in an order that turns about: {name: async () => {...}} gives {name: [what it gave, a round each]}.
export async function alternate(ways) {
  const given = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
  for (let i = 0; i < ROUNDS; i++) {
    const names = Object.keys(ways);
    for (const name of i % 2 ? names.reverse() : names) {
      const result = await ways[name]();
      given[name].push(result);
      say(`round ${i + 1} of ${ROUNDS}  ${name.padEnd(28)} ${describe(result)}`);
    }
  }
  return given;
}

const describe = (result) =>
  Object.entries(result)
    .map(([key, value]) => `${key} ${value < 100 ? value.toFixed(2) : Math.round(value)}`)
    .join('  ');

export function say(text) {
  process.stdout.write(`  ${text}\n`);
}
