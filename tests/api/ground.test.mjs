// What an administrator may have put in place wrongly: another root secret, a secret or a configuration that is not there. Every command
// says what is wrong and what mends it, and does nothing.
import assert from 'node:assert/strict';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { startService } from './lib/service.mjs';

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
