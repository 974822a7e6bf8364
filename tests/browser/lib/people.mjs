// People who answered the real questionnaire, for pages of results: records for `zevenstem import responses` in which answers differ by
// application, by age and by gender, and fewer young people and men take part than there are.
import { createRandom } from '../../api/lib/answers.mjs';

const APPLICATIONS = ['kweekvlees', 'ngt-planten', 'precisiefermentatie', 'proefdiervrij', 'vaccins', 'gentherapie', 'bioplastic', 'co2-stoffen'];
const VALUES = ['brede-welvaart', 'veiligheid', 'gezondheid', 'natuurlijkheid', 'keuzevrijheid', 'rechtvaardigheid', 'legitimiteit'];
const EFFECTS = ['brede-welvaart', 'veiligheid', 'gezondheid-mens', 'gezondheid-dier', 'gezondheid-milieu', 'natuurlijkheid', 'keuzevrijheid', 'rechtvaardigheid', 'legitimiteit'];
const JUDGEMENT = ['heel-slecht', 'slecht', 'neutraal', 'goed', 'heel-goed'];
const BETTER = ['veel-slechter', 'beetje-slechter', 'geen-verschil', 'beetje-beter', 'veel-beter'];
const MUCH = ['geen', 'een-beetje', 'veel', 'heel-veel'];
const SURE = ['zeker-niet', 'waarschijnlijk-niet', 'waarschijnlijk-wel', 'zeker-wel'];
const ROLE = ['verbieden', 'nog-niet', 'strenge-regels', 'gewone-regels', 'helpen'];
const TRUST = ['helemaal-geen', 'niet-zo-veel', 'tamelijk-veel', 'heel-veel'];
const TRUSTED = ['overheid', 'wetenschappers', 'bedrijven', 'toezichthouders', 'maatschappelijke-organisaties'];
const CONDITIONS = ['getest', 'toezicht', 'etiket', 'betaalbaar', 'kleine-bedrijven', 'natuur', 'meepraten', 'nut'];
const AGES = ['16-17', '18-24', '25-34', '35-44', '45-54', '45-54', '55-64', '55-64', '65-74', '65-74', '75-plus', ''];
const GENDERS = ['vrouw', 'vrouw', 'vrouw', 'man', 'man', 'vrouw', 'man', ''];
const PROVINCES = [20, 21, 22, 23, 24, 25, 25, 25, 26, 26, 26, 27, 27, 27, 28, 28, 28, 28, 29, 30, 30, 30, 31];
const DIPLOMAS = ['basisschool', 'vmbo', 'mbo-havo-vwo', 'mbo-havo-vwo', 'hbo', 'hbo', 'universiteit'];

export function peopleOf(count, seed) {
  const random = createRandom(seed);
  const pick = (list) => list[random(list.length)];
  // A point of a scale, the higher the more somebody leans: -2 to 2.
  const point = (scale, lean) => {
    const at = Math.round((scale.length - 1) / 2 + lean * 0.6 + (random(1000) + random(1000) + random(1000) - 1500) / 600);
    return scale[Math.min(Math.max(at, 0), scale.length - 1)];
  };
  const some = (record, name, list, least, most) => {
    const left = [...list];
    const chosen = Array.from({ length: least + random(most - least + 1) }, () => left.splice(Math.min(random(left.length), random(left.length)), 1)[0]);
    chosen.forEach((code) => (record[`${name}_${code}`] = true));
    return chosen;
  };
  const tell = (record, application, young) => {
    const lean = 1.5 - APPLICATIONS.indexOf(application) * 0.3 + young;
    record[`${application}_bekend`] = pick(['ja-veel', 'ja-beetje', 'ja-beetje', 'nee']);
    record[`${application}_aanvaardbaar`] = random(12) === 0 ? 'weet-ik-niet' : point(JUDGEMENT, lean);
    EFFECTS.forEach((effect, i) => (record[`${application}_effect_${effect}`] = random(9) === 0 ? 'weet-ik-niet' : point(BETTER, lean - i * 0.3)));
    record[`${application}_kans`] = point(MUCH, lean);
    record[`${application}_zorg`] = point(MUCH, -lean);
    record[`${application}_verwachting`] = point(SURE, lean);
    record[`${application}_rol`] = point(ROLE, lean);
    if (record[`${application}_rol`] !== 'verbieden') some(record, `${application}_voorwaarden`, CONDITIONS, 1, 3);
  };
  return Array.from({ length: count }, () => {
    const leeftijd = pick(AGES);
    const young = ['16-17', '18-24', '25-34'].includes(leeftijd) ? 0.7 : -0.2;
    const first = random(8);
    const topics = [APPLICATIONS[first], APPLICATIONS[(first + 1 + random(7)) % 8]];
    const record = { variant: 'volledig', toepassing_toegewezen_1: topics[0], toepassing_toegewezen_2: topics[1], werving: random(5) === 0 ? 'uitnodiging' : 'open' };
    record['bekend-algemeen'] = pick(['vaak', 'soms', 'soms', 'bijna-nooit', 'nooit']);
    record['houding-algemeen'] = random(15) === 0 ? 'weet-ik-niet' : point(JUDGEMENT, young);
    record['waarden-eerste'] = some(record, 'waarden-top3', VALUES, 3, 3)[0];
    topics.forEach((topic) => tell(record, topic, young));
    TRUSTED.forEach((one, i) => (record[`vertrouwen_${one}`] = point(TRUST, 0.6 - i * 0.3)));
    record['elders-tempo'] = pick(['zelf', 'samen', 'samen', 'snel-volgen']);
    Object.assign(record, { leeftijd, gender: pick(GENDERS), postcode: `PV${pick(PROVINCES)}`, opleiding: pick(DIPLOMAS) });
    return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== ''));
  });
}
