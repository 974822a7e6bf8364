// Responses by the million, written into the database as the service would have: their answers are drawn, the same at every run.
const DIFFERENT = 20_000; // answers that differ, each given by many
const FIRST = 3; // the code of the first category
const NO_ANSWER = 1;
export const codesOf = (categories) => Array.from({ length: categories }, (_, category) => FIRST + category);

// As fill takes it: answers that the questionnaire can give, from what /v1/rondes/{ronde}/variabelen lists. Everybody came by the open link,
// so that every row is in every table before its filters.
export function layoutOf(variables) {
  const count = { categorie: ({ categorieen }) => categorieen.length, getal: ({ maximum }) => maximum + 1, tekst: () => 1 };
  const wanted = { werving: (code) => code === 'open', variant: (code) => code === 'volledig', leeftijd: (code) => code !== 'jonger-dan-16' };
  return variables.map((variable) => ({
    given: codesOf(count[variable.soort](variable)).filter((_, i) => wanted[variable.code]?.(variable.categorieen[i].code) ?? true),
    without: variable.systeem ? [] : [NO_ANSWER],
  }));
}

// layout: {given, without} of each variable, in the order of the answers: the codes that people have, any as likely as another, and those that
// one in ten has instead.
function drawAnswers(layout) {
  let state = 1;
  const random = (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const pick = (codes) => codes[random(codes.length)];
  const draw = ({ given, without = [] }) => pick(without.length > 0 && random(10) === 0 ? without : given);
  return Array.from({ length: DIFFERENT }, () => Buffer.from(layout.map(draw)).toString('hex'));
}

export function fill(postgres, round, rows, layout) {
  const id = postgres.number(`SELECT id FROM zs.round WHERE code = '${round}'`);
  postgres.sql(`CREATE TEMP TABLE given AS SELECT ordinality - 1 AS n, decode(text, 'hex') AS answers FROM unnest('{${drawAnswers(layout).join(',')}}'::text[]) WITH ORDINALITY AS t (text);
    INSERT INTO zs.response (pos, round_id, revision, questionnaire_version, received_day, kind, stream, channel, response_id, answers)
      SELECT nextval('zs.response_pos'), ${id}, 1, 1, current_date, 1, 0, 0, substr(sha256(int8send(i)), 1, 16), answers
      FROM generate_series(1, ${rows}) AS i JOIN given ON n = i % ${DIFFERENT};
    ANALYZE zs.response`);
}
