// What an administrator may have put in place wrongly: another root secret, a secret or a configuration that is not there, files and folders
// that cannot be written. What is wrong is said, with what mends it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { request } from './lib/http.mjs';
import { PROGRAM, startService } from './lib/service.mjs';

const ROUND = 'ronde-grond';
let service;

const run = (text, ...more) => service.run([...text.split(' ').filter(Boolean), ...more]);
const place = (name) => join(service.folder, name);
const written = (name, text) => (writeFileSync(place(name), text), place(name));

function done(result, status, { out, err } = {}) {
  assert.equal(result.status, status, `${result.out}\n${result.err}`);
  if (out) assert.match(result.out, out);
  if (err) assert.match(result.err, err);
  return result;
}

// The service's configuration with other lines: {'secret.file': '/path', ...}.
function configWith(name, settings) {
  let text = readFileSync(place('zevenstem.conf'), 'utf8');
  for (const [setting, value] of Object.entries(settings)) {
    const [section, key] = setting.split('.');
    text = text.replace(new RegExp(`(\\[${section}\\]\\n(?:[^[]*\\n)?)${key} = .*\\n`), '$1');
    text = text.includes(`[${section}]\n`) ? text.replace(`[${section}]\n`, `[${section}]\n${key} = ${value}\n`) : `${text}[${section}]\n${key} = ${value}\n`;
  }
  return written(name, text);
}

async function freePort() {
  const server = createServer();
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address();
  await new Promise((ready) => server.close(ready));
  return port;
}

// Another instance of the service, by another configuration.
async function serve(config) {
  const log = `${config}.log`;
  const child = spawn(PROGRAM, ['serve', '--config', config], { stdio: ['ignore', 'ignore', openSync(log, 'w')] });
  const ended = new Promise((ready) => child.once('exit', (code) => ready(code)));
  const said = (event) => readFileSync(log, 'utf8').split('\n').filter((line) => line.includes(` event=${event} `));
  while (child.exitCode === null && said('serve.start').length === 0) await new Promise((ready) => setTimeout(ready, 50));
  return { said, ended, end: () => (child.kill('SIGTERM'), ended) };
}

before(async () => {
  service = await startService({ rounds: { [ROUND]: {} } });
});
after(() => service?.stop());

describe('another root secret than the one that the database belongs to', () => {
  // Every command that works on the database by the root secret: to read, to write, or to look only.
  const COMMANDS = ['account list', 'account add wim --role lezer', 'key list', 'key issue --scopes inname --label x', 'audit list', 'audit head', 'audit verify', 'retention run', 'retention run --dry-run', 'retention holds', `consultation close ${ROUND}`, `release make --round ${ROUND}`, `book --round ${ROUND} --format xlsx --out /dev/null`, 'codebook list --consultation c', 'coding export --round r --format csv --out /dev/null --purpose x', 'example load'];
  // What the database holds of it, with how far its chain goes.
  const stands = () => service.sql('SELECT (SELECT count(*) FROM zs.audit_event), (SELECT count(*) FROM zs.audit_link), (SELECT count(*) FROM zs.account), (SELECT count(*) FROM zs.api_key), (SELECT count(*) FROM zs.response)');
  const settled = () => Number(service.sql('SELECT count(*) FROM zs.audit_event AS e WHERE NOT EXISTS (SELECT FROM zs.audit_link AS l WHERE l.event = e.id)')) === 0;
  let other;

  before(async () => {
    service.must('secret', 'generate', place('ander.secret'));
    other = configWith('ander.conf', { 'secret.file': place('ander.secret') });
    while (!settled()) await new Promise((ready) => setTimeout(ready, 50));
  });

  test('is refused by every command, before it writes or links a line', () => {
    const responses = written('antwoorden.jsonl', '{"variant":"kern","houding-algemeen":"goed"}\n');
    const before = stands();
    for (const command of [...COMMANDS, `import responses ${responses} --round ${ROUND} --channel papier`]) {
      const refused = done(run(`${command} --config`, other), 1);
      assert.equal(refused.out, '', command);
      assert.equal(refused.err, `nothing was done: this database belongs to another root secret than ${place('ander.secret')}; name in [secret] file the one that it was first used with, or restore that one from your backup\n`, command);
    }
    assert.equal(stands(), before);
    done(run('doctor --config', other), 1, { out: /^FAIL {2}secret +this database belongs to another root secret than \S+ander\.secret/m });
    assert.equal(stands(), before);
  });

  test('leaves a chain that is whole', () => {
    done(run('audit verify'), 0, { out: /^\d+ links, 0 faults;/m });
  });
});

// Whatever is first done to a new database is done under a root secret: the database belongs to that one, also before the first `serve`.
test('a new database belongs to the secret of the first command', () => {
  const name = `ground_new_${process.pid}`;
  const { owner_url: owner, url } = Object.fromEntries([...readFileSync(place('zevenstem.conf'), 'utf8').matchAll(/^((?:owner_)?url) = (.*)$/gm)].map(([, key, value]) => [key, value.replace(/dbname=\S+/, `dbname=${name}`)]));
  service.sql(`CREATE DATABASE ${name}`);
  try {
    const database = { 'database.url': url, 'database.owner_url': owner };
    const mine = configWith('nieuw.conf', database);
    service.must('secret', 'generate', place('later.secret'));
    const later = configWith('later.conf', { ...database, 'secret.file': place('later.secret') });
    done(run('migrate up --config', mine), 0);
    done(run('doctor --config', later), 0, { out: /^ok {4}secret /m });
    done(run('key list --config', mine), 0);
    done(run('key list --config', later), 1, { err: /belongs to another root secret/ });
    done(run('doctor --config', later), 1, { out: /^FAIL {2}secret /m });
    done(run('audit verify --config', mine), 0, { out: / 0 faults/ });
  } finally {
    service.sql(`DROP DATABASE ${name} WITH (FORCE)`);
  }
});

