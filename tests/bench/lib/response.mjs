// One response with 20 answers and 1 kB of text, as an intake client sends it, and the same row for pgbench.
import { join } from 'node:path';
import { ROUND, httpRequest, load, writeRequests } from './product.mjs';

const ANSWERS = {
  'doet-mee-voor': 'mijzelf',
  'bekend-algemeen': 'soms',
  'houding-algemeen': 'neutraal',
  zelfgekozen: 'nee',
  'elders-tempo': 'samen',
  'elders-regels': 'dezelfde',
  vertrouwen_overheid: 'tamelijk-veel',
  vertrouwen_wetenschappers: 'heel-veel',
  vertrouwen_bedrijven: 'niet-zo-veel',
  vertrouwen_toezichthouders: 'tamelijk-veel',
  'vertrouwen_maatschappelijke-organisaties': 'niet-zo-veel',
  geluisterd: 'een-beetje',
  'informatie-genoeg': 'niet-helemaal',
  'informatie-eerlijk': 'eerlijk',
  leeftijd: '45-54',
  gender: 'vrouw',
  postcode: '3511',
  opleiding: 'hbo',
  'hoe-gekomen': 'nieuws',
  'taal-thuis': 'nederlands',
};
const PROSE = 'Ik vind het belangrijk dat gezondheid en natuur voorop staan. Geïnteresseerd ben ik vooral in "gentherapie",\nmaar wie beslist daarover? ';
// Not about an application: those depend on what a code was assigned.
const TEXTS = ['zorg-open', 'kans-open'];
const LIMIT = 500; // characters of each

const text = [...PROSE.repeat(Math.ceil(LIMIT / PROSE.length))].slice(0, LIMIT).join('').trim();

export function responseBody() {
  if (Object.keys(ANSWERS).length !== 20) throw new Error('20 answers');
  return JSON.stringify({ ...ANSWERS, ...Object.fromEntries(TEXTS.map((name) => [name, text])) });
}

export function responseRequest(key) {
  return httpRequest('POST', `/v1/rondes/${ROUND}/inzendingen`, { Authorization: `Bearer ${key}`, Deelnamecode: '{{DEELNAMECODE}}', 'Content-Type': 'application/json' }, responseBody());
}

export const requestsFile = (product) => writeRequests(join(product.folder, 'responses'), [responseRequest(product.key)]);

// Options of load for sending responses to these services.
export const sending = (product, services, options) => ({ requests: requestsFile(product), port: services.map(({ port }) => port).join(','), expect: 201, ...options });

// The rival: tables of the same shape, and a statement that writes the same rows, in one transaction and one round trip. Gives the
// script and its parameters, taken from a response that the service wrote.
export async function rivalOf(product, service) {
  const { postgres, roundId } = product;
  await load(sending(product, [service], { connections: 1, count: 1 }));
  postgres.sql(`
    CREATE SCHEMA rival;
    CREATE TABLE rival.response (LIKE zs.response INCLUDING ALL);
    CREATE TABLE rival.passage (LIKE zs.passage INCLUDING ALL);
    CREATE SEQUENCE rival.pos CACHE 1;`);
  const [answers, hash, version] = postgres.sql(`SELECT answers, payload_hash, questionnaire_version FROM zs.response WHERE round_id = ${roundId}`).split('|');
  const stored = postgres.sql(`SELECT count(*), sum(octet_length(body)), count(*) FILTER (WHERE body = $body$${text}$body$) FROM zs.passage`);
  if (stored !== `2|${2 * Buffer.byteLength(text)}|2`) throw new Error(`the texts are stored otherwise: ${stored}`);
  const script = `
\\set high random(0, 4611686018427387903)
\\set low random(0, 4611686018427387903)
WITH added AS (
  INSERT INTO rival.response (round_id, pos, response_id, revision, kind, questionnaire_version, stream, channel, received_day, answers, payload_hash)
  VALUES (${roundId}, nextval('rival.pos'), int8send(:high) || int8send(:low), 1, 1, :version::int, 0, 4, DATE '2026-11-24', :answers::bytea, :hash::bytea)
  RETURNING round_id, response_id
) INSERT INTO rival.passage (round_id, response_id, revision, variable, language, body, created_day)
  SELECT added.round_id, added.response_id, 1, p.variable, 'nl', p.body, DATE '2026-11-24' FROM added, (VALUES (:first, :text), (:second, :text)) AS p (variable, body);
`;
  const rival = { script, defines: { answers, hash, version, first: TEXTS[0], second: TEXTS[1], text } };
  return {
    run: (options) => postgres.pgbench(rival.script, rival.defines, options),
    // The rival wrote what the service wrote.
    check() {
      const like = (schema) => postgres.sql(`
        SELECT octet_length(answers), octet_length(payload_hash), octet_length(r.response_id), count(*), sum(octet_length(body))
        FROM (SELECT * FROM ${schema}.response LIMIT 1 OFFSET 10) AS r JOIN ${schema}.passage USING (round_id, response_id, revision) GROUP BY 1, 2, 3`);
      const [ours, theirs] = [like('zs'), like('rival')];
      if (ours !== theirs || ours === '') throw new Error(`the rival writes another row: ${theirs}, not ${ours}`);
    },
  };
}
