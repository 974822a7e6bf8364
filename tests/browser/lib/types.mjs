// A consultation of every type of question that the real one does not use, published beside it in a round that never counts.
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

const zevenstem = (...args) => execFileSync(process.env.ZEVENSTEM_BINARY, args, { stdio: 'pipe' });

// Publishes it with `picture` (a PNG) and opens its round; opens_at may lie ahead. Gives the path of its start page.
export function publishTypes(picture, code = 'alle-soorten', opensAt = '2026-01-01T00:00:00Z') {
  const folder = mkdtempSync(join(tmpdir(), 'zsoorten.'));
  const real = JSON.parse(readFileSync(new URL('../../../config/consultations/biotechnologie-2026.json', import.meta.url)));
  writeFileSync(join(folder, 'beeld.png'), picture);
  writeFileSync(join(folder, 'vragen.json'), JSON.stringify({ ...QUESTIONNAIRE, code }));
  writeFileSync(join(folder, 'consultatie.json'), JSON.stringify({
    ...real, code, title: QUESTIONNAIRE.title, start_title: QUESTIONNAIRE.title, questionnaires: ['vragen.json'], explainers: [],
    rounds: [{ ...real.rounds[0], code: `${code}-1`, questionnaire: code, variants: ['volledig'], opens_at: opensAt, pilot: true }],
  }));
  zevenstem('consultation', 'publish', join(folder, 'consultatie.json'));
  zevenstem('consultation', 'open', `${code}-1`);
  return `/consultaties/${code}`;
}

export const closeRound = (round) => zevenstem('consultation', 'close', round);