describe('a file or folder that cannot be written', () => {
  const nowhere = () => place('er/is/niets');
  const everywhere = (name, folder) => configWith(name, { 'retention.ledger_file': join(folder, 'register'), 'retention.statements_folder': folder, 'exports.folder': folder });

  test('is no content for the doctor, who leaves nothing behind', () => {
    const wrong = done(run('doctor --config', everywhere('nergens.conf', nowhere())), 1);
    assert.deepEqual(wrong.out.split('\n').filter((line) => line.startsWith('FAIL')), [`FAIL  exports        no file can be made in [exports] folder, ${nowhere()}: No such file or directory`, `FAIL  statements     no file can be made in [retention] statements_folder, ${nowhere()}: No such file or directory`, `FAIL  ledger         [retention] ledger_file cannot be written, ${join(nowhere(), 'register')}: No such file or directory`]);
    mkdirSync(place('wel'));
    const right = done(run('doctor --config', everywhere('ergens.conf', place('wel'))), 0);
    for (const what of ['exports', 'statements', 'ledger']) assert.match(right.out, new RegExp(`^ok {4}${what} +\\S+ can be written$`, 'm'));
    assert.ok(!existsSync(join(place('wel'), 'register')));
    done(run('doctor --config', configWith('map.conf', { 'retention.ledger_file': place('wel') })), 1, { out: /^FAIL {2}ledger .*Is a directory$/m });
    done(run('doctor'), 0, { out: /^warn {2}ledger +no \[retention\] ledger_file: after a restore nothing tells/m });
  });

  test('is told at the start: without its ledger the service does not start', async () => {
    const refused = await serve(configWith('geen-register.conf', { 'retention.ledger_file': join(nowhere(), 'register'), 'server.port': await freePort() }));
    assert.equal(await refused.ended, 1);
    const lines = refused.said('serve.ledger');
    assert.equal(lines.length, 1);
    assert.match(lines[0], /level=error .*path="[^"]*er\/is\/niets\/register" why="No such file or directory" says="the ledger of erasures cannot be written/);
  });

  test('is told once, and how often it came again', async () => {
    const config = configWith('geen-mappen.conf', { 'retention.statements_folder': nowhere(), 'exports.folder': nowhere(), 'server.port': await freePort() });
    const other = await serve(config);
    const folders = other.said('serve.folder');
    assert.deepEqual(folders.map((line) => /setting=(\S+) folder="(.*?)" why="(.*?)"/.exec(line).slice(1)), [['exports.folder', nowhere(), 'No such file or directory'], ['retention.statements_folder', nowhere(), 'No such file or directory']]);
    const { 1: port } = /^port = (\d+)$/m.exec(readFileSync(config, 'utf8'));
    const headers = { authorization: `Bearer ${service.keys.all}` };
    for (let i = 0; i < 3; i++) {
      const reply = await request({ ...service, port: Number(port) }, 'GET', `/v1/consultaties/biotechnologie-2026/exporten?ronde=${ROUND}&formaat=csv`, { headers });
      assert.equal(reply.status, 503, reply.text);
    }
    assert.equal(await other.end(), 0);
    assert.equal(other.said('export.file').length, 1);
    assert.match(other.said('export.file')[0], /folder="[^"]*" reason="No such file or directory" times=1$/);
  });
});

describe('a file that is not there', () => {
  test('of the root secret: what mends it, and that a new one does not', () => {
    const config = configWith('geen-geheim.conf', { 'secret.file': place('weg.secret') });
    for (const command of ['key list', 'audit verify', 'serve', 'doctor']) {
      const refused = done(run(`${command} --config`, config), 1);
      assert.match(refused.err, /event=secret\.read file="[^"]*weg\.secret" why="No such file or directory" says="[^"]*restore the secret from your backup, never make another; for a new one: zevenstem secret generate FILE"/, command);
    }
    writeFileSync(place('open.secret'), '');
    chmodSync(place('open.secret'), 0o644);
    done(run('key list --config', configWith('open.conf', { 'secret.file': place('open.secret') })), 1, { err: /make it mode 0600/ });
  });

  test('of the configuration: where it is looked for', () => {
    const looked = /the configuration is the file of --config, else the one that \$ZEVENSTEM_CONFIG names, else \/etc\/zevenstem\/zevenstem\.conf/;
    const refused = done(run('key list --config', place('weg.conf')), 2, { err: looked });
    assert.ok(refused.err.startsWith(`${place('weg.conf')}: No such file or directory\n`));
    assert.doesNotMatch(done(run('key list --config', written('fout.conf', '[log]\nlevel = hard\n')), 2).err, looked);
    done(run('--help'), 0, { out: /\$ZEVENSTEM_CONFIG names, else \/etc\/zevenstem\/zevenstem\.conf\.$/m });
    for (const command of ['serve', 'key', 'audit', 'migrate']) done(run(`${command} --help`), 0, { out: /^Without --config the configuration is the file that \$ZEVENSTEM_CONFIG names, else \/etc\/zevenstem\/zevenstem\.conf\.$/m });
    assert.doesNotMatch(done(run('secret --help'), 0).out, /ZEVENSTEM_CONFIG/);
  });
});
