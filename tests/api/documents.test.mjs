// Consultations as documents: what the published schemas refuse, `consultation check` refuses too, and it tells every fault at once,
// each in its own file.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { createRandom } from './lib/answers.mjs';
import { PROGRAM, readJson, ROOT } from './lib/service.mjs';

const require = createRequire(join(ROOT, 'tests', 'browser', 'package.json'));
const Ajv = require('ajv/dist/2020').default;
const addFormats = require('ajv-formats').default;
const ajv = new Ajv({ strict: false });
addFormats(ajv);
const validators = Object.fromEntries(['consultation', 'questionnaire', 'explainer'].map((kind) => [kind, ajv.compile(readJson('config', 'consultations', `${kind}.schema.json`))]));

const FILES_A_RUN = 15;
const CHANGES = 240;
const folder = mkdtempSync(join(tmpdir(), 'zevenstem-documents-'));
after(() => rmSync(folder, { recursive: true }));

// The consultation of 2026 over the questionnaire that has every type and rule.
function documents() {
  const { questionnaire, explainers } = readJson('tests', 'unit', 'features', 'questionnaire', 'fixtures', 'complete.json');
  const consultation = readJson('config', 'consultations', 'biotechnologie-2026.json');
  const [round] = consultation.rounds;
  consultation.rounds = [{ ...round, questionnaire: questionnaire.code, variants: Object.keys(questionnaire.variants), links: { 'brief-a': 'uitnodiging' }, weighting: { margins: ['provincie'], lower_percent: 10, upper_percent: 400, smallest: 30 } }];
  consultation.questionnaires = ['../questionnaires/proef.json'];
  consultation.explainers = Object.keys(explainers).map((code) => `../explainers/${code}.json`);
  consultation.coordinator_public_key = 'A'.repeat(42) + 'E';
  return { consultation, questionnaire, ...Object.fromEntries(Object.entries(explainers).map(([code, explainer]) => [`explainers/${code}`, explainer])) };
}

// Writes them, each in a file of its own, beside and below each other as the real ones are.
function write(name, all) {
  const place = join(folder, name);
  const files = Object.keys(all).filter((key) => key.startsWith('explainers/'));
  for (const part of ['consultations', 'questionnaires', 'explainers']) mkdirSync(join(place, part), { recursive: true });
  writeFileSync(join(place, 'consultations', 'c.json'), JSON.stringify(all.consultation));
  writeFileSync(join(place, 'questionnaires', 'proef.json'), JSON.stringify(all.questionnaire));
  files.forEach((key) => writeFileSync(join(place, `${key}.json`), JSON.stringify(all[key])));
  return join(place, 'consultations', 'c.json');
}

