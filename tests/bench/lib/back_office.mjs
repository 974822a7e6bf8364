// The back office as it is when everything is in use: signals, meetings, messages, recommendations, proposals, plans, transcripts that wait, texts that are alike; and where each of
// its pages is, found by following its links. Passages and codings are there (talk.mjs).
const QUIET = {
  '/beheer/inloggen/code': 'who is signed in is led on',
  '/beheer/account/tweede-factor/qr': 'there while somebody sets their second factor up',
  '/beheer/logboek/csv': 'a file of all that was found, not a page',
  '/beheer/voorstellen/{voorstel}/afbeelding/{naam}': 'a file, where a questionnaire has one',
  '/beheer/signalen/{signaal}/doorgeleiding/{doorgeleiding}/brief.odt': 'a file',
  '/beheer/woo/{soort}/{code}/dossier': 'a file',
  '/beheer/tabellen/{ronde}/tabellenboek': 'a file of every table of a round',
  '/beheer/signalen/{signaal}/bewijs/{bewijs}': 'counts a table of a release again, as the pages of results do (results, charts)',
};
const SOME = 8; // pages of a route that are read to find others

// proposed: what `consultation pack` prints. account: whoever is to do the work.
export function fillBackOffice(postgres, roundId, { proposed, account, other, signals, messages, question }) {
  postgres.sql(`INSERT INTO zs.composition_plan (round_id, kind, mix, mix_reason, changed_by) VALUES (${roundId}, 'focusgroep', 'homogeen', 'Vergelijken', 'bench');
    INSERT INTO zs.composition_segment (plan_id, code, title, population, conversations, participants) SELECT id, 'groep-' || n, 'Groep ' || n, 'publiek', 4, 28 FROM zs.composition_plan, generate_series(1, 8) AS n;
    INSERT INTO zs.conversation (code, round_id, kind, guide_version, status, day, language, setting, moderator, created_by)
      VALUES ('gesprek-nieuw', ${roundId}, 'interview', (SELECT min(id) FROM zs.guide_version), 'gehouden', current_date, 'nl', 'live', 'M', 'bench');
    INSERT INTO zs.transcript_version (conversation_id, number, is_current, cause, source, format, created_by) SELECT conversation_id, 2, false, 'verbeterd', source, format, 'bench' FROM zs.transcript_version;
    INSERT INTO zs.transcript_draft (conversation_id, source, format, file_name, file, reason, made_by)
      SELECT v.conversation_id, 'opname', 'txt', 'groep.txt', convert_to(string_agg(coalesce(p.pseudonym, 'M') || ': ' || t.body || CASE WHEN l.place % 20 = 0 THEN ' Ja.' ELSE '' END, chr(10) ORDER BY l.place), 'UTF8'), 'Nagelezen', '${account}'
      FROM zs.transcript_version AS v JOIN zs.transcript_turn AS l ON l.version_id = v.id JOIN zs.turn AS t ON t.id = l.turn_id LEFT JOIN zs.participant AS p ON p.id = t.participant_id
      WHERE v.conversation_id = (SELECT id FROM zs.conversation WHERE code = 'groep-1') AND v.is_current GROUP BY 1;
    INSERT INTO zs.conversation_summary (conversation_id, body, open_until, written_by) SELECT id, 'Wat wij hoorden.', current_date + 14, 'bench' FROM zs.conversation;
    INSERT INTO zs.signal (source, title, body, consultation, value_codes, applications, created_by, changed_by, is_public, state, owner, due_day)
      SELECT 'burgerconsultatie', 'Signaal ' || n, repeat('Mensen vragen om uitleg. ', 20), 'biotechnologie-2026', ARRAY['keuzevrijheid'], ARRAY['kweekvlees'], 'bench', 'bench', n % 2 = 0, CASE WHEN n % 3 = 0 THEN 'gewogen' ELSE 'opgevangen' END,
        'Eigenaar ' || n % 20, current_date + n % 60 - 30 FROM generate_series(1, ${signals}) AS n;
    INSERT INTO zs.signal_step (signal_id, from_state, to_state, told, created_by) SELECT id, 'opgevangen', 'gewogen', 'Besproken.', 'bench' FROM zs.signal WHERE state = 'gewogen';
    INSERT INTO zs.signal_note (signal_id, body, created_by) SELECT s.id, 'Een opmerking.', 'bench' FROM zs.signal AS s, generate_series(1, 5);
    INSERT INTO zs.signal_evidence (signal_id, kind, round_id, why, asked, passage_id, created_by)
      SELECT s.id, 'passage', ${roundId}, 'Dit laat het zien.', '{}', e.id, 'bench' FROM zs.signal AS s CROSS JOIN LATERAL (SELECT id FROM zs.evidence WHERE id > s.id ORDER BY id LIMIT 3) AS e;
    INSERT INTO zs.signal_forward (signal_id, kind, addressee, question, role, due_day, created_by) SELECT id, 'departement', 'Ministerie', 'Wat doet u hiermee?', 'kaders-stellen', current_date + 30, 'bench' FROM zs.signal WHERE state = 'gewogen';
    INSERT INTO zs.signal_link (forward_id, token_hash, expires_at, used_at, created_by) SELECT id, sha256(int8send(id)), now() + interval '30 days', now(), 'bench' FROM zs.signal_forward WHERE id % 2 = 0;
    INSERT INTO zs.signal_answer (forward_id, link_id, outcome, reason, answered_by, answered_at) SELECT forward_id, id, 'deels', 'Wij nemen het mee.', 'Ministerie', now() FROM zs.signal_link;
    UPDATE zs.signal_forward SET state = 'geantwoord' WHERE id % 2 = 0;
    INSERT INTO zs.tafel_table (kind, title, quorum, quorum_sides, began_day, created_by, changed_by) VALUES ('maatschappelijke-tafel', 'De tafel', 5, 2, current_date - 100, 'bench', 'bench');
    INSERT INTO zs.tafel_member (table_id, name, organisation, side, began_day, created_by)
      SELECT t.id, 'Lid ' || n, 'Organisatie ' || n, (ARRAY['overheid', 'bedrijven', 'kennisinstellingen', 'maatschappelijke-organisaties'])[1 + n % 4], current_date - 100, 'bench' FROM zs.tafel_table AS t, generate_series(1, 20) AS n;
    INSERT INTO zs.meeting (table_id, day, place, state, created_by, changed_by)
      SELECT t.id, current_date - 7 * n, 'Den Haag', CASE WHEN n = 0 THEN 'gepland' WHEN n = 1 THEN 'gehouden' ELSE 'vastgesteld' END, 'bench', 'bench' FROM zs.tafel_table AS t, generate_series(0, 39) AS n;
    INSERT INTO zs.meeting_item (meeting_id, title, is_public, created_by) SELECT m.id, 'Punt ' || n, true, 'bench' FROM zs.meeting AS m, generate_series(1, 12) AS n;
    INSERT INTO zs.meeting_item (meeting_id, signal_id, created_by) SELECT m.id, s.id, 'bench' FROM zs.meeting AS m JOIN zs.signal AS s ON s.id % 40 = m.id % 40 WHERE s.state = 'opgevangen';
    UPDATE zs.meeting_item AS i SET decision = CASE WHEN m.state = 'vastgesteld' AND i.title IS NOT NULL AND i.id % 3 = 0 THEN 'besloten' ELSE 'besproken' END, told = 'Besproken.', members = 12, sides = 4, quorum = 5, quorum_sides = 2, decided_at = now(), decided_by = 'bench'
      FROM zs.meeting AS m WHERE m.id = i.meeting_id AND (m.state = 'vastgesteld' OR i.id % 2 = 0) AND m.state <> 'gepland';
    INSERT INTO zs.meeting_paper (meeting_id, title, reference, created_by) SELECT m.id, 'Stuk ' || n, 'https://example.nl/' || n, 'bench' FROM zs.meeting AS m, generate_series(1, 5) AS n;
    INSERT INTO zs.meeting_attendance (meeting_id, member_id, present, noted_by) SELECT m.id, d.id, d.id % 3 > 0, 'bench' FROM zs.meeting AS m, zs.tafel_member AS d WHERE m.state <> 'gepland';
    INSERT INTO zs.meeting_interest (meeting_id, member_id, told, created_by) SELECT m.id, min(d.id), 'Bestuurslid van een bedrijf.', 'bench' FROM zs.meeting AS m, zs.tafel_member AS d WHERE m.state <> 'gepland' GROUP BY m.id;
    INSERT INTO zs.meeting_action (meeting_id, told, owner, due_day, created_by) SELECT m.id, 'Uitzoeken ' || n, 'Lid ' || n, current_date + n, 'bench' FROM zs.meeting AS m, generate_series(1, 5) AS n WHERE m.state <> 'gepland';
    INSERT INTO zs.signal_suggestion (round_id, rule, subject, application, figures) SELECT ${roundId}, 'zorg', 'zorg_' || n, 'kweekvlees',
      '{"getal": 61.2, "laag": 57, "hoog": 65, "grens": 50, "basis": 612, "vraag": "Hoeveel zorgen?", "dimensie": "zorg"}' FROM generate_series(1, 50) AS n;
    INSERT INTO zs.message (sender, organisation, language, value_codes, application, body, received_day, destroy_day, state, aside_kind, aside_told, code_hash)
      SELECT CASE WHEN n % 5 = 0 THEN 'organisatie' ELSE 'burger' END, CASE WHEN n % 5 = 0 THEN 'Vereniging ' || n END, 'nl', ARRAY['keuzevrijheid'], 'kweekvlees', repeat('Ik maak mij zorgen over het etiket. Bel mij op 06-12345678. ', 20), current_date - n % 300,
        current_date + 400, g.state, CASE WHEN g.state = 'terzijde' THEN 'dubbel' END, CASE WHEN g.state = 'terzijde' THEN 'Is al gezegd.' END, sha256(int8send(n))
      FROM generate_series(1, ${messages}) AS n CROSS JOIN LATERAL (SELECT (ARRAY['gelezen', 'nieuw', 'terzijde'])[1 + n % 3] AS state) AS g;
    INSERT INTO zs.message_step (message_id, from_state, to_state, kind, told, created_by) SELECT id, 'nieuw', state, aside_kind, aside_told, 'bench' FROM zs.message WHERE state <> 'nieuw';
    INSERT INTO zs.signal_evidence (signal_id, kind, why, asked, passage_id, created_by) SELECT 1 + m.id % ${signals}, 'bericht', 'Dit laat het zien.', '{}', m.passage_id, 'bench' FROM zs.message AS m WHERE m.state = 'gelezen';
    INSERT INTO zs.recommendation (procedure, title, unclear, for_whom, proposal, owner, is_public, created_by, changed_by)
      SELECT 'burgerconsultatie', 'Aanbeveling ' || n, 'Niet duidelijk is wie beslist.', 'Burgers', repeat('Zeg wie beslist. ', 50), 'Eigenaar', true, 'bench', 'bench' FROM generate_series(1, 100) AS n;
    INSERT INTO zs.research_question (title, kind, technology, why_now, who, owner, is_public, created_by, changed_by)
      SELECT 'Onderzoeksvraag ' || n, (ARRAY['risico', 'ethisch', 'maatschappelijk'])[1 + n % 3], 'kweekvlees', 'Er komt een besluit.', 'RIVM', 'Eigenaar', true, 'bench', 'bench' FROM generate_series(1, 100) AS n;
    INSERT INTO zs.research_points (question_id, side, points, created_by)
      SELECT q.id, s.side, 1 + q.id % 5, 'bench' FROM zs.research_question AS q, unnest(ARRAY['overheid', 'bedrijven', 'kennisinstellingen', 'maatschappelijke-organisaties']) AS s (side);
    INSERT INTO zs.case_evidence (recommendation_id, signal_id, why, created_by) SELECT r.id, s.id, 'Daarom.', 'bench' FROM zs.recommendation AS r, zs.signal AS s WHERE s.id <= 10;
    INSERT INTO zs.case_evidence (question_id, passage_id, why, created_by) SELECT q.id, m.passage_id, 'Daarom.', 'bench' FROM zs.research_question AS q, zs.message AS m WHERE m.state = 'gelezen' AND m.id <= 15;
    INSERT INTO zs.case_step (recommendation_id, from_state, to_state, told, created_by) SELECT id, 'opgesteld', 'opgesteld', 'Aangevuld.', 'bench' FROM zs.recommendation;
    WITH given AS (SELECT convert_from(decode('${Buffer.from(proposed).toString('base64')}', 'base64'), 'UTF8') AS document)
      INSERT INTO zs.proposal (consultation, document, sha256, based_on, proposed_by, proposed_at)
      SELECT c.code, given.document, sha256(convert_to(given.document, 'UTF8')), c.published_at, a.id, now() FROM given, zs.consultation AS c, zs.account AS a WHERE c.code = 'biotechnologie-2026' AND a.name = '${other}';
    WITH search AS (INSERT INTO zs.campaign_search (round_id, variable, number, threshold, least, seed, texts, last_passage, made_by) SELECT ${roundId}, '${question}', 1, 0.7, 3, 0, count(*), max(id), 'bench' FROM zs.passage RETURNING id)
      INSERT INTO zs.campaign_member (search_id, passage_id, grouping) SELECT s.id, p.id, 1 + p.id % 50 FROM search AS s, (SELECT id FROM zs.passage WHERE variable = '${question}' ORDER BY id LIMIT 1000) AS p;
    VACUUM ANALYZE`);
}

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const literals = ({ path }) => path.split('/').filter((step) => !step.startsWith('{')).length;

