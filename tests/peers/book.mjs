// Does LibreOffice read in a tabellenboek what the API says of the same tables, and R the same numbers? The program imports a sample,
// makes the book in both formats, and every cell of its tables is held against the API's figure. Prints how much was compared and how
// long making a book took; exits 1 where a cell is another number, tells what the API withholds, or withholds what it tells. In make peers-book.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answerAll, assignedOf, createRandom } from '../api/lib/answers.mjs';
import { apiOf, request } from '../api/lib/http.mjs';
import { openapi, startService } from '../api/lib/service.mjs';

const ROUND = 'ronde-boek';
const PEOPLE = 10000;
const BANNER = ['gender', 'leeftijd', 'opleiding'];
const KINDS = 60; // of participation, so that all topics and orders are among them
const problems = [];

const service = await startService({ rounds: { [ROUND]: { weighting: { margins: ['leeftijd-gender'] } } } });
const file = (name) => join(service.folder, name);
const shell = (command, args) => {
  const done = spawnSync(command, args, { encoding: 'utf8', cwd: service.folder });
  if (done.status !== 0) throw new Error(`${command}: ${done.stderr}`);
  return done.stdout;
};

// Cells of CSV as LibreOffice writes it: texts between quotes, numbers bare.
function readCsv(text) {
  return text.split('\n').map((line) => [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map((cell) => (cell[1].startsWith('"') ? cell[1].slice(1, -1).replaceAll('""', '"') : cell[1] === '' ? '' : cell[1].endsWith('%') ? Number(cell[1].slice(0, -1)) / 100 : Number(cell[1]))));
}

function sheetsOf(format) {
  shell('soffice', [`-env:UserInstallation=file://${file('office')}`, '--headless', '--convert-to', 'csv:Text - txt - csv (StarCalc):44,34,76,1,,0,true,true,false,false,false,-1', '--outdir', file(`sheets-${format}`), file(`boek.${format}`)]);
  return (name) => readCsv(readFileSync(file(`sheets-${format}/boek-${name}.csv`), 'utf8'));
}

const api = async (query) => {
  const answer = await request(service, 'GET', `/v1/consultaties/biotechnologie-2026/tabellen?${new URLSearchParams({ ronde: ROUND, ...query })}`, { headers: { Authorization: `Bearer ${key}` } });
  if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
  return answer.json;
};

// The rows of one table and base: code of the answer -> cells.
function tableOf(rows, variable, base) {
  const from = rows.findIndex((row) => row[0] === variable);
  const at = rows.findIndex((row, i) => i > from && row[0] === base);
  const found = {};
  for (let i = at + 1; i < rows.length && rows[i].some((cell) => cell !== '') && !['antwoord', 'mening', 'gevraagd'].includes(rows[i][0]); i++) {
    if (rows[i][0] !== '') found[rows[i][0]] = rows[i];
  }
  return found;
}

const close = (cell, value, half) => Math.abs(cell - value) <= half + 1e-9;

let cells = 0;
let withheld = 0;
function compare(what, cell, value, scale, half) {
  if (typeof cell === 'string') {
    withheld++;
    if (cell !== '<10' && cell !== '–') problems.push(`${what}: ${cell}`);
    if (value !== null && value !== undefined) problems.push(`${what}: the book withholds what the API says, ${value}`);
  } else {
    cells++;
    if (value === null || value === undefined || !close(cell * scale, value, half)) problems.push(`${what}: the book says ${cell}, the API ${value}`);
  }
}

async function compareTable(rows, format, variable, base, weighted) {
  const codes = rows[2];
  const table = tableOf(rows, variable, base);
  if (!table.n || Object.keys(table).length < 3) return; // a number has no shares: only its mean is in the book
  const whole = await api({ variabele: variable, basis: base, gewogen: weighted });
  const line = whole.rijen.at(-1);
  compare(`${format} ${variable} n`, table.n[2], line.basis, 1, 0);
  for (const { antwoord, percentage } of line.cellen ?? []) {
    if (table[antwoord]) compare(`${format} ${variable} ${antwoord}`, table[antwoord][2], percentage, 100, 0.05);
  }
  for (const group of BANNER.filter((one) => one !== variable)) {
    const split = await api({ variabele: variable, groepeerOp: group, basis: base, gewogen: weighted });
    for (const row of split.rijen) {
      const column = codes.indexOf(`${group}:${row.groep[group]}`);
      if (column < 0) continue;
      compare(`${format} ${variable} ${group} n`, table.n[column], row.basis, 1, 0);
      for (const { antwoord, percentage } of row.cellen ?? []) {
        if (table[antwoord]) compare(`${format} ${variable} ${antwoord} ${codes[column]}`, table[antwoord][column], percentage, 100, 0.05);
      }
    }
  }
}

// People as the service itself would have asked them.
async function people() {
  const service_api = apiOf(service, openapi);
  const kinds = [];
  for (let i = 0; i < KINDS; i++) kinds.push((await service_api.begin(ROUND, { variant: 'kern' })).json.vragenlijst);
  return Array.from({ length: PEOPLE }, (_, person) => {
    const questionnaire = kinds[person % KINDS];
    return { variant: 'kern', ...assignedOf(questionnaire), ...answerAll(questionnaire, createRandom(person)) };
  });
}

const key = service.must('key', 'issue', '--scopes', 'analist', '--label', 'boek', '--purpose', 'het tabellenboek toetsen');
writeFileSync(file('import.jsonl'), (await people()).map((person) => JSON.stringify(person)).join('\n'));
service.must('import', 'responses', file('import.jsonl'), '--round', ROUND, '--channel', 'api');
service.must('weights', 'make', '--round', ROUND);
console.log(service.must('book', '--round', ROUND, '--format', 'xlsx', '--out', file('heel.xlsx')).trim());
for (const format of ['xlsx', 'ods']) {
  console.log(service.must('book', '--round', ROUND, '--format', format, '--out', file(`boek.${format}`), '--banner', BANNER.join(','), '--weighted').trim());
}
await new Promise((resolve) => setTimeout(resolve, 2000));
const sheets = Object.fromEntries(['xlsx', 'ods'].map((format) => [format, sheetsOf(format)]));
for (const format of ['xlsx', 'ods']) {
  const rows = sheets[format]('Tabellen');
  const asked = rows.filter((row, i) => rows[i + 1]?.[0] === '' && row[0] && (rows[i + 2]?.[0] === 'antwoord' || rows[i + 3]?.[0] === 'antwoord')).map((row) => row[0]);
  const codebook = (await request(service, 'GET', `/v1/consultaties/biotechnologie-2026/codeboek?ronde=${ROUND}`)).json;
  const known = new Set(codebook.variabelen.map(({ code }) => code));
  for (const variable of asked.filter((code) => known.has(code))) await compareTable(rows, format, variable, 'antwoord', true);
}
for (const name of ['Inhoud', 'Methode', 'Tabellen', 'Topline', 'Volgorde', 'Afhakers']) {
  const [a, b] = ['xlsx', 'ods'].map((format) => JSON.stringify(sheets[format](name).map((row) => row.map(String).join('|').replace(/\|+$/, ''))).replaceAll('\\n', ' '));
  if (a !== b) problems.push(`${name} differs between the formats`);
}
const r = shell('Rscript', ['--vanilla', '-e', `suppressMessages(library(readxl)); b <- read_excel("${file('boek.xlsx')}", sheet = "Tabellen", col_names = FALSE, .name_repair = "minimal"); cat(length(excel_sheets("${file('boek.xlsx')}")), sum(!is.na(suppressWarnings(as.numeric(b[[3]])))))`]);
const numbers = sheets.xlsx('Tabellen').filter((row) => typeof row[2] === 'number').length;
if (r !== `6 ${numbers}`) problems.push(`R reads ${r}, LibreOffice 6 ${numbers}`);
console.log(`${cells} cells are what the API says, ${withheld} are withheld; R reads the same ${numbers} numbers`);
if (cells === 0) problems.push('nothing was compared');
problems.slice(0, 20).forEach((problem) => console.error(problem));
await service.stop();
process.exit(problems.length > 0 ? 1 : 0);
