// The real program on a database of its own: made, migrated, published, opened, served on a free port, and at the end stopped by
// SIGTERM: it must end with 0 and without a report of a sanitizer or a logged error.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { request } from './http.mjs';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
export const PROGRAM = process.env.ZEVENSTEM_PROGRAM ?? join(ROOT, 'build', 'asan', 'zevenstem');
const OWNER = process.env.ZEVENSTEM_TEST_DATABASE; // set by tests/support/postgres.sh run
const DAY = 86_400_000;

export const readJson = (...path) => JSON.parse(readFileSync(join(ROOT, ...path), 'utf8'));
export const openapi = readJson('config', 'reference', 'openapi.json');

const psql = (conninfo, sql) => execFileSync('psql', ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', conninfo, '-c', sql], { encoding: 'utf8' }).trim();
const rfc3339 = (ms) => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');

async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

// A round of the consultation `code`, open from yesterday for a month, whatever today is.
function roundOf(code, questionnaire, { interim = 'analisten', pilot = false, opens = -1, variants, weighting } = {}) {
  const now = Date.now();
  return {
    code,
    title: { nl: `Ronde ${code}`, en: `Round ${code}` },
    questionnaire,
    ...(variants ? { variants } : {}),
    opens_at: rfc3339(now + opens * DAY),
    closes_at: rfc3339(now + (opens + 31) * DAY),
    destruction_date: rfc3339(now + 400 * DAY).slice(0, 10),
    pilot,
    interim,
    ...(weighting ? { weighting } : {}),
  };
}

// The real consultation and its real questionnaire, with the rounds asked for; and one more with every type of question.
function writeConsultations(folder, rounds) {
  mkdirSync(join(folder, 'consultations'));
  cpSync(join(ROOT, 'config', 'questionnaires'), join(folder, 'questionnaires'), { recursive: true });
  symlinkSync(join(ROOT, 'config', 'explainers'), join(folder, 'explainers'));
  const real = readJson('config', 'consultations', 'biotechnologie-2026.json');
  const of = (of) => Object.entries(rounds).filter(([, options]) => (options.of ?? 'biotechnologie-2026') === of);
  real.rounds = of(real.code).map(([code, options]) => roundOf(code, 'biotechnologie-2026', { variants: ['volledig', 'kern'], ...options }));
  const paths = [join(folder, 'consultations', 'biotechnologie.json')];
  writeFileSync(paths[0], JSON.stringify(real));
  if (of('proef').length > 0) {
    const { questionnaire, explainers } = readJson('tests', 'unit', 'features', 'questionnaire', 'fixtures', 'complete.json');
    mkdirSync(join(folder, 'proef'));
    writeFileSync(join(folder, 'proef', 'vragen.json'), JSON.stringify(questionnaire));
    const files = Object.entries(explainers).map(([code, explainer]) => {
      writeFileSync(join(folder, 'proef', `${code}.json`), JSON.stringify(explainer));
      return `../proef/${code}.json`;
    });
    const trial = { ...real, code: 'proef', questionnaires: ['../proef/vragen.json'], explainers: files, rounds: of('proef').map(([code, options]) => roundOf(code, 'proef', options)) };
    paths.push(join(folder, 'consultations', 'proef.json'));
    writeFileSync(paths[1], JSON.stringify(trial));
  }
  return paths;
}

// rounds: {code: {interim, pilot, opens (days from now), variants, weighting, of: 'proef', draft: true (not opened)}}. settings: lines of the
// configuration by section. ownReleases: no release is made but by the test (else what was missed by night is done at the start).
export async function startService({ rounds, settings = {}, ownReleases = false }) {
  assert.ok(OWNER, 'run by `make api-tests`: tests/support/postgres.sh gives the database');
  const folder = mkdtempSync(join(tmpdir(), 'zevenstem-api-'));
  const name = `api_${process.pid}`;
  const database = (user) => OWNER.replace(/dbname=\S+/, `dbname=${name}`).replace(/user=\S+/, `user=${user}`);
  psql(OWNER, `CREATE DATABASE ${name}`);
  psql(OWNER, `CREATE ROLE ${name} LOGIN`);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const sections = {
    server: [`port = ${port}`, `public_url = ${url}`, 'trusted_proxies = 127.0.0.1'],
    database: [`url = ${database(name)}`, `owner_url = ${OWNER.replace(/dbname=\S+/, `dbname=${name}`)}`],
    secret: [`file = ${join(folder, 'root.secret')}`],
    limits: ['requests_per_s = 1000', 'request_burst = 1000'],
    service: ['contact_name = Hulp bij de API', 'contact_email = hulp@voorbeeld.nl'],
  };
  for (const section of Object.keys(settings)) sections[section] ??= [];
  const config = Object.entries(sections).map(([section, lines]) => [`[${section}]`, ...lines, ...(settings[section] ?? [])].join('\n'));
  writeFileSync(join(folder, 'zevenstem.conf'), `${config.join('\n')}\n`);
  const environment = { ...process.env, ZEVENSTEM_CONFIG: join(folder, 'zevenstem.conf'), ASAN_OPTIONS: 'detect_leaks=1' };

  // stdout: a file of that name takes what is printed.
  const run = (words, input = '', { stdout } = {}) => {
    const stdio = ['pipe', stdout ? openSync(stdout, 'w') : 'pipe', 'pipe'];
    const done = spawnSync(PROGRAM, words, { env: environment, encoding: 'utf8', input, stdio, maxBuffer: 64 * 1024 * 1024 });
    assert.doesNotMatch(done.stderr, /Sanitizer|runtime error/, words.join(' '));
    return { status: done.status, out: done.stdout, err: done.stderr };
  };
  const must = (...words) => {
    const done = run(words);
    assert.equal(done.status, 0, `${words.join(' ')}: ${done.err}`);
    return done.out.trim();
  };
  must('secret', 'generate', join(folder, 'root.secret'));
  must('migrate', 'up');
  psql(database('zs_owner'), `GRANT zs_service TO ${name}`);
  for (const path of writeConsultations(folder, rounds)) {
    must('consultation', 'publish', path);
  }
  for (const [code, options] of Object.entries(rounds)) {
    if (!options.draft) {
      must('consultation', 'open', code);
    }
  }
  if (ownReleases) {
    psql(database('zs_owner'), "INSERT INTO zs.periodic_task (name, done_at) VALUES ('release.make', now() + interval '2 days')");
  }
  const keys = { analyst: must('key', 'issue', '--scopes', 'analist', '--label', 'analist', '--purpose', 'tellen'), intake: must('key', 'issue', '--scopes', 'inname', '--label', 'inname'), all: must('key', 'issue', '--scopes', 'analist,inname,microdata', '--label', 'alles', '--purpose', 'alles proberen'), every: must('key', 'issue', '--scopes', 'analist,inname,microdata,gesprekken,tafel,transcripties', '--label', 'elk bereik', '--purpose', 'alles proberen') };

  const log = join(folder, 'log');
  let child;
  let ended;
  const serve = async (more = {}) => {
    child = spawn(PROGRAM, ['serve'], { env: { ...environment, ...more }, stdio: ['ignore', 'ignore', openSync(log, 'a')] });
    ended = new Promise((done) => child.once('exit', (code, signal) => done({ code, signal })));
    for (let tries = 0; ; tries++) {
      const ready = await request(service, 'GET', '/gereed').catch(() => null);
      if (ready?.status === 200) {
        return service;
      }
      assert.ok(tries < 300 && child.exitCode === null, `not ready: ${readFileSync(log, 'utf8').slice(-4000)}`);
      await sleep(100);
    }
  };
  const service = {
    serve, // again, after it ended; with more environment
    end: () => ended,
    url,
    port,
    keys,
    folder,
    run,
    must,
    sql: (text) => psql(database('zs_owner'), text),
    readLog: () => readFileSync(log, 'utf8'),
    signal: (name) => child.kill(name),
    async stop() {
      child.kill('SIGTERM');
      const end = await ended;
      const said = readFileSync(log, 'utf8');
      psql(OWNER, `DROP DATABASE ${name} WITH (FORCE)`);
      assert.deepEqual(end, { code: 0, signal: null }, said.slice(-4000));
      assert.doesNotMatch(said, /Sanitizer|runtime error/, said.slice(-4000));
      assert.deepEqual(said.split('\n').filter((line) => line.includes('level=error')), []);
      rmSync(folder, { recursive: true });
    },
  };
  return serve();
}
