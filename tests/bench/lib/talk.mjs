// Conversations and open answers by the hundred thousand, coded: written into the database as the service would have, the same at every run.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './postgres.mjs';

const PEOPLE = 7; // of a focus group
export const TURNS = 2000; // of a focus group of two hours

// Of the bank of invented data.
export function sentences() {
  const bank = JSON.parse(readFileSync(join(ROOT, 'config', 'examples', 'verzonnen.json'), 'utf8'));
  const ways = Object.values(bank.applications).flat();
  return bank.sentences.map((entry, i) => entry[4].replaceAll('{met}', ways[i % ways.length]));
}

const list = (texts) => `ARRAY[${texts.map((text) => `'${text.replaceAll("'", "''")}'`).join(',')}]`;
// Sentences of the bank, behind each other: which ones follows from the number.
const body = (n) => `(SELECT string_agg(bank[1 + abs(hashint8extended(${n}, k)) % cardinality(bank)], ' ' ORDER BY k) FROM given, generate_series(1, 2 + ${n}::int % 3) AS k)`;

// Conversations of one kind, each with so many turns, of which nobody is a participant every so often.
function fillConversations(postgres, roundId, { kind, count, people, turns }) {
  postgres.sql(`CREATE TABLE held AS SELECT nextval('zs.conversation_id_seq')::int AS id, n FROM generate_series(1, ${count}) AS n;
    INSERT INTO zs.conversation (id, code, round_id, kind, guide_version, status, day, language, setting, moderator, created_by) OVERRIDING SYSTEM VALUE
      SELECT id, '${kind === 'focusgroep' ? 'groep' : 'gesprek'}-' || n, ${roundId}, '${kind}', (SELECT min(id) FROM zs.guide_version), 'gehouden', current_date, 'nl', 'live', 'M', 'bench' FROM held;
    INSERT INTO zs.participant (conversation_id, pseudonym, standing, age, background)
      SELECT id, 'P' || p, 'gekomen', 'volwassen', jsonb_build_object('gender', CASE WHEN p % 2 = 0 THEN 'vrouw' ELSE 'man' END, 'leeftijd', (ARRAY['18-24', '35-44', '55-64', '75-plus'])[1 + (id + p) % 4])
      FROM held, generate_series(1, ${people}) AS p;
    INSERT INTO zs.consent (participant_id, form_version, given_day, manner, by_parent, takes_part, recording, quotes, archive, contact, noted_by)
      SELECT p.id, 'bench', current_date, 'papier', false, true, true, p.id % 3 > 0, true, false, 'bench' FROM zs.participant AS p JOIN held ON held.id = p.conversation_id;
    INSERT INTO zs.transcript_version (conversation_id, number, is_current, cause, source, format, created_by)
      SELECT id, 1, true, 'geladen', 'opname', 'vtt', 'bench' FROM held;
    CREATE TABLE said AS SELECT v.id AS version, v.conversation_id, place, nextval('zs.passage_id_seq') AS turn, p.id AS participant
      FROM held JOIN zs.transcript_version AS v ON v.conversation_id = held.id CROSS JOIN generate_series(1, ${turns}) AS place
      LEFT JOIN zs.participant AS p ON p.conversation_id = v.conversation_id AND p.pseudonym = 'P' || place % ${people + 1};
    INSERT INTO zs.turn (id, conversation_id, kind, speaker, participant_id, start_ms, end_ms, body)
      SELECT turn, conversation_id, 'uitspraak', CASE WHEN participant IS NULL THEN 'moderator' ELSE 'deelnemer' END, participant, place * 3600, place * 3600 + 3000, ${body('turn')} FROM said;
    INSERT INTO zs.transcript_turn (version_id, place, turn_id) SELECT version, place, turn FROM said;
    DROP TABLE said, held`);
}

const withBank = (postgres, work) => {
  postgres.sql(`CREATE TABLE given AS SELECT ${list(sentences())} AS bank`);
  work();
  postgres.sql('DROP TABLE given');
  // As the service does, in pieces.
  while (postgres.number('SELECT zs.passage_words_fill(20000)') > 0);
};

