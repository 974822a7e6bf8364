// Consultations beside the real one, in rounds that never count: every type of question that the real one does not use, and the
// real questions in another version.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const text = (nl, en) => ({ nl, en });
const option = (code, nl, en, hint) => ({ code, label: text(nl, en), ...(hint ? { hint } : {}) });
const FRUIT = [
  option('appel', 'Appels', 'Apples'), option('peer', 'Peren', 'Pears'), option('kers', 'Kersen', 'Cherries'),
  option('pruim', 'Pruimen', 'Plums', text('Ook gedroogd', 'Dried ones too')), option('druif', 'Druiven', 'Grapes'),
  option('framboos', 'Frambozen', 'Raspberries'), option('aardbei', 'Aardbeien', 'Strawberries'),
];
const page = (code, item, more = {}) => ({ code, items: [{ code, ...item }], ...more });

const QUESTIONNAIRE = {
  code: 'alle-soorten',
  version: '1',
  title: text('Alle soorten vragen', 'All kinds of questions'),
  blocks: {
    soorten: {
      title: text('Alle soorten vragen', 'All kinds of questions'),
      pages: [
        { code: 'beeld', items: [{ type: 'text', text: text('Kijk eerst naar dit **beeld**.', 'Look at this **picture** first.'), picture: { file: 'beeld.png', alt: text('Het logo [van] "Zevenstem"', 'The logo [of] "Zevenstem"') } }] },
        page('rang', { type: 'ranking', top: 3, random: true, text: text('Welk fruit vindt u het lekkerst?', 'Which fruit do you like best?'), hint: text('Kies er ten hoogste 3.', 'Choose 3 at most.'), options: FRUIT.slice(0, 5) }),
        page('punten', { type: 'points', text: text('Hoe verdeelt u uw fruit over de week?', 'How do you divide your fruit over the week?'), options: FRUIT.slice(0, 4) }),
        page('beste', { type: 'best-worst', text: text('Wat vindt u het belangrijkst aan fruit?', 'What matters most to you about fruit?'), options: FRUIT }),
        page('getal', { type: 'number', min: 0, max: 50, unit: text('stuks', 'pieces'), text: text('Hoeveel fruit eet u in een week?', 'How much fruit do you eat in a week?'), hint: text('Bijvoorbeeld 12.', 'For example 12.') }),
        page('kort', { type: 'text', limit: 60, rows: 1, optional_mark: true, text: text('Welk fruit missen wij?', 'Which fruit is missing?'), hint: text('U kunt 60 tekens gebruiken.', 'You can use 60 characters.') }),
      ],
    },
  },
  flow: ['soorten'],
  variants: { volledig: { title: text('hele vragenlijst', 'full questionnaire'), minutes: 3 } },
};

const CONFIG = new URL('../../../config/', import.meta.url);
const configured = (path) => JSON.parse(readFileSync(new URL(path, CONFIG)));
// As it was published: open on whatever day this runs.
const real = () => JSON.parse(readFileSync(process.env.ZEVENSTEM_PUBLISHED));

const ZONE = 'Europe/Amsterdam';
// "2027-01-31", so many days from today; and as a page says it, "31 januari 2027". moment: a day, or a day with its time.
export const inDays = (days) => new Date(Date.now() + days * 86_400_000).toLocaleDateString('sv-SE', { timeZone: ZONE });
export const said = (moment) => new Date(moment).toLocaleDateString('nl-NL', { day: 'numeric', month: 'long', year: 'numeric', timeZone: ZONE });
export const lastDay = () => said(real().rounds[0].closes_at);
const zevenstem = (...args) => execFileSync(process.env.ZEVENSTEM_BINARY, args, { stdio: 'pipe' });

