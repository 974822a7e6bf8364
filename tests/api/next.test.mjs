// The command that makes a round from an old one: what it writes passes check, and what is missing or wrong is said.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { PROGRAM, readJson, ROOT } from './lib/service.mjs';

const FILE = join(ROOT, 'config', 'consultations', 'biotechnologie-2026.json');
const folder = mkdtempSync(join(tmpdir(), 'zevenstem-next-'));
after(() => rmSync(folder, { recursive: true }));

const run = (...words) => {
  const { status, stdout, stderr } = spawnSync(PROGRAM, ['consultation', ...words], { encoding: 'utf8' });
  return { status, out: stdout, err: stderr };
};
const wish = { from: 'biotechnologie-2026-1', code: 'biotechnologie-2027-1', kind: 'puls', title: 'Peiling', 'title-en': 'Poll', 'opens-at': '2027-09-01T00:00:00+02:00', 'closes-at': '2027-10-01T00:00:00+02:00', 'destruction-date': '2029-10-01' };
const next = (change = {}) => {
  const options = Object.entries({ ...wish, ...change }).filter(([, value]) => value !== undefined);
  return run('next', FILE, ...options.flatMap(([name, value]) => [`--${name}`, value]));
};

test('writes a round for the list, with the core of the old one, and check takes it', () => {
  const made = next();
  assert.equal(made.status, 0, made.err);
  const round = JSON.parse(made.out);
  assert.equal(round.code, wish.code);
  assert.equal(round.from, wish.from);
  assert.equal(round.kind, 'puls');
  assert.deepEqual(round.title, { nl: 'Peiling', en: 'Poll' });
  assert.deepEqual(round.variants, ['puls']);
  assert.equal(round.interim, 'analisten');
  assert.equal('links' in round, false);
  assert.match(round.core['houding-algemeen'], /^[0-9a-f]{64}$/);

  const document = readJson('config', 'consultations', 'biotechnologie-2026.json');
  document.rounds.push(round);
  for (const part of ['questionnaires', 'explainers']) symlinkSync(join(ROOT, 'config', part), join(folder, part));
  mkdirSync(join(folder, 'consultations'));
  const path = join(folder, 'consultations', 'volgende.json');
  writeFileSync(path, JSON.stringify(document));
  assert.equal(run('check', path).status, 0);

  round.core['houding-algemeen'] = '0'.repeat(64);
  writeFileSync(path, JSON.stringify(document));
  const checked = run('check', path);
  assert.equal(checked.status, 1);
  assert.match(checked.err, /#\/rounds\/1\/core\/houding-algemeen: /);
  round.changed = ['houding-algemeen'];
  writeFileSync(path, JSON.stringify(document));
  assert.equal(run('check', path).status, 0);
});

test('a whole round keeps the variants', () => {
  const { variants } = JSON.parse(next({ kind: 'volledig' }).out);
  assert.deepEqual(variants, ['volledig', 'kern']);
});

test('says what is missing', () => {
  for (const name of Object.keys(wish)) {
    const refused = next({ [name]: undefined });
    assert.equal(refused.status, 2, name);
    assert.match(refused.err, new RegExp(`^--${name} is missing$`, 'm'));
    assert.equal(refused.out, '');
  }
});

test('says what is wrong', () => {
  const kind = next({ kind: 'half' });
  assert.equal(kind.status, 2);
  assert.match(kind.err, /^--kind is volledig, puls or thema, not half$/m);
  for (const [change, said] of [[{ from: 'nergens' }, '--from'], [{ code: wish.from }, 'code'], [{ questionnaire: 'nergens' }, 'questionnaire']]) {
    const refused = next(change);
    assert.equal(refused.status, 1, JSON.stringify(change));
    assert.ok(refused.err.includes(said), refused.err);
    assert.equal(refused.out, '');
  }
  assert.equal(run('next').status, 2);
  assert.equal(run('next', join(folder, 'nergens.json'), ...Object.entries(wish).flatMap(([name, value]) => [`--${name}`, value])).status, 1);
});
