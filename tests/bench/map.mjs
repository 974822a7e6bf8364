// The value map of a round with a million responses, 60 interviews and 20 focus groups: as the first who asks after the service started sees
// it, as the first sees it after one more response came in, and as everybody else does.
import { join } from 'node:path';
import { ROUNDS, SECONDS, atMost, median, say, write } from './lib/figures.mjs';
import { fill, layoutOf } from './lib/fill.mjs';
import { Postgres } from './lib/postgres.mjs';
import { Product, ROUND } from './lib/product.mjs';
import { Staff } from './lib/staff.mjs';
import { fillCodings, fillTalks } from './lib/talk.mjs';

const ROWS = SECONDS >= 5 ? 1_000_000 : 100_000;
const TALKS = { interviews: 60, groups: 20 };
const CODINGS_EACH = 1;
const WARM = 50; // of a round
const CONSULTATION = 'biotechnologie-2026';
const MAP = `/beheer/waardenkaart/${ROUND}`;

const postgres = new Postgres();
const product = new Product(postgres);

async function took(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

try {
  const given = product.command('account', 'add', 'baas', '--role', 'onderzoeker');
  for (const name of ['codeur-a', 'codeur-b']) product.command('account', 'add', name, '--role', 'codeur');
  product.command('codebook', 'publish', 'zeven-waarden', '--consultation', CONSULTATION);
  product.command('guide', 'publish', join('config', 'guides', 'focusgroep-biotechnologie.json'), '--consultation', CONSULTATION);
  const empty = await product.serve();
  const { variabelen: variables } = await (await fetch(`http://127.0.0.1:${empty.port}/v1/rondes/${ROUND}/variabelen`)).json();
  await empty.stop();
  fill(postgres, ROUND, ROWS, layoutOf(variables));
  product.command('weights', 'make', '--round', ROUND);
  fillTalks(postgres, product.roundId, TALKS);
  const turns = postgres.number('SELECT count(*) FROM zs.evidence');
  const { codings } = fillCodings(postgres, product.roundId, { codings: CODINGS_EACH * turns, coders: ['codeur-a', 'codeur-b'], account: 'baas', tasks: 1 });
  say(`${ROWS} responses, ${TALKS.interviews} interviews and ${TALKS.groups} focus groups with ${codings} codings`);
  const staff = new Staff(0);
  const measured = { started: [], moved: [], moved_cpu: [], warm: [], cpu: [] };
  for (let i = 0; i < ROUNDS; i++) {
    const service = await product.serve();
    staff.origin = `http://127.0.0.1:${service.port}`;
    if (i === 0) await staff.signIn('baas', given);
    await staff.ask('/beheer');
    measured.started.push(await took(() => staff.ask(MAP)));
    const each = [];
    const before = service.cpuNs();
    for (let n = 0; n < WARM; n++) each.push(await took(() => staff.ask(MAP)));
    measured.cpu.push((service.cpuNs() - before) / 1e6 / WARM);
    measured.warm.push(median(each));
    // One more response, and the follower has seen it.
    postgres.sql(`INSERT INTO zs.response (pos, round_id, revision, questionnaire_version, received_day, kind, stream, channel, response_id, answers)
      SELECT nextval('zs.response_pos'), round_id, 1, 1, current_date, 1, 0, 0, substr(sha256(int8send(-${i + 1})), 1, 16), answers FROM zs.response LIMIT 1`);
    await new Promise((done) => setTimeout(done, 1500));
    const moved = service.cpuNs();
    measured.moved.push(await took(() => staff.ask(MAP)));
    measured.moved_cpu.push((service.cpuNs() - moved) / 1e6);
    say(`round ${i + 1} of ${ROUNDS}  first ${measured.started.at(-1).toFixed(0)} ms, after one more response ${measured.moved.at(-1).toFixed(0)} ms (CPU ${measured.moved_cpu.at(-1).toFixed(0)} ms), then ${measured.warm.at(-1).toFixed(1)} ms (CPU ${measured.cpu.at(-1).toFixed(1)} ms)`);
    await service.stop();
  }
  const of = `the value map of ${ROWS} responses, ${TALKS.interviews} interviews and ${TALKS.groups} focus groups`;
  write([
    { name: `${of}: the first time`, unit: 'ms', values: measured.started, goal: atMost(150) },
    { name: `${of}: after one more response`, unit: 'ms', values: measured.moved, goal: atMost(150) },
    { name: `${of}: after one more response, CPU of the service`, unit: 'ms', values: measured.moved_cpu },
    { name: `${of}: again`, unit: 'ms', values: measured.warm, goal: atMost(20) },
    { name: `${of}: again, CPU of the service`, unit: 'ms', values: measured.cpu },
  ]);
} finally {
  postgres.remove();
}
