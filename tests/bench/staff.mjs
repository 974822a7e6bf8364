// Every page of the back office that the table of routes has, with a million responses, a hundred accounts, and conversations, signals and what the table writes in use.
import { join } from 'node:path';
import { addressesOf, fillBackOffice, pagesOf } from './lib/back_office.mjs';
import { SECONDS, atMost, say, write } from './lib/figures.mjs';
import { fill, layoutOf } from './lib/fill.mjs';
import { fillPapers } from './lib/papers.mjs';
import { Postgres, ROOT } from './lib/postgres.mjs';
import { Product, ROUND, httpRequest, load, staffRoutes, writeRequests } from './lib/product.mjs';
import { Staff } from './lib/staff.mjs';
import { fillCodings, fillPassages } from './lib/talk.mjs';

const ROWS = SECONDS >= 5 ? 1_000_000 : 100_000;
const ACCOUNTS = 100;
const DAYS = 60;
const PASSAGES = Math.max(ROWS / 50, 10_000);
const SIGNALS = 300;
const MESSAGES = 3000;
const CONSULTATION = 'biotechnologie-2026';
const QUESTION = 'kweekvlees_waarom';

const postgres = new Postgres();
const product = new Product(postgres);

// Emptied rows of other days, which the counting engine leaves out; and people who are still on their way.
function spread() {
  postgres.sql(`INSERT INTO zs.response (pos, round_id, revision, questionnaire_version, received_day, kind, stream, channel, response_id)
      SELECT nextval('zs.response_pos'), ${product.roundId}, 1, 1, current_date - i % ${DAYS}, 1, 0, 0, decode(md5(i::text), 'hex') FROM generate_series(1, ${ROWS / 100}) AS i;
    INSERT INTO zs.draft (draft_id, round_id, revision, page, day, sealed)
      SELECT decode(md5(i::text), 'hex'), ${product.roundId}, 1, i % 30, current_date - i % 20, decode(repeat('00', 1200), 'hex') FROM generate_series(1, ${ROWS / 5}) AS i`);
}

async function settled(staff, path) {
  for (let i = 0; ; i++) {
    if (/id="per-dag"|scope="row">\d+ \w+ \d{4}</.test(await staff.ask(path))) return;
    if (i === 600) throw new Error(`${path} does not get counted`);
    await new Promise((done) => setTimeout(done, 100));
  }
}

try {
  const given = product.command('account', 'add', 'baas', '--role', 'beheerder');
  for (const role of ['onderzoeker', 'codeur', 'analist', 'tafelsecretaris']) product.command('account', 'role', 'baas', '--role', role);
  const givenSecond = product.command('account', 'add', 'tweede', '--role', 'tafelsecretaris');
  for (const name of ['codeur-a', 'codeur-b']) product.command('account', 'add', name, '--role', 'codeur');
  for (let i = 4; i < ACCOUNTS; i++) product.command('account', 'add', `medewerker-${i}`, '--role', 'lezer');
  product.command('codebook', 'publish', 'zeven-waarden', '--consultation', CONSULTATION);
  product.command('guide', 'publish', join(ROOT, 'config', 'guides', 'focusgroep-biotechnologie.json'), '--consultation', CONSULTATION);
  product.command('agenda', 'publish', join(ROOT, 'config', 'agenda', 'uitvoeringsagenda-2026.json'));
  const empty = await product.serve();
  const { variabelen: variables } = await (await fetch(`http://127.0.0.1:${empty.port}/v1/rondes/${ROUND}/variabelen`)).json();
  await empty.stop();
  const routes = staffRoutes(product);
  fill(postgres, ROUND, ROWS, layoutOf(variables));
  spread();
  fillPassages(postgres, product.roundId, { passages: PASSAGES, question: QUESTION });
  fillCodings(postgres, product.roundId, { codings: 3 * PASSAGES, coders: ['codeur-a', 'codeur-b'], account: 'baas', tasks: 40 });
  const proposed = product.command('consultation', 'pack', join(ROOT, 'config', 'consultations', `${CONSULTATION}.json`));
  fillBackOffice(postgres, product.roundId, { proposed, account: 'baas', other: 'medewerker-4', signals: SIGNALS, messages: MESSAGES, question: QUESTION });
  product.command('consultation', 'amend', ROUND, '--interim', 'openbaar');
  product.command('weights', 'make', '--round', ROUND);
  say(product.command('release', 'make', '--round', ROUND).split('\n')[1].trim());
  const service = await product.serve();
  const [staff, second] = [new Staff(service.port), new Staff(service.port)];
  await staff.signIn('baas', given);
  await second.signIn('tweede', givenSecond);
  await settled(staff, `/beheer/rondes/${ROUND}`);
  await fillPapers(postgres, staff, second, { round: ROUND, roundId: product.roundId });
  const form = `/beheer/invoer/${ROUND}?kanaal=telefoon&werving=open&versie=volledig&onderwerp_1=kweekvlees&onderwerp_2=vaccins`;
  const { pages, missed } = await pagesOf(staff, routes, [form, ...addressesOf(postgres, ROUND)]);
  missed.forEach((path) => say(`NOT MEASURED: no link leads to ${path}`));
  const figures = [];
  for (const { path, address } of pages) {
    const requests = writeRequests(join(product.folder, 'staff'), [httpRequest('GET', address, { Cookie: staff.cookie })]);
    const before = service.cpuNs();
    const done = await load({ requests, port: service.port, connections: 1, seconds: Math.min(SECONDS, 5), expect: 200 });
    const cpu = (service.cpuNs() - before) / 1e6 / done.answers;
    say(`${address}: ${(1000 / done.per_s).toFixed(1)} ms, p99 ${done.p99_ms.toFixed(1)} ms, CPU of the service ${cpu.toFixed(1)} ms`);
    figures.push({ name: `${path} with ${ROWS} responses and ${ACCOUNTS} accounts, p99`, unit: 'ms', values: [done.p99_ms], goal: atMost(100) });
  }
  await service.stop();
  write(figures);
} finally {
  postgres.remove();
}
