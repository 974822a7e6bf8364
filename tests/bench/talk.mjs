// Coding with as much as a round may have: finding again by codes and by words, a text of two hours, and saving a code.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { ROUNDS, SECONDS, atMost, say, write } from './lib/figures.mjs';
import { fill, layoutOf } from './lib/fill.mjs';
import { Postgres } from './lib/postgres.mjs';
import { PROGRAM, Product, ROUND, httpRequest, load, writeRequests } from './lib/product.mjs';
import { Staff } from './lib/staff.mjs';
import { TURNS, fillCodings, fillPassages } from './lib/talk.mjs';

const PASSAGES = SECONDS >= 5 ? 100_000 : 10_000;
const CODINGS = 3 * PASSAGES;
const TASKS = 40 * ROUNDS;
const CONSULTATION = 'biotechnologie-2026';
const QUESTION = 'kweekvlees_waarom';
const FIND = `/beheer/codering/${ROUND}/terugvinden`;

const RETRIEVALS = {
  'one value': 'waarde=natuurlijkheid',
  'one value about one application': 'waarde=natuurlijkheid&toepassing=kweekvlees',
  'the same of older women in focus groups': 'waarde=natuurlijkheid&toepassing=kweekvlees&methode=focusgroep&groep=gender:vrouw&groep2=leeftijd:65-74&groep3=leeftijd:75-plus',
  'one value of women, by age': 'waarde=veiligheid&groep=gender:vrouw&uitsplitsen=leeftijd',
  'all that was coded': '',
};
const SEARCHES = {
  'a word that one in thirty has': 'zoek=boeren',
  'a phrase': `zoek=${encodeURIComponent('"geld naar het buitenland" or "nieuwe banen"')}`,
  'a word that many have': 'zoek=mensen',
  'a word in focus groups': 'zoek=natuur&methode=focusgroep',
  'a word that nobody uses': 'zoek=zeppelin',
};

const postgres = new Postgres();
const product = new Product(postgres);
const figures = [];

async function paged(service, staff, name, path, goal) {
  const requests = writeRequests(join(product.folder, 'talk'), [httpRequest('GET', path, { Cookie: staff.cookie })]);
  const done = await load({ requests, port: service.port, connections: 1, seconds: SECONDS, expect: 200 });
  say(`${name}: ${(1000 / done.per_s).toFixed(1)} ms, p99 ${done.p99_ms.toFixed(1)} ms`);
  figures.push({ name: `${name}, p99`, unit: 'ms', values: [done.p99_ms], goal: atMost(goal) });
}

// Each save on a passage of its own: the form is read beforehand, as a coder has it before them.
async function save(staff, tasks) {
  const took = [];
  for (const task of tasks) {
    const path = `/beheer/coderen/${task}`;
    const page = await staff.ask(path);
    const field = (name) => new RegExp(`name="${name}" value="([^"]*)"`).exec(page)[1];
    const form = new URLSearchParams({ token: field('token'), revisie: field('revisie'), zin: '1', code: 'natuurlijkheid', toepassing: 'kweekvlees', richting: 'tegen', doe: 'opslaan' });
    const start = performance.now();
    await staff.ask(path, form.toString());
    took.push(performance.now() - start);
  }
  return took.sort((a, b) => a - b)[Math.floor((took.length - 1) * 0.99)];
}

function campaigns() {
  const env = { ...process.env, ZEVENSTEM_CONFIG: product.config(0) };
  const start = performance.now();
  execFileSync(PROGRAM, ['campaigns', '--round', ROUND, '--question', QUESTION], { env, stdio: ['ignore', 'ignore', 'ignore'] });
  return (performance.now() - start) / 1000;
}

try {
  const given = product.command('account', 'add', 'baas', '--role', 'onderzoeker');
  for (const name of ['codeur-a', 'codeur-b']) product.command('account', 'add', name, '--role', 'codeur');
  product.command('codebook', 'publish', 'zeven-waarden', '--consultation', CONSULTATION);
  product.command('guide', 'publish', join('config', 'guides', 'focusgroep-biotechnologie.json'), '--consultation', CONSULTATION);
  const empty = await product.serve();
  const { variabelen: variables } = await (await fetch(`http://127.0.0.1:${empty.port}/v1/rondes/${ROUND}/variabelen`)).json();
  await empty.stop();
  fill(postgres, ROUND, PASSAGES, layoutOf(variables));
  fillPassages(postgres, product.roundId, { passages: PASSAGES, question: QUESTION });
  const { passages, codings } = fillCodings(postgres, product.roundId, { codings: CODINGS, coders: ['codeur-a', 'codeur-b'], account: 'baas', tasks: TASKS });
  const size = `of ${passages} passages with ${codings} codings`;
  say(size);
  const service = await product.serve();
  const staff = new Staff(service.port);
  await staff.signIn('baas', given);
  for (const [what, query] of Object.entries(RETRIEVALS)) await paged(service, staff, `finding again ${size}: ${what}`, `${FIND}?${query}`, 200);
  for (const [what, query] of Object.entries(SEARCHES)) await paged(service, staff, `searching ${size}: ${what}`, `${FIND}?${query}`, 100);
  await paged(service, staff, `a text of ${TURNS} turns`, '/beheer/gesprekken/groep-1/tekst', 200);
  const tasks = postgres.value(`SELECT string_agg(t.id::text, ' ' ORDER BY t.id) FROM zs.coding_task AS t WHERE t.position = 3`).split(' ');
  const rounds = [];
  for (let i = 0; i < ROUNDS; i++) {
    rounds.push(await save(staff, tasks.filter((_, n) => n % ROUNDS === i)));
    say(`saving a code, round ${i + 1}: p99 ${rounds[i].toFixed(1)} ms`);
  }
  figures.push({ name: `saving a code beside ${codings}, p99`, unit: 'ms', values: rounds, goal: atMost(50) });
  const start = performance.now();
  await staff.ask(`${FIND}?waarde=natuurlijkheid`);
  figures.push({ name: `finding again ${size}: first after somebody coded`, unit: 'ms', values: [performance.now() - start], goal: atMost(200) });
  await service.stop();
  const alike = campaigns();
  const answers = postgres.number(`SELECT count(*) FROM zs.passage WHERE variable = '${QUESTION}'`);
  figures.push({ name: `answers that are nearly the same among ${answers}, by the command`, unit: 's', values: [alike], goal: atMost(5) });
  write(figures);
} finally {
  postgres.remove();
}
