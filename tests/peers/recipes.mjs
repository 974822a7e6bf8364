// Do the recipes of README.md work as they stand there? Each block of the section is run against a service with what `make run` loads: by the
// commands of deploy/dev/run.sh, as they stand there. Each must have the very table that the API gives. Excel's cannot be run here: its address and the columns that it names are looked up. In make
// peers-recipes.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROGRAM, ROOT, startService } from '../api/lib/service.mjs';

const CONSULTATION = 'voorbeeld-verzonnen';
const PROGRAMS = { sh: ['sh', '-eu'], r: ['Rscript', '--vanilla'], python: ['python3'] };

const section = /\n## Recipes\n(.*?)\n## /s.exec(readFileSync(join(ROOT, 'README.md'), 'utf8'))[1];
const blocks = Object.fromEntries([...section.matchAll(/```(\w+)\n(.*?)```/gs)].map(([, language, text]) => [language, text]));
assert.deepEqual(Object.keys(blocks).sort(), ['powerquery', 'python', 'r', 'sh']);

// What it prints; its files stay in the folder.
async function runBlock(language, folder, env) {
  const script = join(folder, `recept.${language}`);
  mkdirSync(folder);
  writeFileSync(script, blocks[language]);
  const [program, ...options] = PROGRAMS[language];
  const child = spawn(program, [...options, script], { cwd: folder, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  let said = '';
  child.stdout.on('data', (text) => (printed += text));
  child.stderr.on('data', (text) => (said += text));
  const status = await new Promise((done) => child.once('close', done));
  assert.equal(status, 0, `${language}: ${said}`);
  return printed;
}

// From where run.sh loads the example to where it notes that it did.
const [loading] = /^ {4}"\$binary" example load$.*?(?=^ {4}as_owner touch)/ms.exec(readFileSync(join(ROOT, 'deploy/dev/run.sh'), 'utf8'));
const service = await startService({ rounds: { 'biotechnologie-2026-1': {} }, settings: { service: ['invented_data = 1'] } });
writeFileSync(join(service.folder, 'laden.sh'), loading);
execFileSync('bash', ['-euo', 'pipefail', join(service.folder, 'laden.sh')], {
  env: { ...process.env, binary: PROGRAM, ZEVENSTEM_CONFIG: join(service.folder, 'zevenstem.conf') },
  stdio: ['ignore', 'ignore', 'inherit'],
});
const key = service.must('key', 'issue', '--scopes', 'analist,microdata', '--label', 'recepten', '--purpose', 'recepten proberen');
const env = { ZEVENSTEM_URL: service.url, ZEVENSTEM_KEY: key, PYTHONIOENCODING: 'utf-8', LC_ALL: 'C.UTF-8' };

const ask = (what, accept) => fetch(`${service.url}/v1/consultaties/${CONSULTATION}/${what}`, { headers: { Authorization: `Bearer ${key}`, Accept: accept } });
const TABLE = 'tabellen?variabele=houding-algemeen&groepeerOp=leeftijd&gewogen=true';
let table;
for (const until = Date.now() + 10_000; table?.weegversie === undefined || table.weegversie === null; ) {
  assert.ok(Date.now() < until, 'the weights are not there');
  const reply = await ask(TABLE, 'application/json');
  if (reply.status === 200) table = await reply.json();
}
const cells = table.rijen.flatMap(({ groep, cellen }) => cellen.map((cell) => ({ group: groep.leeftijd, ...cell })));
const shown = cells.filter(({ percentage }) => percentage !== null);
assert.ok(shown.length > 20, `${shown.length} cells are shown`);

const folderOf = (language) => join(service.folder, `recept-${language}`);
await runBlock('sh', folderOf('sh'), env);
const lines = readFileSync(join(folderOf('sh'), 'tabel.csv'), 'utf8').trim().split('\r\n');
assert.equal(lines.length, 1 + cells.length);
assert.ok(JSON.parse(readFileSync(join(folderOf('sh'), 'codeboek.json'), 'utf8')).variabelen.length > 100);
assert.ok(JSON.parse(readFileSync(join(folderOf('sh'), 'gewichten.json'), 'utf8')).versies.length > 0);
assert.ok(JSON.parse(readFileSync(join(folderOf('sh'), 'verschillen.json'), 'utf8')).vergelijkingen.aantal > 20);

const python = (await runBlock('python', folderOf('python'), env)).trim().split('\n').map((line) => line.split('\t'));
assert.deepEqual(python.map(([, label, percentage]) => [label, percentage === 'None' ? null : Number(percentage)]), cells.map(({ label, percentage }) => [label, percentage]));

// R prints seven digits, the percentage last.
const r = (await runBlock('r', folderOf('r'), env)).trim().split('\n').filter((line) => /^\d+ /.test(line));
const numbers = r.map((line) => line.trim().split(/\s+/).at(-1));
assert.equal(numbers.length, cells.length);
cells.forEach(({ percentage }, i) => (percentage === null ? assert.equal(numbers[i], 'NA') : assert.ok(Math.abs(Number(numbers[i]) - percentage) < 1e-4, `${numbers[i]} for ${percentage}`)));

const [, what] = /https:\/\/VOORBEELD\/v1\/consultaties\/voorbeeld-verzonnen\/([^"]+)"/.exec(blocks.powerquery);
const columns = [...blocks.powerquery.matchAll(/\{"(\w+)", /g)].map(([, name]) => name);
const csv = await ask(what, 'text/csv');
assert.equal(csv.status, 200);
const head = (await csv.text()).split('\r\n')[0].split(',');
assert.ok(columns.length > 0 && columns.every((name) => head.includes(name)), `${columns} in ${head}`);

await service.stop();
console.log(`recipes: curl, Python and R have the ${cells.length} cells of the API, ${shown.length} of them shown; Excel's address gives its columns`);
