// Every Dutch text that a citizen reads, from config/: plain words, short sentences, the polite form, and an English text beside
// it. What is read: config/locales/nl.json, every member "nl" of the other JSON documents under config/, and the
// guides of conversations.
//
// Faults: a sentence of more than 25 words; a text of three sentences or more with over 17 on average, a document with over 15; a
// word of dutch-avoid.txt; je, jij, jou, jouw, jullie; an exclamation mark; an empty text; a text in one language only; other
// placeholders in one language than in the other. Exceptions: exceptions.txt, `dutch|file#/pointer|1|why`.
import { readFileSync, readdirSync, statSync, existsSync } from 'node:fs';
import { join, relative } from 'node:path';

const MAX_WORDS = 25;
const MAX_TEXT_AVERAGE = 17;
const MAX_DOCUMENT_AVERAGE = 15;
const root = process.argv[2] ?? '.';
const here = join(root, 'tests/check');
const segmenter = new Intl.Segmenter('nl', { granularity: 'sentence' });

// ---- the lists ----

const escapeRegExp = (s) => s.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace('\\*', '\\p{L}*');

function readAvoidList(path) {
  const list = [];
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    if (!line.trim() || line.startsWith('#')) continue;
    const [words, advice] = line.split(' = ');
    if (!advice) throw new Error(`${path}: no advice: ${line}`);
    for (const form of words.split(',')) {
      const word = form.replace(/\(.*\)/, '').trim();
      list.push({ word, advice, match: new RegExp(`(?<![\\p{L}\\p{N}.])${escapeRegExp(word)}(?![\\p{L}\\p{N}])`, 'iu') });
    }
  }
  return list;
}

function readExceptions(path) {
  const map = new Map();
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const [check, where, , why] = line.split('|').map((part) => part.trim());
    if (check === 'dutch' && why) map.set(where, false);
  }
  return map;
}

// ---- one text ----