// Publishes a consultation with a questionnaire and files beside it ({name: bytes}), and opens its only round, which is a pilot
// so that it never takes the place of the real one. Gives the path of its start page.
function publish(code, title, questionnaire, files, round, more = []) {
  const folder = mkdtempSync(join(tmpdir(), 'zconsultatie.'));
  // Weighting and releases of the real round are by variables that another questionnaire need not ask.
  const { weighting, release, ...plain } = real().rounds[0];
  const document = {
    ...real(), code, title, start_title: title,
    questionnaires: ['vragen.json'], explainers: Object.keys(files).filter((name) => name.startsWith('uitleg-')),
    rounds: [{ ...plain, code: `${code}-1`, questionnaire: code, pilot: true, ...round }, ...more],
  };
  for (const [name, bytes] of Object.entries({ ...files, 'vragen.json': JSON.stringify({ ...questionnaire, code }), 'consultatie.json': JSON.stringify(document) })) {
    writeFileSync(join(folder, name), bytes);
  }
  zevenstem('consultation', 'publish', join(folder, 'consultatie.json'));
  zevenstem('consultation', 'open', `${code}-1`);
  return `/consultaties/${code}`;
}

// picture: a PNG.
export function publishTypes(code, picture, round = {}) {
  return publish(code, QUESTIONNAIRE.title, QUESTIONNAIRE, { 'beeld.png': picture }, { variants: ['volledig'], links: { brief: 'uitnodiging' }, ...round });
}

function realExplainers() {
  const explainers = real().explainers.map((path) => path.split('/').pop());
  return Object.fromEntries(explainers.map((name) => [`uitleg-${name}`, readFileSync(new URL(`explainers/${name}`, CONFIG))]));
}

// The real questionnaire in another version, for example the pulse.
export function publishVariant(code, variant) {
  return publish(code, text('Een korte meting', 'A short survey'), configured('questionnaires/biotechnologie-2026.json'), realExplainers(), { variants: [variant] });
}

// The real questionnaire in a round whose results are for everybody, answered by these people (people.mjs) and released; an earlier one
// like it; and one for analysts alone. They count, and close before the real one, whose place on the start page they leave alone.
export function publishResults(code, people, earlier) {
  const its = real().rounds[0];
  const dayOf = (moment, days) => new Date(Date.parse(moment) + days * 86_400_000).toISOString().replace('.000', '');
  const round = (number, title, more) => ({ ...its, code: `${code}-${number}`, questionnaire: code, pilot: false, title, closes_at: dayOf(its.closes_at, -1), ...more });
  const first = round(1, text('Eerste ronde', 'First round'), { interim: 'openbaar' });
  const others = [
    round(2, text('Tweede ronde', 'Second round'), { interim: 'analisten', opens_at: dayOf(its.opens_at, 1) }),
    round(0, text('Nulmeting', 'Baseline'), { interim: 'openbaar', opens_at: dayOf(its.opens_at, -90) }),
  ];
  publish(code, text('Wat vindt u van nieuwe technieken?', 'What do you think of new techniques?'), configured('questionnaires/biotechnologie-2026.json'), realExplainers(), first, others);
  others.forEach((other) => zevenstem('consultation', 'open', other.code));
  const folder = mkdtempSync(join(tmpdir(), 'zmensen.'));
  for (const [number, records] of Object.entries([earlier, people])) {
    const file = join(folder, `${number}.jsonl`);
    writeFileSync(file, records.map((record) => JSON.stringify(record)).join('\n'));
    zevenstem('import', 'responses', file, '--round', `${code}-${number}`, '--channel', 'telefoon');
    zevenstem('weights', 'make', '--round', `${code}-${number}`, '--margins', 'leeftijd-gender');
    zevenstem('release', 'make', '--round', `${code}-${number}`);
  }
  return `/uitkomsten/${code}`;
}

export const closeRound = (round) => zevenstem('consultation', 'close', round, '--now');

// The service follows what was published within a moment.
export async function arrived(page, url, matches) {
  for (let i = 0; i < 100; i++) {
    await page.goto(url);
    if (page.served.status === 200 && matches(await page.locator('main').innerText())) {
      return;
    }
    await page.waitForTimeout(100);
  }
  throw new Error(`${url} did not become what was published`);
}
