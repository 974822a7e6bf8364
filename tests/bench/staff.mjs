// Every page that the navigation of the back office leads to, and how a round runs, with a million responses and a hundred accounts.
import { join } from 'node:path';
import { SECONDS, atMost, say, write } from './lib/figures.mjs';
import { fill, layoutOf } from './lib/fill.mjs';
import { Postgres } from './lib/postgres.mjs';
import { Product, ROUND, httpRequest, load, writeRequests } from './lib/product.mjs';
import { Staff } from './lib/staff.mjs';

const ROWS = SECONDS >= 5 ? 1_000_000 : 100_000;
const ACCOUNTS = 100;
const DAYS = 60;

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
  product.command('account', 'role', 'baas', '--role', 'analist');
  for (let i = 1; i < ACCOUNTS; i++) product.command('account', 'add', `medewerker-${i}`, '--role', 'lezer');
  const empty = await product.serve();
  const { variabelen: variables } = await (await fetch(`http://127.0.0.1:${empty.port}/v1/rondes/${ROUND}/variabelen`)).json();
  await empty.stop();
  fill(postgres, ROUND, ROWS, layoutOf(variables));
  spread();
  const service = await product.serve();
  const staff = new Staff(service.port);
  await staff.signIn('baas', given);
  const round = `/beheer/rondes/${ROUND}`;
  await settled(staff, round);
  const figures = [];
  for (const path of [...(await staff.pages()), round]) {
    const requests = writeRequests(join(product.folder, 'staff'), [httpRequest('GET', path, { Cookie: staff.cookie })]);
    const before = service.cpuNs();
    const done = await load({ requests, port: service.port, connections: 1, seconds: SECONDS, expect: 200 });
    const cpu = (service.cpuNs() - before) / 1e6 / done.answers;
    say(`${path}: ${(1000 / done.per_s).toFixed(1)} ms, p99 ${done.p99_ms.toFixed(1)} ms, CPU of the service ${cpu.toFixed(1)} ms`);
    figures.push({ name: `${path} with ${ROWS} responses and ${ACCOUNTS} accounts, p99`, unit: 'ms', values: [done.p99_ms], goal: atMost(100) });
  }
  await service.stop();
  write(figures);
} finally {
  postgres.remove();
}