// Half of the passages answers, half turns of focus groups of TURNS each. The responses are there (fill.mjs).
export function fillPassages(postgres, roundId, { passages, question }) {
  const groups = Math.ceil(passages / 2 / TURNS);
  withBank(postgres, () => {
    postgres.sql(`INSERT INTO zs.passage (round_id, revision, created_day, response_id, variable, language, body)
      SELECT ${roundId}, 1, current_date, substr(sha256(int8send(i)), 1, 16), '${question}', 'nl', ${body('i')} FROM generate_series(1, ${passages - groups * TURNS}) AS i`);
    fillConversations(postgres, roundId, { kind: 'focusgroep', count: groups, people: PEOPLE, turns: TURNS });
  });
}

// Interviews and focus groups alone, as long as such a round has them.
export function fillTalks(postgres, roundId, { interviews, groups }) {
  withBank(postgres, () => {
    fillConversations(postgres, roundId, { kind: 'interview', count: interviews, people: 1, turns: 120 });
    fillConversations(postgres, roundId, { kind: 'focusgroep', count: groups, people: PEOPLE, turns: 400 });
  });
}

// Each passage by one coder, one in ten by another too, half of those decided; and what `account` still has to do.
export function fillCodings(postgres, roundId, { codings, coders, account, tasks }) {
  const passages = postgres.number('SELECT count(*) FROM zs.evidence');
  const each = Math.round(codings / passages);
  const row = (coder, counts, from) => `SELECT ${roundId}, id, (SELECT id FROM zs.coder WHERE name = '${coder}'), (SELECT min(id) FROM zs.code_book_version),
      (k - 1) * 10, k * 10, 1 << v, ${counts}, ARRAY[(ARRAY['brede-welvaart', 'veiligheid', 'gezondheid', 'keuzevrijheid', 'natuurlijkheid', 'legitimiteit', 'rechtvaardigheid'])[1 + v]],
      (ARRAY['kweekvlees', 'ngt-planten', 'vaccins', 'gentherapie', 'bioplastic'])[1 + h % 5], (ARRAY['voor', 'tegen', 'onder-voorwaarden', 'onduidelijk'])[1 + h / 5 % 4],
      coalesce(method, 'enquete'), conversation_id, participant_id, response_id
      FROM (SELECT e.*, k, abs(hashint8(id * 8 + k + ${from})) AS h, (abs(hashint8(id * 8 + k)) / 100 + CASE WHEN id % 7 = 0 THEN ${from} ELSE 0 END) % 7 AS v
        FROM zs.evidence AS e, generate_series(1, ${each}) AS k) AS e`;
  const columns = 'round_id, passage_id, coder_id, book_version, start_at, end_at, value_bits, counts, codes, application, direction, method, conversation_id, participant_id, response_id';
  const task = (coder, position, done, where, most = 'ALL') => `INSERT INTO zs.coding_task (batch_id, round_id, passage_id, coder_id, position, place, done_at)
      SELECT (SELECT min(id) FROM zs.coding_batch), ${roundId}, id, (SELECT id FROM zs.coder WHERE name = '${coder}'), ${position}, row_number() OVER (ORDER BY id), ${done} FROM zs.evidence WHERE ${where} ORDER BY zs.evidence.id LIMIT ${most};`;
  postgres.sql(`INSERT INTO zs.coder (account_id, name) SELECT id, name FROM zs.account WHERE name IN ('${[...coders, account].join("','")}');
    INSERT INTO zs.coding_plan (round_id, book_version, bar, changed_by) SELECT ${roundId}, min(id), 0.667, 'bench' FROM zs.code_book_version;
    INSERT INTO zs.coding_batch (round_id, number, source, seed, share, created_by) VALUES (${roundId}, 1, 'gesprekken', decode(repeat('00', 16), 'hex'), 0.1, 'bench');
    ${task(coders[0], 1, 'now()', 'true')}
    ${task(coders[1], 2, 'now()', 'id % 10 = 0')}
    ${task(account, 3, 'NULL', "method = 'focusgroep' AND id % 20 > 0", tasks)}
    INSERT INTO zs.coding (${columns}) ${row(coders[0], 'true', 0)};
    INSERT INTO zs.coding (${columns}) ${row(coders[1], 'false', 1)} WHERE id % 10 = 0;
    INSERT INTO zs.adjudication (passage_id, round_id, decided_by) SELECT passage_id, ${roundId}, 'bench' FROM zs.coding_task WHERE position = 2 AND passage_id % 20 = 0;
    VACUUM ANALYZE`);
  return { passages, codings: postgres.number('SELECT count(*) FROM zs.coding') };
}
