// consultation_now.mjs FILE FOLDER: prints the file to publish where somebody wants to take part today: FILE itself, as long as each of its rounds goes on
// for a day or more; else a copy in FOLDER in which rounds whose time is over go on for another four months. The files that FILE names are beside it, in
// other folders of the one that FILE's own folder lies in.
import { mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

const DAY = 24 * 60 * 60 * 1000;
const [file, folder] = process.argv.slice(2);
const consultation = JSON.parse(readFileSync(file, 'utf8'));
const now = Date.now();
const day = (days) => new Date(now + days * DAY).toISOString().replace(/\.\d+Z$/, 'Z');
const over = consultation.rounds.filter((round) => Date.parse(round.closes_at) < now + DAY);

function copy() {
  const own = dirname(resolve(file));
  const beside = dirname(own);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, basename(own)), { recursive: true });
  for (const name of readdirSync(beside)) {
    if (name !== basename(own)) symlinkSync(join(beside, name), join(folder, name));
  }
  for (const round of over) {
    round.closes_at = day(120);
    const [least] = day(2 * 365).split('T');
    if (round.destruction_date < least) round.destruction_date = least;
  }
  const out = join(folder, basename(own), basename(file));
  writeFileSync(out, JSON.stringify(consultation));
  return out;
}

console.log(over.length > 0 ? copy() : file);