function check(paths) {
  const done = spawnSync(PROGRAM, ['consultation', 'check', ...paths], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  assert.doesNotMatch(done.stderr, /Sanitizer|runtime error/);
  assert.ok(done.status === 0 || done.status === 1, `${done.status} ${done.signal}: ${done.stderr.slice(-2000)}`);
  return { status: done.status, lines: done.stderr.trim().split('\n'), good: paths.map((path) => done.stdout.includes(`${path}: no faults\n`)) };
}

// ---- changes ----

const parts = (pointer) => pointer.split('/').slice(1).map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
const at = (document, tokens) => tokens.reduce((value, token) => value?.[token], document);

function change(document, tokens, value) {
  const parent = at(document, tokens.slice(0, -1));
  const last = tokens.at(-1);
  if (value === undefined && Array.isArray(parent)) parent.splice(Number(last), 1);
  else if (value === undefined) delete parent[last];
  else parent[last] = value;
}

function placesOf(value, tokens = []) {
  const own = tokens.length > 0 ? [tokens] : [];
  return value !== null && typeof value === 'object' ? [...own, ...Object.entries(value).flatMap(([key, member]) => placesOf(member, [...tokens, key]))] : own;
}

const REPLACEMENTS = [undefined, null, 0, -1, 1.5, 70000, '', 'x', 'Een Zin', 'x'.repeat(30000), true, [], {}, ['x'], [1], { x: 1 }];
const kindOf = (key) => key.split('/')[0].replace(/s$/, '');

test('the documents of this repository fit their schemas and pass', () => {
  const real = readJson('config', 'consultations', 'biotechnologie-2026.json');
  const all = { ...documents(), real };
  real.questionnaires.forEach((file) => (all[`questionnaire/${file}`] = readJson('config', 'consultations', file)));
  real.explainers.forEach((file) => (all[`explainers/${file}`] = readJson('config', 'consultations', file)));
  for (const [key, document] of Object.entries(all)) {
    const valid = validators[key === 'real' ? 'consultation' : kindOf(key)];
    assert.ok(valid(document), `${key}: ${ajv.errorsText(valid.errors)}`);
  }
  const paths = [join(ROOT, 'config', 'consultations', 'biotechnologie-2026.json'), write('good', documents())];
  assert.deepEqual(check(paths).good, [true, true]);
});

test('what a schema refuses is refused, and nothing makes the check fall over', () => {
  const random = createRandom(2026);
  const good = documents();
  const targets = Object.entries(good).flatMap(([key, document]) => placesOf(document).map((tokens) => ({ key, tokens })));
  const lax = [];
  let refused = 0;
  for (let from = 0; from < CHANGES; from += FILES_A_RUN) {
    const cases = Array.from({ length: FILES_A_RUN }, (_, index) => {
      const all = structuredClone(good);
      const { key, tokens } = targets[random(targets.length)];
      const value = REPLACEMENTS[random(REPLACEMENTS.length)];
      const parent = at(all[key], tokens.slice(0, -1));
      if (random(5) === 0 && parent !== null && !Array.isArray(parent)) parent.onbekend = 1;
      else change(all[key], tokens, value);
      const valid = validators[kindOf(key)];
      const fits = valid(all[key]);
      refused += !fits;
      return { path: write(`change-${from + index}`, all), fits, what: `${key}/${tokens.join('/')} = ${JSON.stringify(value)?.slice(0, 60)}: ${ajv.errorsText(valid.errors).slice(0, 200)}` };
    });
    const { good: passed } = check(cases.map(({ path }) => path));
    cases.forEach(({ fits, what }, index) => !fits && passed[index] && lax.push(what));
    cases.forEach((_, index) => rmSync(join(folder, `change-${from + index}`), { recursive: true }));
  }
  assert.deepEqual(lax, []);
  assert.ok(refused > CHANGES / 2, `${refused} of ${CHANGES}`);
});

describe('every fault is told', () => {
  const faults = readJson('tests', 'unit', 'features', 'questionnaire', 'fixtures', 'faults.json').filter(({ at: place, fault }) => place !== '/questionnaire' && fault !== '');

  // An unknown member in every object that a fault might hide behind.
  function mark(value, inside = true) {
    if (Array.isArray(value)) value.forEach((item) => mark(item));
    else if (value !== null && typeof value === 'object') {
      Object.entries(value).forEach(([key, member]) => mark(member, !['blocks', 'modules', 'scales', 'variants', 'texts'].includes(key)));
      if (inside && !('question' in value && !('type' in value)) && !['all', 'any', 'not', 'drawn', 'any_text'].some((key) => key in value)) value.onzin = 1;
    }
  }

  test('where it stands, whatever else is wrong around it', () => {
    const places = { questionnaire: 'questionnaires/proef.json', explainers: 'explainers' };
    for (let from = 0; from < faults.length; from += FILES_A_RUN) {
      const some = faults.slice(from, from + FILES_A_RUN);
      const paths = some.map(({ at: pointer, set }, index) => {
        const all = documents();
        const [kind, ...tokens] = parts(pointer);
        mark(all.questionnaire);
        Object.keys(all).filter((key) => key.startsWith('explainers/')).forEach((key) => mark(all[key]));
        change(kind === 'questionnaire' ? all.questionnaire : all[`explainers/${tokens.shift()}`], tokens, set);
        return write(`fault-${index}`, all);
      });
      const { lines, good } = check(paths);
      some.forEach(({ why, fault }, index) => {
        const [kind, ...tokens] = parts(fault);
        const file = kind === 'explainers' ? `explainers/${tokens.shift()}.json` : places[kind];
        const place = `${join(folder, `fault-${index}`, file)}#${tokens.map((token) => `/${token}`).join('')}: `;
        assert.equal(good[index], false, why);
        assert.ok(lines.some((line) => line.startsWith(place)), `${why}: nothing at ${place}\n${lines.filter((line) => line.includes(`/fault-${index}/`) && !line.endsWith('is not known here.')).join('\n')}`);
        assert.equal(new Set(lines).size, lines.length, 'each once');
      });
    }
  });

  test('of the consultation and its rounds too', () => {
    const all = documents();
    const { consultation } = all;
    const [round] = consultation.rounds;
    delete consultation.purpose;
    consultation.legal_basis = { nl: '', fy: 'x' };
    consultation.languages = ['en', 'fy'];
    consultation.minimum_age = 'zestien';
    consultation.pages = { privacy: 'x', meer: 1 };
    consultation.coordinator_public_key = 'kort';
    consultation.meer = 1;
    consultation.rounds = [
      { ...round, closes_at: round.opens_at, destruction_date: '2026-13-01', variants: ['kern', 'kern', 'groot', 1], links: { 'a b': 'panel', ab: 'tv' } },
      { ...round, opens_at: 'morgen', interim: 'soms', questionnaire: 'nergens', pilot: 'nee', meer: 1 },
      { ...round, code: 'Ronde 3', title: {} },
      { ...round, code: 'proef', pilot: true, paper_days: 7 },
      'ronde',
    ];
    const path = write('consultation', all);
    const places = check([path]).lines.filter((line) => line.startsWith(`${path}#`)).map((line) => line.slice(path.length + 1).split(': ')[0]).sort();
    assert.deepEqual(places, [
      '/coordinator_public_key',
      '/languages',
      '/languages/1',
      '/legal_basis/en',
      '/legal_basis/fy',
      '/legal_basis/nl',
      '/meer',
      '/minimum_age',
      '/pages/accessibility',
      '/pages/contact',
      '/pages/meer',
      '/pages/privacy',
      '/purpose',
      '/rounds/0/closes_at',
      '/rounds/0/destruction_date',
      '/rounds/0/links/a b',
      '/rounds/0/links/ab',
      '/rounds/0/variants/1',
      '/rounds/0/variants/2',
      '/rounds/0/variants/3',
      '/rounds/1/code',
      '/rounds/1/interim',
      '/rounds/1/meer',
      '/rounds/1/opens_at',
      '/rounds/1/pilot',
      '/rounds/1/questionnaire',
      '/rounds/2/code',
      '/rounds/2/title/en',
      '/rounds/2/title/nl',
      '/rounds/3/paper_days',
      '/rounds/4',
    ].sort());
  });
});

describe('a code book', () => {
  const holds = ajv.compile(readJson('config', 'codebooks', 'codebook.schema.json'));

  test('of the seven values holds against the schema', () => {
    assert.ok(holds(readJson('config', 'codebooks', 'zeven-waarden.json')), JSON.stringify(holds.errors));
  });

  test('with other values, a colour of words or a member of its own does not', () => {
    for (const spoil of [(book) => { book.values[0].code = 'welvaart'; }, (book) => { book.values[1].colour = 'rood'; }, (book) => { book.codes[0].eigen = 1; }, (book) => { book.origins.pop(); }]) {
      const book = readJson('config', 'codebooks', 'zeven-waarden.json');
      spoil(book);
      assert.equal(holds(book), false);
    }
  });
});

describe('an agenda', () => {
  const holds = ajv.compile(readJson('config', 'agenda', 'agenda.schema.json'));

  test('of 2026 holds against the schema', () => {
    assert.ok(holds(readJson('config', 'agenda', 'uitvoeringsagenda-2026.json')), JSON.stringify(holds.errors));
  });

  test('with an end without a reason, a goal with milestones or a code in capitals does not', () => {
    for (const spoil of [(agenda) => { agenda.sections[1].actions[0].ended = { on: '2027-01-01' }; }, (agenda) => { agenda.sections[3].goals[0].milestones = ['Iets']; }, (agenda) => { agenda.sections[1].code = '1A'; }]) {
      const agenda = readJson('config', 'agenda', 'uitvoeringsagenda-2026.json');
      spoil(agenda);
      assert.equal(holds(agenda), false);
    }
  });
});
