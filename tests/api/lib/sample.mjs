// People to weigh: records for `zevenstem import responses` whose ages, genders, provinces and diplomas are far from the country's, some
// of them not said, and some by another stream or from abroad.
import { createRandom } from './answers.mjs';

const DIPLOMAS = ['basisschool', 'vmbo', 'mbo-havo-vwo', 'hbo', 'hbo', 'universiteit', 'universiteit', 'ander-land', ''];
const AGES = ['16-17', '18-24', '25-34', '35-44', '45-54', '45-54', '55-64', '55-64', '65-74', '75-plus', ''];
const PROVINCES = [20, 20, 21, 22, 23, 24, 25, 25, 26, 26, 27, 27, 28, 28, 28, 29, 30, 30, 31];
const GENDERS = ['vrouw', 'vrouw', 'vrouw', 'man', 'man', 'anders', ''];

export function sampleOf(people, seed) {
  const random = createRandom(seed);
  const pick = (list) => list[random(list.length)];
  return Array.from({ length: people }, (_, person) => ({
    variant: 'kern',
    toepassing_toegewezen_1: 'bioplastic',
    werving: person % 10 === 9 ? 'panel' : 'open',
    leeftijd: pick(AGES),
    gender: pick(GENDERS),
    postcode: random(40) === 0 ? 'buitenland' : `PV${pick(PROVINCES)}`,
    opleiding: pick(DIPLOMAS),
  }));
}

export const csvOfSample = (records) => [Object.keys(records[0]), ...records.map(Object.values)].map((cells) => cells.join(',')).join('\n');
