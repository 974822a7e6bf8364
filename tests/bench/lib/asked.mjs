// What analysts ask of a round: an answer by two background variables with two filters, weighted, in seven of ten; by one, or by none, in the
// others. Drawn, the same at every run; no two of `distinct` are alike.
const BY_TWO = 0.7;
const BY_ONE = 0.85;

function drawing(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const NOBODY = ['jonger-dan-16']; // whom the questionnaire sends away

// variables: as /v1/rondes/{ronde}/variabelen lists them.
function asking(variables, random) {
  const choices = variables.filter(({ soort, systeem }) => soort === 'categorie' && !systeem);
  const people = choices.filter(({ achtergrond, categorieen }) => achtergrond && categorieen.length > 2);
  const answers = choices.filter(({ achtergrond }) => !achtergrond);
  const pick = (list) => list[random(list.length)];
  const several = (count) => {
    const left = [...people];
    return Array.from({ length: count }, () => left.splice(random(left.length), 1)[0]);
  };
  const filter = ({ code, categorieen: all }) => {
    const categorieen = all.filter((category) => !NOBODY.includes(category.code));
    const first = random(categorieen.length);
    const kept = random(2) ? [categorieen[first]] : [categorieen[first], categorieen[(first + 1) % categorieen.length]];
    return `${code}:${kept.map((category) => category.code).join('|')}`;
  };
  return () => {
    const answer = `variabele=${pick(answers).code}`;
    const kind = random(1000) / 1000;
    if (kind < BY_TWO) {
      const [a, b, c, d] = several(4);
      return `${answer}&groepeerOp=${a.code},${b.code}&filter=${filter(c)},${filter(d)}&gewogen=true`;
    }
    const [a, b] = several(2);
    return kind < BY_ONE ? `${answer}&groepeerOp=${a.code}&filter=${filter(b)}&gewogen=true` : `${answer}&filter=${filter(a)}`;
  };
}

export function distinct(variables, count, seed = 1) {
  const ask = asking(variables, drawing(seed));
  const all = new Set();
  while (all.size < count) all.add(ask());
  return [...all];
}

// A day's work: `share` of it is asked from the same `known` questions again and again (a notebook that is run anew, a page that is opened
// by several people), the rest is asked once.
export function mixed(variables, count, { known, share }) {
  const random = drawing(2);
  const all = distinct(variables, known + count);
  const [again, once] = [all.slice(0, known), all.slice(known)];
  return once.map((query) => (random(1000) / 1000 < share ? again[random(known)] : query));
}
