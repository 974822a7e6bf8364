// What those who fill in the form notice of those who sign in: a password costs some 15 ms of a processor, on one thread that yields to everybody
// else. Saving pages, in a quiet hour and in a busy one, with and without logins beside it.
import { join } from 'node:path';
import { SECONDS, alternate, atMost, say, write } from './lib/figures.mjs';
import { answer, begin } from './lib/form.mjs';
import { Postgres } from './lib/postgres.mjs';
import { Product, httpRequest, load, startLoad, writeRequests } from './lib/product.mjs';

const CONNECTIONS = 16;
const PEOPLE = 4 * CONNECTIONS; // connection i saves the drafts i, i + 16, ...: no two save one at a time
const PAGES = [400, 2000]; // saved a second
const LOGINS = 20; // offered a second
const WAITING = 64; // connections for them: those whose password waits for its turn are not in each other's way
const FOUND_BUSY = 503;

const postgres = new Postgres();
let strangers = 0;

// Everybody comes once, by a name of their own and from an address of their own, so that nothing slows them but the hash.
function loginsOf(product, count) {
  const requests = Array.from({ length: count }, () => {
    strangers += 1;
    const headers = {
      'X-Forwarded-For': `10.${(strangers >> 16) & 255}.${(strangers >> 8) & 255}.${strangers & 255}`,
      'Sec-Fetch-Site': 'same-origin',
      'Content-Type': 'application/x-www-form-urlencoded',
    };
    return httpRequest('POST', '/beheer/inloggen', headers, `naam=vreemde-${strangers}&wachtwoord=een+vreemd+wachtwoord`);
  });
  return writeRequests(join(product.folder, 'logins'), requests);
}

try {
  const product = new Product(postgres);
  const service = await product.serve();
  const posts = [];
  for (let i = 0; i < PEOPLE; i++) {
    const participation = await begin(service.port);
    const { body } = await answer(service.port, participation, participation.page);
    posts.push(httpRequest('POST', participation.page, { ...participation.headers, 'Content-Type': 'application/x-www-form-urlencoded' }, body));
  }
  const requests = writeRequests(join(product.folder, 'pages'), posts);
  const save = (rate, seconds) => load({ requests, port: service.port, connections: CONNECTIONS, rate, seconds, expect: 303 });
  const hashed = () => postgres.number('SELECT COALESCE(sum(failures), 0) FROM zs.login_delay');
  const alone = async (rate) => {
    postgres.checkpoint();
    const { p50_ms: p50, p99_ms: p99 } = await save(rate, SECONDS);
    return { p50_ms: p50, p99_ms: p99 };
  };
  const beside = async (rate) => {
    const offered = loginsOf(product, Math.ceil(LOGINS * (SECONDS + 10)));
    postgres.checkpoint();
    const before = hashed();
    const logins = startLoad({ requests: offered, port: service.port, connections: WAITING, rate: LOGINS, expect: 400, 'also-expect': FOUND_BUSY });
    const began = performance.now();
    const { p50_ms: p50, p99_ms: p99 } = await save(rate, SECONDS);
    const seconds = (performance.now() - began) / 1000;
    const { answers } = await logins.stop();
    if (answers < 0.8 * LOGINS * seconds) throw new Error(`${answers} logins were answered in ${seconds} s`);
    return { p50_ms: p50, p99_ms: p99, logins_per_s: answers / seconds, hashed_per_s: (hashed() - before) / seconds };
  };
  await save(PAGES[0], 1);
  await beside(PAGES[0]);
  const turns = PAGES.flatMap((rate) => [
    [`form alone, ${rate}`, () => alone(rate)],
    [`form beside logins, ${rate}`, () => beside(rate)],
  ]);
  const given = await alternate(Object.fromEntries(turns));
  await service.stop();
  say(`${PAGES.join(' and ')} pages saved and ${LOGINS} logins offered a second`);
  const of = (name, what) => given[name].map((result) => result[what]);
  write(
    PAGES.flatMap((rate) => [
      { name: `saving a page of the form, ${rate} a second, ${LOGINS} logins a second beside it, p99`, unit: 'ms', values: of(`form beside logins, ${rate}`, 'p99_ms'), rivals: of(`form alone, ${rate}`, 'p99_ms'), rival_name: 'the same without logins', goal: atMost(2, 'ratio') },
      { name: `passwords hashed meanwhile, ${rate}`, unit: '/s', values: of(`form beside logins, ${rate}`, 'hashed_per_s') },
    ]),
  );
} finally {
  postgres.remove();
}