// Markdown and markup away; each block (paragraph, item, heading) stands on its own.
export function blocksOf(text) {
  return text
    .replace(/<[^>]*>/g, ' ')
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/\{\{?[^}]*\}?\}/g, 'iets')
    .replace(/[*_`]+/g, '')
    .split(/\n\s*\n|\n(?=\s*(?:[-+>#]|\d+\.)\s)|\n#+\s/)
    .map((block) => block.replace(/^\s*(?:[-+>]|#+|\d+\.)\s+/, '').replace(/\s+/g, ' ').trim())
    .filter(Boolean);
}

export function sentencesOf(text) {
  return blocksOf(text)
    .flatMap((block) => [...segmenter.segment(block)].map((s) => s.segment.trim()))
    .map((sentence) => ({ sentence, words: sentence.split(/\s+/).filter((w) => /[\p{L}\p{N}]/u.test(w)).length }))
    .filter(({ words }) => words > 0);
}

export function faultsOf(text, avoid) {
  const faults = [];
  const sentences = sentencesOf(text);
  for (const { sentence, words } of sentences) {
    if (words > MAX_WORDS) faults.push(`a sentence of ${words} words: "${sentence.slice(0, 60)}..."`);
  }
  const average = sentences.reduce((sum, s) => sum + s.words, 0) / (sentences.length || 1);
  if (sentences.length >= 3 && average > MAX_TEXT_AVERAGE) {
    faults.push(`sentences have ${average.toFixed(1)} words on average`);
  }
  const plain = blocksOf(text).join('\n');
  for (const { word, advice, match } of avoid) {
    if (match.test(plain)) faults.push(`"${word}": write ${advice}`);
  }
  const informal = plain.match(/(?<![\p{L}\p{N}])(?:je|jij|jou|jouw|jouwe|jullie|jezelf)(?![\p{L}\p{N}])/iu);
  if (informal) faults.push(`"${informal[0]}": citizens are addressed with u`);
  if (plain.includes('!')) faults.push('no exclamation marks');
  if (text.trim() === '') faults.push('is empty');
  return faults;
}

const placeholdersOf = (text) => [...text.matchAll(/\{+[^}]*\}+/g)].map((m) => m[0]).sort().join(' ');

// ---- documents ----

function* jsonFiles(folder) {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) yield* jsonFiles(path);
    else if (name.endsWith('.json') && !name.endsWith('.schema.json')) yield path;
  }
}

// Pairs {pointer, nl, en} of a document with "nl" and "en" side by side.
function* pairsBeside(node, pointer = '') {
  if (node === null || typeof node !== 'object') return;
  if (!Array.isArray(node) && (typeof node.nl === 'string' || typeof node.en === 'string')) {
    yield { pointer, nl: node.nl, en: node.en };
    return;
  }
  for (const [key, value] of Object.entries(node)) yield* pairsBeside(value, `${pointer}/${key}`);
}

// What the type of an API problem leads to: read by people who build programs, in their words.
const FOR_DEVELOPERS = '/problem/type';

// Pairs of two parallel trees: the locales.
function* pairsParallel(nl, en, pointer = '') {
  if (typeof nl === 'string' || typeof en === 'string') {
    yield { pointer, nl: typeof nl === 'string' ? nl : undefined, en: typeof en === 'string' ? en : undefined };
    return;
  }
  const keys = new Set([...Object.keys(nl ?? {}), ...Object.keys(en ?? {})]);
  for (const key of keys) {
    if (`${pointer}/${key}` !== FOR_DEVELOPERS) yield* pairsParallel(nl?.[key], en?.[key], `${pointer}/${key}`);
  }
}

// A guide is in one language: what is said in it, which is all of its texts but codes.
function* spokenIn(value, pointer = '') {
  for (const [key, member] of Object.entries(value)) {
    if (typeof member === 'object') yield* spokenIn(member, `${pointer}/${key}`);
    else if (/^(title|intended|say|text|\d+)$/.test(key) && /[ .?]/.test(member)) yield { pointer: `${pointer}/${key}`, nl: member, en: member };
  }
}

function documents() {
  const read = (path) => JSON.parse(readFileSync(path, 'utf8'));
  const found = [];
  const locale = join(root, 'config/locales');
  if (existsSync(join(locale, 'nl.json'))) {
    found.push(['config/locales/nl.json', [...pairsParallel(read(join(locale, 'nl.json')), read(join(locale, 'en.json')))]]);
  }
  for (const path of jsonFiles(join(root, 'config'))) {
    const name = relative(root, path);
    if (!name.startsWith('config/locales/') && !name.startsWith('config/theme/') && !name.startsWith('config/reference/')) {
      found.push([name, [...pairsBeside(read(path))]]);
    }
    if (name.startsWith('config/guides/') && read(path).language === 'nl') {
      found.push([name, [...spokenIn(read(path))]]);
    }
  }
  return found;
}

const avoid = readAvoidList(join(here, 'dutch-avoid.txt'));
const exceptions = readExceptions(join(here, 'exceptions.txt'));
let count = 0;
let faults = 0;
const say = (line) => {
  console.log(line);
  faults++;
};
for (const [file, pairs] of documents()) {
  let sentences = 0;
  let words = 0;
  for (const { pointer, nl, en } of pairs) {
    const where = `${file}#${pointer}`;
    count++;
    if (nl === undefined || en === undefined) {
      say(`${where}: only in one language`);
      continue;
    }
    const problems = faultsOf(nl, avoid);
    if (en.trim() === '' && nl.trim() !== '') problems.push('has no English text');
    if (placeholdersOf(nl) !== placeholdersOf(en)) {
      problems.push(`other placeholders in Dutch (${placeholdersOf(nl)}) than in English (${placeholdersOf(en)})`);
    }
    if (problems.length && exceptions.has(where)) {
      exceptions.set(where, true);
    } else {
      problems.forEach((problem) => say(`${where}: ${problem}`));
    }
    for (const s of sentencesOf(nl)) {
      if (s.words < 3) continue; // labels are no sentences
      sentences++;
      words += s.words;
    }
  }
  if (sentences >= 10 && words / sentences > MAX_DOCUMENT_AVERAGE) {
    say(`${file}: sentences have ${(words / sentences).toFixed(1)} words on average, ${MAX_DOCUMENT_AVERAGE} is the aim`);
  }
}
for (const [where, used] of exceptions) {
  if (!used) say(`tests/check/exceptions.txt: dutch|${where} is not needed any more`);
}
console.log(`dutch: ${count} texts, ${faults} faults`);
process.exit(faults ? 1 : 0);