// The route of an address: what is named before what may be anything.
function matcher(routes) {
  const tried = [...routes].sort((a, b) => literals(b) - literals(a)).map((route) => ({ route, test: new RegExp(`^${route.path.split(/\{[^}]*\}/).map(escaped).join('[^/]+')}$`) }));
  return (address) => tried.find(({ test }) => test.test(address.split('?')[0]))?.route;
}

// What no link leads to: where somebody is sent on to, or what a form asks for. Of files under the Woo the largest: of all signals that rest on the round.
export const addressesOf = (postgres, round) => [
  `/beheer/gesprekken/groep-1/laden/${postgres.number('SELECT max(id) FROM zs.transcript_draft')}`,
  `/beheer/afwegingskaders/${postgres.number("SELECT id FROM zs.framework WHERE application = 'kweekvlees'")}/vergelijken?van=1&naar=4`,
  `/beheer/woo/ronde/${round}`,
  `/beheer/tabellen/${round}?variabele=houding-algemeen&groepeerOp=leeftijd&doel=een+meting`,
];

// pages: an address of each page, by its route, the first that a link or one of `more` leads to. missed: routes to which none does, and which do not
// stand in QUIET. A new page is measured by itself, or said to be missed.
export async function pagesOf(staff, routes, more) {
  const routeOf = matcher(routes);
  const found = new Map();
  const read = new Map();
  const known = new Set(['/beheer', ...more]);
  const waiting = [...known];
  while (waiting.length > 0) {
    const address = waiting.shift();
    const route = routeOf(address);
    if (!route || route.path in QUIET || (read.get(route) ?? 0) >= SOME) continue;
    read.set(route, (read.get(route) ?? 0) + 1);
    const page = await staff.ask(address);
    if (staff.status !== 200) continue;
    if (!found.has(route)) found.set(route, address);
    for (const [, href] of page.matchAll(/href="(\/beheer[^"#]*)/g)) {
      const to = href.replaceAll('&amp;', '&');
      if (!known.has(to) && !/[?&]taal=/.test(to)) known.add(to) && waiting.push(to);
    }
  }
  const missed = routes.filter((route) => !(route.path in QUIET) && !found.has(route)).map(({ path }) => path);
  return { pages: [...found].map(([{ path }, address]) => ({ path, address })), missed };
}
