// Does R's survey rake the same people to the same weights? The program imports a sample, weighs it, and keeps a version; R rakes the
// sample to the margins of that version. Prints the largest difference; exits 1 past 1e-8. In make peers-weights.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { csvOfSample, sampleOf } from '../api/lib/sample.mjs';
import { startService } from '../api/lib/service.mjs';

const MARGINS = { ruim: ['leeftijd-gender', 'provincie', 'opleiding-3'], begrensd: ['leeftijd-gender', 'provincie', 'opleiding-3'], een: ['provincie'] };
const BOUNDS = { ruim: [0, 1599], begrensd: [15, 500], een: [0, 1599] };
const PEOPLE = 6000;

const csv = (rows) => `${rows.map((row) => row.join(',')).join('\n')}\n`;

// Weights by profile, as stored: 2 bytes for each category, 8 for the weight, little-endian.
function profilesOf(version) {
  const bytes = Buffer.from(version.profiles, 'hex');
  const count = version.margins.margins.length;
  const rows = [];
  for (let at = 0; at < bytes.length; at += 2 * count + 8) {
    rows.push([...Array.from({ length: count }, (_, m) => bytes.readUInt16LE(at + 2 * m)), bytes.readDoubleLE(at + 2 * count)]);
  }
  return rows;
}

// The number of the category that a person is in, by the margins as kept; one past the last for missing.
function categoryOf(margin, person) {
  const gave = (answers) => Object.entries(answers).map(([variable, codes]) => codes.includes(person[variable]));
  const fits = ({ answers }) => gave(answers).every(Boolean);
  const beyond = margin.categories.findIndex((category) => category.beyond && fits(category));
  const found = beyond < 0 ? margin.categories.findIndex(fits) : beyond;
  return found < 0 ? margin.categories.length : found;
}

const service = await startService({
  rounds: Object.fromEntries(Object.keys(MARGINS).map((round) => [round, { weighting: { margins: MARGINS[round], lower_percent: BOUNDS[round][0], upper_percent: BOUNDS[round][1] } }])),
});
let failed = false;
for (const round of Object.keys(MARGINS)) {
  const people = sampleOf(PEOPLE, 11);
  const file = (name) => join(service.folder, `${round}-${name}.csv`);
  writeFileSync(file('import'), csvOfSample(people));
  service.must('import', 'responses', file('import'), '--round', round);
  service.must('weights', 'make', '--round', round);
  const version = JSON.parse(
    service.sql(`SELECT json_build_object('margins', w.margins, 'lower', w.lower_bound, 'upper', w.upper_bound, 'profiles', encode(w.profiles, 'hex'))
      FROM zs.weight_version AS w JOIN zs.round AS r ON r.id = w.round_id WHERE r.code = '${round}' AND w.is_made AND w.stream = 'open' ORDER BY w.number DESC LIMIT 1`),
  );
  const { margins } = version.margins;
  const weighed = people.filter((person) => person.werving === 'open' && !Object.entries(version.margins.outside).some(([variable, codes]) => codes.includes(person[variable])));
  const names = margins.map((_, m) => `m${m}`);
  writeFileSync(file('people'), csv([names, ...weighed.map((person) => margins.map((margin) => categoryOf(margin, person)))]));
  writeFileSync(file('targets'), csv([['margin', 'category', 'target'], ...margins.flatMap((margin, m) => margin.categories.map(({ target }, c) => [m, c, target ?? 'NA']))]));
  writeFileSync(file('weights'), csv([[...names, 'weight'], ...profilesOf(version)]));
  const done = spawnSync('Rscript', ['--vanilla', join(dirname(fileURLToPath(import.meta.url)), 'weights.R'), file('people'), file('targets'), file('weights'), version.lower, version.upper], { encoding: 'utf8' });
  console.log(`${round}: ${done.stdout.trim()}${done.status === 0 ? '' : ` ${done.stderr.trim()}`}`);
  failed ||= done.status !== 0;
}
await service.stop();
process.exit(failed ? 1 : 0);
