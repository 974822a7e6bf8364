// Making a release of the real questionnaire: time and memory of the command, and how much it stores. People answer at random
// through the API; for a million each of them is repeated, with a name of their own.
import { spawnSync } from 'node:child_process';
import { answerAll, createRandom } from '../api/lib/answers.mjs';
import { SECONDS, atMost, say, write } from './lib/figures.mjs';
import { Postgres } from './lib/postgres.mjs';
import { PROGRAM, Product, ROUND } from './lib/product.mjs';

const MIB = 1024 * 1024;
const PEOPLE = 1000;
const TIMES = SECONDS >= 5 ? 1000 : 10;

async function answerOnce(port, key, seed) {
  const call = (method, path, headers, body) =>
    fetch(`http://127.0.0.1:${port}/v1/rondes/${ROUND}${path}`, {
      method,
      headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  const begun = await (await call('POST', '/deelnames', {}, { variant: 'volledig' })).json();
  const answers = answerAll(begun.vragenlijst, createRandom(seed));
  const sent = await call('POST', '/inzendingen', { Deelnamecode: begun.code }, { variant: 'volledig', ...answers });
  if (sent.status !== 201) throw new Error(`refused: ${await sent.text()}`);
  await sent.text();
}

const postgres = new Postgres();
try {
  const product = new Product(postgres);
  const service = await product.serve();
  for (let seed = 0; seed < PEOPLE; seed += 20) {
    await Promise.all(Array.from({ length: 20 }, (_, i) => answerOnce(service.port, product.key, seed + i)));
  }
  postgres.sql(`INSERT INTO zs.response (pos, round_id, revision, questionnaire_version, received_day, kind, stream, channel, response_id, answers, payload_hash)
    SELECT nextval('zs.response_pos'), round_id, 1, questionnaire_version, received_day, 1, stream, channel, decode(md5(response_id::text || copy), 'hex'), answers, payload_hash
    FROM zs.response, generate_series(2, ${TIMES}) AS copy ORDER BY md5(response_id::text || copy)`);
  await service.stop();
  product.command('consultation', 'close', ROUND, '--now');
  say(product.command('weights', 'make', '--round', ROUND, '--margins', 'leeftijd-gender,opleiding').split('\n')[0]);
  const count = product.responses();
  const env = { ...process.env, ZEVENSTEM_CONFIG: product.config(0) };
  const made = spawnSync('time', ['-f', 'peak %M', PROGRAM, 'release', 'make', '--round', ROUND], { env, encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`${made.error ?? ''}${made.stderr}`);
  say(made.stdout.trim());
  const [, load, counted, stored] = /read in ([\d.]+) s, counted in ([\d.]+) s, stored in ([\d.]+) s/.exec(made.stdout).map(Number);
  const [, megabytes] = /variables, ([\d.]+) MB/.exec(made.stdout).map(Number);
  // A report is made of the release alone, however many answered; the whole of it, from the database to its signature.
  const report = product.command('report', 'make', '--round', ROUND);
  say(report.split('\n')[0]);
  write([
    { name: `release of ${count} responses: reading`, unit: 's', values: [load] },
    { name: `release of ${count} responses: counting and protecting`, unit: 's', values: [counted] },
    { name: `release of ${count} responses: storing`, unit: 's', values: [stored] },
    { name: `release of ${count} responses: peak memory of the command`, unit: 'MiB', values: [Number(/peak (\d+)/.exec(made.stderr)[1]) / 1024] },
    { name: `release of ${count} responses: figures`, unit: 'MiB', values: [(megabytes * 1e6) / MIB] },
    { name: `report of ${count} responses: the whole, with its signature`, unit: 's', values: [Number(/made in ([\d.]+) s/.exec(report)[1])], goal: atMost(5) },
  ]);
} finally {
  postgres.remove();
}
