// Microdata of a million responses by 100 variables, beside COPY of the same cells; and what memory each format takes.
import { spawn } from 'node:child_process';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SECONDS, alternate, atLeast, atMost, say, write } from './lib/figures.mjs';
import { codesOf, fill } from './lib/fill.mjs';
import { Postgres, ROOT } from './lib/postgres.mjs';
import { PROGRAM, Product } from './lib/product.mjs';

const ROWS = SECONDS >= 5 ? 1_000_000 : 50_000; // a million in full
const SHEET_ROWS = ROWS / 10;
const VARIABLES = 100;
const MIB = 1024 * 1024;
const readJson = (...path) => JSON.parse(readFileSync(join(ROOT, ...path), 'utf8'));

// The small consultation of the tests with more questions, and three rounds that are open now.
function publish(product, questions) {
  const folder = join(product.folder, `vragen-${questions}`);
  mkdirSync(folder);
  const day = (days) => `${new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)}`;
  const consultation = readJson('tests', 'app', 'fixtures', 'klein.json');
  const questionnaire = readJson('tests', 'app', 'fixtures', 'klein-vragen.json');
  const code = `maat-${questions}`;
  consultation.code = code;
  consultation.rounds = ['leeg', 'blad', 'vol'].map((name) => ({ ...consultation.rounds[0], code: `${code}-${name}`, links: {}, opens_at: `${day(-2)}T00:00:00Z`, closes_at: `${day(60)}T00:00:00Z`, destruction_date: day(200) }));
  const page = questionnaire.blocks.begin.pages.find(({ code: name }) => name === 'houding');
  for (let i = 0; i < questions; i++) {
    const more = structuredClone(page);
    more.code = more.items[0].code = `vraag-${i + 1}`;
    questionnaire.blocks.begin.pages.push(more);
  }
  writeFileSync(join(folder, 'klein.json'), JSON.stringify(consultation));
  writeFileSync(join(folder, 'klein-vragen.json'), JSON.stringify(questionnaire));
  product.command('consultation', 'publish', join(folder, 'klein.json'));
  consultation.rounds.forEach(({ code: round }) => product.command('consultation', 'open', round));
  return code;
}

// The codes of each variable, in the order of the answers: as the description of an export says them.
function layoutOf(product, code) {
  const path = join(product.folder, 'opzet.json');
  product.command('export', 'responses', '--purpose', 'uitvoer toetsen', '--round', `${code}-leeg`, '--format', 'csvw', '--out', path);
  const { tableSchema, notes } = JSON.parse(readFileSync(path, 'utf8'));
  const categories = new Map(notes.filter(({ categorieen }) => categorieen).map(({ variabele, categorieen }) => [variabele, categorieen.length]));
  return tableSchema.columns.slice(1).map(({ titles }) => ({ given: codesOf(categories.get(titles)), without: [0, 1, 2] }));
}

// Runs it to its end; {seconds, mib}: the most memory it had.
async function measured(file, words, env = {}, stdio = ['ignore', 'ignore', 'pipe']) {
  const began = process.hrtime.bigint();
  const child = spawn(file, words, { env: { ...process.env, ...env }, stdio });
  let kib = 0;
  let said = '';
  child.stderr.on('data', (text) => (said += text));
  const watch = setInterval(() => {
    try {
      kib = Math.max(kib, Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'latin1'))?.[1] ?? 0));
    } catch {
      // it has ended
    }
  }, 20);
  const status = await new Promise((done) => child.once('close', done));
  clearInterval(watch);
  if (status !== 0) throw new Error(`${words.join(' ')}: ${said.slice(-2000)}`);
  return { seconds: Number(process.hrtime.bigint() - began) / 1e9, mib: kib / 1024 };
}

const postgres = new Postgres();
try {
  const product = new Product(postgres);
  const env = { ZEVENSTEM_CONFIG: product.config(0) };
  const probe = layoutOf(product, publish(product, 1)).length;
  const code = publish(product, VARIABLES - probe + 1);
  const layout = layoutOf(product, code);
  if (layout.length !== VARIABLES) throw new Error(`${layout.length} variables, not ${VARIABLES}`);
  fill(postgres, `${code}-blad`, SHEET_ROWS, layout);
  fill(postgres, `${code}-vol`, ROWS, layout);
  const out = (name) => join(postgres.folder, name);
  const exported = (round, format) => measured(PROGRAM, ['export', 'responses', '--purpose', 'uitvoer toetsen', '--round', `${code}-${round}`, '--format', format, '--out', out(`uit.${format}`)], env);

  const psql = (sql, { from = 'ignore', to = 'ignore' } = {}) => measured('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', postgres.conninfo, '-c', sql], {}, [from, to, 'pipe']);

  // The rival has the very cells that were exported, in a table as wide, and writes and syncs a file too.
  await exported('vol', 'csv');
  postgres.sql(`CREATE UNLOGGED TABLE wide (${['rij', ...layout].map((_, i) => `c${i} text`).join(', ')})`);
  const file = openSync(out('uit.csv'));
  await psql('COPY wide FROM STDIN (FORMAT csv, HEADER)', { from: file });
  closeSync(file);
  postgres.sql('VACUUM ANALYZE wide');
  if (postgres.number('SELECT count(*) FROM wide') !== ROWS) throw new Error('the export has other rows');
  const copied = async () => {
    const to = openSync(out('uit.copy'), 'w');
    const began = process.hrtime.bigint();
    await psql('COPY wide TO STDOUT (FORMAT csv)', { to });
    fsyncSync(to);
    closeSync(to);
    return { per_s: ROWS / (Number(process.hrtime.bigint() - began) / 1e9) };
  };
  const given = await alternate({
    'export to csv': async () => {
      const { seconds, mib } = await exported('vol', 'csv');
      return { per_s: ROWS / seconds, mib };
    },
    'COPY to csv': copied,
  });

  const least = (await exported('leeg', 'csv')).mib;
  const memory = {};
  for (const [format, round] of Object.entries({ jsonl: 'vol', sav: 'vol', dta: 'vol', xlsx: 'blad', ods: 'blad' })) {
    const { seconds, mib } = await exported(round, format);
    memory[format] = mib - least;
    say(`${format.padEnd(5)} ${round === 'vol' ? ROWS : SHEET_ROWS} rows in ${seconds.toFixed(1)} s, ${mib.toFixed(1)} MiB, ${memory[format].toFixed(1)} of them for its rows`);
    rmSync(out(`uit.${format}`));
  }
  memory.csv = Math.max(...given['export to csv'].map(({ mib }) => mib)) - least;
  write([
    { name: `microdata as csv, ${ROWS} responses by ${VARIABLES} variables`, unit: 'rows/s', values: given['export to csv'].map(({ per_s: perS }) => perS), rivals: given['COPY to csv'].map(({ per_s: perS }) => perS), rival_name: 'COPY TO STDOUT (FORMAT csv) of the same cells', goal: atLeast(0.7) },
    ...Object.entries(memory).map(([format, mib]) => ({ name: `memory for the rows of ${format}`, unit: 'MiB', values: [mib], goal: atMost(64) })),
  ]);
} finally {
  postgres.remove();
}
