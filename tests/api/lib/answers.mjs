// Somebody who answers: valid answers to the questionnaire of a participation, from its description alone.
export const createRandom = (seed) => {
  let state = seed >>> 0;
  return (bound) => {
    state = (Math.imul(state ^ (state >>> 15), state | 1) + 0x6d2b79f5) >>> 0;
    const mixed = Math.imul(state ^ (state >>> 7), state | 61) >>> 0;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
};

function shuffled(list, random) {
  const out = [...list];
  for (let i = out.length - 1; i > 0; i--) {
    const other = random(i + 1);
    [out[i], out[other]] = [out[other], out[i]];
  }
  return out;
}

// Codes that were chosen for a question so far, by question.
function holds(condition, chosen, answers, place) {
  if (!condition) return true;
  if ('alle' in condition) return condition.alle.every((part) => holds(part, chosen, answers, place));
  if ('een' in condition) return condition.een.some((part) => holds(part, chosen, answers, place));
  if ('niet' in condition) return !holds(condition.niet, chosen, answers, place);
  if ('getrokken' in condition) return condition.getrokken === place;
  if ('enigeTekst' in condition) return Object.values(answers).some((answer) => typeof answer === 'string' && answer.startsWith('Tekst '));
  const given = chosen[condition.vraag] ?? [];
  if ('beantwoord' in condition) return given.length > 0;
  if ('in' in condition) return given.some((code) => condition.in.includes(code));
  return given.length > 0 && !given.some((code) => condition.nietIn.includes(code));
}

const POSTCODES = ['9711', '3511 ab', '1012AB', '6211'];

function answerQuestion(question, answers, chosen, random) {
  const { code, variabelen: variables } = question;
  const offered = (question.opties ?? []).filter((option) => !option.teJong && (!question.optiesUit || (chosen[question.optiesUit] ?? []).includes(option.code)));
  const one = () => offered[random(offered.length)].code;
  switch (question.soort) {
    case 'meer-antwoorden': {
      const open = offered.filter((option) => !option.sluitAnderenUit);
      const count = question.minimum ?? 1;
      const picked = shuffled(open, random).slice(0, count + random((question.maximum ?? count) - count + 1));
      picked.forEach((option) => (answers[`${code}_${option.code}`] = true));
      picked.filter((option) => option.tekstvariabele).forEach((option) => (answers[option.tekstvariabele] = `Tekst bij ${option.code}`.slice(0, option.tekstlimiet).trim()));
      chosen[code] = picked.map((option) => option.code);
      break;
    }
    case 'reeks':
      question.items.forEach((item) => (answers[item.variabele] = one()));
      break;
    case 'rangorde':
      shuffled(offered, random).slice(0, question.plaatsen).forEach((option, index) => (answers[`${code}_${index + 1}`] = option.code));
      break;
    case 'punten':
      variables.forEach((variable, index) => (answers[variable] = index === 0 ? 100 - 10 * (variables.length - 1) : 10));
      break;
    case 'meest-minst':
      question.keuzes.forEach((three, index) => {
        const [most, least] = shuffled(three, random);
        answers[`${code}_${index + 1}_meest`] = most;
        answers[`${code}_${index + 1}_minst`] = least;
      });
      break;
    case 'getal':
      answers[code] = question.minimum + random(question.maximum - question.minimum + 1);
      chosen[code] = ['getal'];
      break;
    case 'tekst':
      if (random(2) === 0) answers[code] = `Tekst over ${code}, "met" komma's;\nen een tweede regel`.slice(0, question.limiet).trim();
      break;
    case 'postcode':
      answers[code] = POSTCODES[random(POSTCODES.length)];
      break;
    default:
      answers[code] = question.weetIkNiet && random(8) === 0 ? 'weet-ik-niet' : one();
      chosen[code] = [answers[code]];
  }
}

// {variable: answer}; now and then a question is left open.
export function answerAll(questionnaire, random) {
  const answers = {};
  const chosen = {};
  let place = 0;
  for (const block of questionnaire.blokken) {
    place += block.module ? 1 : 0;
    for (const page of block.paginas.filter((page) => holds(page.tonenAls, chosen, answers, block.module ? place : 0))) {
      for (const part of page.onderdelen.filter((part) => part.variabelen)) {
        if (random(10) > 0 && holds(part.tonenAls, chosen, answers, block.module ? place : 0)) {
          answerQuestion(part, answers, chosen, random);
        }
      }
    }
  }
  return answers;
}

// What an import has to be told: which instances were assigned, in order.
export function assignedOf(questionnaire) {
  const blocks = questionnaire.blokken.filter((block) => block.module);
  return Object.fromEntries(blocks.map((block, index) => [`${block.module}_toegewezen_${index + 1}`, block.code]));
}
