// One response with 20 answers and 1 kB of text, as an intake client sends it, and the same row for pgbench.
import { join } from 'node:path';
import { ROUND, Service, httpRequest, load, writeCodes, writeRequests } from './product.mjs';

const ANSWERS = {
  'doet-mee-voor': 'mijzelf',
  'bekend-algemeen': 'soms',
  'houding-algemeen': 'neutraal',
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
const prose = (characters) => [...PROSE.repeat(Math.ceil(characters / PROSE.length))].slice(0, characters).join('').trim();
// One text of 1 kB, about an application that one chooses oneself: for codes that were not assigned it (store.c). For any code: two texts of
// half a kB.
const CHOSEN = { zelfgekozen: 'gentherapie', 'zelfgekozen-tekst': prose(1000) };
const OPEN = { zelfgekozen: 'nee', 'zorg-open': prose(500), 'kans-open': prose(500) };
const CODES_A_SECOND = 40000; // more than anybody sends

function bodyWith(texts) {
  const all = { ...ANSWERS, ...texts };
  if (Object.values(all).filter((value) => value.length < 100).length !== 20) throw new Error('20 answers');
  return JSON.stringify(all);
}
export const responseBody = (others = {}) => bodyWith({ ...CHOSEN, ...others });

function requestOf(key, body) {
  const headers = { Authorization: `Bearer ${key}`, Deelnamecode: '{{DEELNAMECODE}}', 'Content-Type': 'application/json' };
  return httpRequest('POST', `/v1/rondes/${ROUND}/inzendingen`, headers, body);
}

const requestsFile = (product, name, texts) => writeRequests(join(product.folder, name), [requestOf(product.key, bodyWith(texts))]);

// Options of load for sending responses to these services, under codes made beforehand.
export async function sending(product, services, options) {
  const codes = join(product.folder, 'codes');
  await writeCodes(product, codes, options.count ?? Math.ceil(options.seconds * CODES_A_SECOND));
  return { requests: requestsFile(product, 'responses', CHOSEN), codes, ...Service.to(services), expect: 201, ...options };
}

// The same for an unknown number of responses, under codes that load makes up.
export const sendingOn = (product, services, options) => ({ requests: requestsFile(product, 'open-responses', OPEN), ...Service.to(services), expect: 201, ...options });

// Empty tables and no dirty pages. What a row costs grows with the indexes that it goes into, and we write more rows in a turn than the
// rival: so each turn of either side begins here. schema: 'zs' (no service may be running) or 'rival'.
export function beginTurn(postgres, schema) {
  postgres.sql(`TRUNCATE ${schema}.response, ${schema}.passage CASCADE`);
  postgres.checkpoint();
}

// One turn of services that these begin, which sends for so long and is over when they have ended: what load says, CPU an answer of the
// services and of the server. What was acknowledged is what is stored.
export async function sendTurn(product, begins, options) {
  const { postgres } = product;
  beginTurn(postgres, 'zs');
  const services = [];
  for (const begin of begins) services.push(await begin());
  const loading = await sending(product, services, options);
  for (const service of services) await service.quiet();
  postgres.checkpoint();
  const cpuNs = () => services.reduce((sum, service) => sum + service.cpuNs(), 0);
  const [before, serverBefore] = [cpuNs(), postgres.cpuUs()];
  const { per_s, p50_ms, p99_ms, answers, own_cpu_us: load_cpu_us } = await load(loading);
  const [after, serverAfter] = [cpuNs(), postgres.cpuUs()];
  for (const service of services) await service.stop();
  const stored = product.responses();
  if (stored !== answers) throw new Error(`${answers} responses were acknowledged, ${stored} are stored`);
  return { per_s, p50_ms, p99_ms, cpu_us: (after - before) / 1000 / answers, server_cpu_us: (serverAfter - serverBefore) / answers, load_cpu_us };
}

// The rival: tables of the same shape, and a statement that writes the same rows, in one transaction and one round trip. Gives the
// script and its parameters, taken from a response that the service wrote.
export async function rivalOf(product, service) {
  const { postgres, roundId } = product;
  await load(await sending(product, [service], { connections: 1, count: 1 }));
  postgres.sql(`
    CREATE SCHEMA rival;
    CREATE TABLE rival.response (LIKE zs.response INCLUDING ALL);
    CREATE TABLE rival.passage (LIKE zs.passage INCLUDING ALL);
    CREATE SEQUENCE rival.pos CACHE 1;`);
  const [answers, hash, version] = postgres.sql(`SELECT answers, payload_hash, questionnaire_version FROM zs.response WHERE round_id = ${roundId}`).split('|');
  const text = CHOSEN['zelfgekozen-tekst'];
  const stored = postgres.sql(`SELECT count(*), bool_and(body = $body$${text}$body$), min(variable) FROM zs.passage`);
  if (stored !== '1|t|zelfgekozen-tekst') throw new Error(`the text is stored otherwise: ${stored}`);
  const script = `
\\set high random(0, 4611686018427387903)
\\set low random(0, 4611686018427387903)
WITH added AS (
  INSERT INTO rival.response (round_id, pos, response_id, revision, kind, questionnaire_version, stream, channel, received_day, answers, payload_hash)
  VALUES (${roundId}, nextval('rival.pos'), int8send(:high) || int8send(:low), 1, 1, :version::int, 0, 4, DATE '2026-11-24', :answers::bytea, :hash::bytea)
  RETURNING round_id, response_id
) INSERT INTO rival.passage (round_id, response_id, revision, variable, language, body, created_day)
  SELECT round_id, response_id, 1, :variable, 'nl', :text, DATE '2026-11-24' FROM added;
`;
  const defines = { answers, hash, version, variable: 'zelfgekozen-tekst', text };
  return {
    run(options) {
      beginTurn(postgres, 'rival');
      return postgres.pgbench(script, defines, options);
    },
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
