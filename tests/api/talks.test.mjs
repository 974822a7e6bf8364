// What was said, by the API: conversations, who was there, texts, search, codes and agreement; and what a key never sees.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { apiOf, checkProblem, faultsOf, request } from './lib/http.mjs';
import { openapi, startService } from './lib/service.mjs';

const PLACE = 'biotechnologie-2026';
const ROUND = 'ronde-een';
const CLOSED = 'ronde-dicht';
const FG = 'ronde-een-focusgroep-1';
const OTHER = 'ronde-een-focusgroep-2'; // nothing is loaded of it
const EN = 'ronde-een-interview-1';
const SHUT = 'ronde-dicht-interview-1';
const SECRETS = ['Mo Zwijgzaam', 'Nora Notulist', 'Buurthuis De Geheime Plek', 'kluis van Jansen', 'geheime memo', 'cora', 'karel', 'Wil ik toch niet', 'Mijn naam is Haas'];
let service;
let api;
let key;
const seen = [];

const bearer = (text = key) => ({ headers: { Authorization: `Bearer ${text}` } });
async function get(path, text) {
  const reply = await api.get(path, bearer(text));
  seen.push(reply.text);
  return reply;
}
const found = async (query, round = ROUND) => get(`/rondes/${round}/passages?${new URLSearchParams(query)}`);
const textsOf = (reply) => reply.json.passages.map(({ tekst }) => tekst);
const nextOf = (reply) => /<([^>]*)>; rel="next"/.exec(reply.headers.link ?? '')?.[1].slice(`${service.url}/v1`.length);
const fill = () => service.sql('SELECT zs.passage_words_fill(1000)');

// P1 to P5 are women, P1 and P2 of one age; P6 is a man. P7 came and took back their consent, P8 withdrew.
const BACKGROUND = [['vrouw', '25-34'], ['vrouw', '25-34'], ['vrouw', '65-74'], ['vrouw', '45-54'], ['vrouw', '18-24'], ['man', '25-34'], ['vrouw', '25-34'], ['vrouw', '25-34']];
function people(conversation, backgrounds) {
  return backgrounds.map(([gender, leeftijd], i) => `
    INSERT INTO zs.participant (conversation_id, pseudonym, standing, age, background) SELECT id, 'P${i + 1}', 'gekomen', 'volwassen', '{"gender": "${gender}", "leeftijd": "${leeftijd}"}' FROM zs.conversation WHERE code = '${conversation}';
    INSERT INTO zs.participant_name SELECT max(id), 'verzegeld' FROM zs.participant;
    INSERT INTO zs.consent (participant_id, form_version, given_day, manner, by_parent, takes_part, recording, quotes, archive, contact, noted_by) SELECT max(id), '1', current_date, 'papier', false, true, true, ${i !== 1}, true, true, 'a' FROM zs.participant;`).join('');
}
function conversation(code, round, kind, language) {
  return `
    INSERT INTO zs.conversation (code, round_id, kind, guide_version, status, day, province, language, setting, moderator, note_taker, venue, incentive, incentive_cents, asked_parts, created_by)
      SELECT '${code}', id, '${kind}', 1, 'gehouden', '2027-01-20', 'PV26', '${language}', 'live', 'Mo Zwijgzaam', 'Nora Notulist', 'Buurthuis De Geheime Plek', 'cadeaubon', 2500, '{opening}', 'a' FROM zs.round WHERE code = '${round}';
    INSERT INTO zs.recording (round_id, conversation_id, conversation_code, kind, kept_at, destroy_by, noted_by) SELECT round_id, id, code, 'geluid', 'kluis van Jansen', '2027-06-01', 'a' FROM zs.conversation WHERE code = '${code}';
    INSERT INTO zs.transcript_version (conversation_id, number, is_current, cause, source, created_by) SELECT id, 1, true, 'geladen', 'opname', 'a' FROM zs.conversation WHERE code = '${code}';`;
}
// [kind, pseudonym or speaker, text]
function turns(code, list) {
  return list.map(([kind, who, text], i) => `
    WITH made AS (INSERT INTO zs.turn (conversation_id, kind, speaker, participant_id, part, body)
      SELECT c.id, '${kind}', '${/^P/.test(who) ? 'deelnemer' : who}', (SELECT id FROM zs.participant WHERE conversation_id = c.id AND pseudonym = '${who}'), 'opening', $t$${text}$t$ FROM zs.conversation AS c WHERE code = '${code}' RETURNING id, conversation_id)
    INSERT INTO zs.transcript_turn SELECT v.id, ${i + 1}, made.id FROM made JOIN zs.transcript_version AS v USING (conversation_id);`).join('');
}
const person = (pseudonym) => `SELECT p.id FROM zs.participant AS p JOIN zs.conversation AS c ON c.id = p.conversation_id WHERE c.code = '${FG}' AND p.pseudonym = '${pseudonym}'`;
const passage = (start) => `(SELECT id FROM zs.evidence WHERE body LIKE '${start}%')`;
// One coder's work on a passage; position 1 is whose codings count.
function coded(start, coder, position, value, { direction = 'tegen', decided = false, counts = position === 1, done = true } = {}) {
  const bits = { natuurlijkheid: 8, veiligheid: 2 };
  return `${decided ? '' : `INSERT INTO zs.coding_task (batch_id, round_id, passage_id, coder_id, position, place, done_at) SELECT 1, round_id, id, ${coder}, ${position}, 1, ${done ? 'now()' : 'NULL'} FROM zs.evidence WHERE id = ${passage(start)};`}
    ${value ? `INSERT INTO zs.coding (round_id, passage_id, coder_id, book_version, start_at, end_at, value_bits, counts, decided, codes, application, direction, method, conversation_id, participant_id, response_id, memo)
      SELECT round_id, id, ${coder}, 1, 0, length(body), ${bits[value]}, ${counts}, ${decided}, '{${value}}', 'kweekvlees', '${direction}', coalesce(method, 'enquete'), conversation_id, participant_id, response_id, 'geheime memo' FROM zs.evidence WHERE id = ${passage(start)};` : ''}`;
}

before(async () => {
  service = await startService({ rounds: { [ROUND]: {}, [CLOSED]: { interim: 'gesloten' }, 'proef-een': { of: 'proef' } } });
  api = apiOf(service, openapi);
  service.must('guide', 'publish', 'config/guides/focusgroep-biotechnologie.json', '--consultation', PLACE);
  service.must('codebook', 'publish', 'zeven-waarden', '--consultation', PLACE);
  service.must('codebook', 'publish', 'zeven-waarden', '--consultation', 'proef');
  service.sql(`
    ${conversation(FG, ROUND, 'focusgroep', 'nl')} ${people(FG, BACKGROUND)}
    ${conversation(EN, ROUND, 'interview', 'en')} ${people(EN, [['vrouw', '25-34']])}
    ${conversation(OTHER, ROUND, 'focusgroep', 'nl')} ${people(OTHER, Array.from({ length: 12 }, (_, i) => [i % 2 ? 'man' : 'vrouw', '35-44']))}
    DELETE FROM zs.transcript_version WHERE conversation_id = (SELECT id FROM zs.conversation WHERE code = '${OTHER}');
    ${conversation(SHUT, CLOSED, 'interview', 'nl')} ${people(SHUT, [['man', '25-34']])}
    ${turns(FG, [
    ['uitspraak', 'moderator', 'Wat vindt u van kweekvlees?'],
    ['uitspraak', 'P1', 'Ik vind kweekvlees <b>niet</b> natuurlijk & vreemd.'],
    ['uitspraak', 'P2', 'Boeren verliezen hun werk, zegt de enquête.'],
    ['aantekening', 'P3', 'P3 knikt: kweekvlees is goed voor dieren.'],
    ['uitspraak', 'P7', 'Wil ik toch niet gezegd hebben over kweekvlees.'],
    ['uitspraak', 'P8', 'Mijn naam is Haas en ik eet geen kweekvlees.'],
    ['uitspraak', 'P6', 'Twee codeurs zien dit anders.'],
    ['nabespreking', 'moderator', 'Een rustig gesprek.'],
  ])}
    ${turns(EN, [['uitspraak', 'P1', 'Farmers are losing their farms.'], ['uitspraak', 'P1', 'Mail my neighbour Zebedee at zeb@example.nl.'], ['uitspraak', 'moderator', 'I am Mo.']])}
    ${turns(SHUT, [['uitspraak', 'P1', 'Nog geheim over kweekvlees.']])}
    INSERT INTO zs.account (name) VALUES ('cora'), ('karel');
    INSERT INTO zs.coder (account_id, name) SELECT id, name FROM zs.account WHERE name IN ('cora', 'karel') ORDER BY name;
    INSERT INTO zs.coding_plan (round_id, book_version, bar, changed_by) SELECT id, 1, 0.667, 'a' FROM zs.round WHERE code IN ('${ROUND}', '${CLOSED}');
    INSERT INTO zs.coding_batch (round_id, number, source, seed, share, created_by) SELECT id, 1, 'gesprekken', decode(repeat('00', 16), 'hex'), 1, 'a' FROM zs.round WHERE code = '${ROUND}';
    ${coded('Ik vind', 1, 1, 'natuurlijkheid')}
    ${coded('Wil ik', 1, 1, 'natuurlijkheid')}
    ${coded('Mijn naam', 1, 1, 'natuurlijkheid')}
    ${coded('Twee codeurs', 1, 1, 'natuurlijkheid')} ${coded('Twee codeurs', 2, 2, 'veiligheid')}
    ${coded('Boeren', 1, 1, 'veiligheid', { counts: false })} ${coded('Boeren', 2, 2, 'natuurlijkheid')} ${coded('Boeren', 1, 0, 'veiligheid', { decided: true, counts: true })}
    INSERT INTO zs.adjudication (passage_id, round_id, decided_by) SELECT id, round_id, 'a' FROM zs.evidence WHERE body LIKE 'Boeren%';
    SELECT zs.participant_withdraw((${person('P8')}), 'a');
    INSERT INTO zs.consent (participant_id, form_version, given_day, manner, by_parent, takes_part, recording, quotes, archive, contact, noted_by) SELECT id, '1', current_date, 'papier', false, false, false, false, false, false, 'a' FROM (${person('P7')}) AS p (id);
    SELECT zs.passage_words_fill(1000);`);
  key = service.must('key', 'issue', '--scopes', 'gesprekken', '--label', 'onderzoek', '--purpose', 'terugvinden');
  const until = Date.now() + 20_000;
  while ((await request(service, 'GET', `/v1/consultaties/${PLACE}/codeboeken`, bearer())).status !== 200) {
    assert.ok(Date.now() < until);
    await sleep(100);
  }
});
after(() => service?.stop());

describe('conversations by the API', () => {
  test('are listed and filtered, page by page, without who led them and where', async () => {
    const all = await get(`/consultaties/${PLACE}/gesprekken`);
    assert.deepEqual(all.json.gesprekken.map(({ gesprek }) => gesprek).sort(), [SHUT, FG, OTHER, EN].sort());
    const only = await get(`/consultaties/${PLACE}/gesprekken?soort=focusgroep&ronde=${ROUND}&status=gehouden`);
    assert.deepEqual(only.json.gesprekken.map(({ gesprek }) => gesprek), [OTHER, FG]);
    assert.deepEqual(only.json.gesprekken[1].toestemming, { gekomen: 8, geldig: 6, citeren: 5, archiveren: 6, ingetrokken: 1 });
    const pages = [];
    for (let at = `/consultaties/${PLACE}/gesprekken?paginaGrootte=1`; at; at = nextOf(pages.at(-1))) pages.push(await get(at));
    assert.deepEqual(pages.flatMap(({ json }) => json.gesprekken), all.json.gesprekken);
    const faults = await get(`/consultaties/${PLACE}/gesprekken?soort=praatje&status=x`);
    assert.deepEqual(Object.keys(faultsOf(checkProblem(faults, 400))), ['soort', 'status']);
    checkProblem(await get(`/consultaties/${PLACE}/gesprekken?ronde=proef-een`), 400);
  });

  test('are one by one under their consultation, and under no other', async () => {
    const one = await get(`/consultaties/${PLACE}/gesprekken/${FG}`);
    assert.equal(one.json.datum, '2027-01-20');
    assert.equal(one.json.transcriptVersie, 2, 'a withdrawal made another version');
    assert.deepEqual(one.json.gesteld, ['opening']);
    checkProblem(await get(`/consultaties/proef/gesprekken/${FG}`), 404);
    checkProblem(await get(`/consultaties/${PLACE}/gesprekken/bestaat-niet`), 404);
  });

  test('tell of who was there only what five people share, and nothing of who does not agree', async () => {
    const { json } = await get(`/consultaties/${PLACE}/gesprekken/${FG}/deelnemers`);
    const of = Object.fromEntries(json.deelnemers.map((person) => [person.pseudoniem, person]));
    assert.deepEqual(Object.keys(of), ['P1', 'P2', 'P3', 'P4', 'P5', 'P6', 'P7', 'P8']);
    assert.equal(of.P7.toestemming, 'ontbreekt');
    assert.equal(of.P8.toestemming, 'ingetrokken');
    for (const gone of [of.P7, of.P8]) assert.deepEqual({ ...gone.achtergrond, citeren: gone.citeren, archiveren: gone.archiveren }, { citeren: false, archiveren: false });
    assert.equal(of.P2.citeren, false);
    assert.equal(of.P1.citeren, true);
    // Counted here anew, over the round: whoever shows anything shows what four others show.
    const round = [...json.deelnemers];
    for (const other of [EN, OTHER]) round.push(...(await get(`/consultaties/${PLACE}/gesprekken/${other}/deelnemers`)).json.deelnemers);
    const shown = round.filter(({ toestemming }) => toestemming === 'geldig').map(({ achtergrond }) => JSON.stringify(achtergrond));
    for (const profile of shown) assert.ok(profile === '{}' || shown.filter((other) => other === profile).length >= 5, `${profile} of ${shown}`);
    assert.deepEqual([of.P1, of.P6].map(({ achtergrond }) => achtergrond), [{ gender: 'vrouw' }, {}], 'of her age there are too few, and he is alone with his');
  });

  test('tell what was said in order, with what is no quote, left out, or whose nobody may use', async () => {
    const { json } = await get(`/consultaties/${PLACE}/gesprekken/${FG}/passages`);
    assert.deepEqual(json.passages.map(({ plaats, soort }) => `${plaats} ${soort}`), ['1 uitspraak', '2 uitspraak', '3 uitspraak', '4 aantekening', '6 weggelaten', '7 uitspraak', '8 nabespreking']);
    assert.equal(json.passages[4].tekst, '[weggelaten op verzoek]');
    assert.deepEqual(json.passages.map(({ citeren }) => citeren), [undefined, true, false, false, false, true, undefined]);
    const pages = [];
    for (let at = `/consultaties/${PLACE}/gesprekken/${FG}/passages?paginaGrootte=3`; at; at = nextOf(pages.at(-1))) pages.push(await get(at));
    assert.equal(pages.length, 3);
    assert.deepEqual(pages.flatMap((page) => page.json.passages), json.passages);
    checkProblem(await get(`/consultaties/${PLACE}/gesprekken/${SHUT}/passages`), 403);
  });
});

describe('searching', () => {
  test('finds by stem, without accents, in the language that was spoken', async () => {
    assert.deepEqual(textsOf(await found({ zoek: 'kweekvlees' })), ['Wat vindt u van kweekvlees?', 'Ik vind kweekvlees <b>niet</b> natuurlijk & vreemd.', 'P3 knikt: kweekvlees is goed voor dieren.']);
    assert.deepEqual(textsOf(await found({ zoek: 'dier' })), ['P3 knikt: kweekvlees is goed voor dieren.']);
    assert.deepEqual(textsOf(await found({ zoek: 'enquete boer' })), ['Boeren verliezen hun werk, zegt de enquête.']);
    assert.deepEqual(textsOf(await found({ zoek: 'farm lose' })), ['Farmers are losing their farms.']);
    assert.deepEqual(textsOf(await found({ zoek: 'kweekvlees -dieren -wat' })), ['Wat vindt u van kweekvlees?', 'Ik vind kweekvlees <b>niet</b> natuurlijk & vreemd.'], 'wat is no word to search by');
    assert.deepEqual(textsOf(await found({ zoek: '"boeren kweekvlees"' })), []);
    assert.deepEqual(textsOf(await found({ zoek: '"boeren verliezen"' })), ['Boeren verliezen hun werk, zegt de enquête.']);
    for (const odd of ["'; DROP TABLE zs.turn; --", '((((', '& | !', '"', 'de het een', '\u{1F600}', 'a'.repeat(200)]) assert.deepEqual(textsOf(await found({ zoek: odd })), [], odd);
    assert.deepEqual(Object.keys(faultsOf(checkProblem(await found({ zoek: 'a'.repeat(201) }), 400))), ['zoek']);
  });

  test('shows the words where they stand', async () => {
    const [one] = (await found({ zoek: 'natuurlijk', methode: 'focusgroep' })).json.passages;
    assert.equal(one.fragment.map(({ tekst }) => tekst).join(''), 'vind kweekvlees <b>niet</b> natuurlijk & vreemd', 'from the first word that says something');
    assert.deepEqual(one.fragment.filter(({ treffer }) => treffer).map(({ tekst }) => tekst), ['natuurlijk']);
    assert.equal(one.coderingen.length, 1, 'with what was coded on it');
    assert.deepEqual(textsOf(await found({ zoek: 'natuurlijk', methode: 'interview' })), []);
    assert.deepEqual(textsOf(await found({ zoek: 'kweekvlees', waarde: 'natuurlijkheid' })), ['Ik vind kweekvlees <b>niet</b> natuurlijk & vreemd.']);
  });

  test('finds nothing of who does not agree, who withdrew, and what another version took the place of', async () => {
    for (const word of ['Haas', 'gezegd', 'verzoek']) assert.deepEqual(textsOf(await found({ zoek: word })), [], word);
    assert.equal(service.sql("SELECT count(*) FROM zs.passage_words WHERE words @@ 'haas'"), '0', 'the index has no word of it');
    assert.equal(service.sql('SELECT count(*) FROM zs.passage_words AS w WHERE NOT EXISTS (SELECT FROM zs.turn AS t WHERE t.id = w.passage_id AND t.body IS NOT NULL)'), '0');
    checkProblem(await found({ zoek: 'geheim' }, CLOSED), 403);
  });

  test('tells no words in which somebody still has to decide about personal data, and how many', async () => {
    const all = async () => (await get(`/consultaties/${PLACE}/gesprekken/${EN}/passages`)).json;
    const before = await all();
    assert.deepEqual(before.passages.map(({ tekst, ingehouden }) => [tekst, ingehouden]), [['Farmers are losing their farms.', undefined], [undefined, 'persoonsgegevens'], [undefined, 'persoonsgegevens']], 'the moderator is named Mo');
    assert.equal(before.ingehouden, 2);
    const [one] = (await found({ zoek: 'neighbour' })).json.passages;
    assert.deepEqual({ tekst: one.tekst, fragment: one.fragment, ingehouden: one.ingehouden, passage: one.passage }, { tekst: undefined, fragment: [], ingehouden: 'persoonsgegevens', passage: before.passages[1].passage });
    assert.equal((await found({ zoek: 'neighbour' })).json.ingehouden, 1);
    assert.equal((await found({ zoek: 'farm lose' })).json.ingehouden, 0);
    for (const text of seen) assert.doesNotMatch(text, /Zebedee|zeb@|I am Mo/);
    service.sql(`INSERT INTO zs.personal_kept (passage_id, start_at, end_at, kept_by) SELECT id, strpos(body, 'zeb@') - 1, strpos(body, 'zeb@') + 13, 'a' FROM zs.turn WHERE body LIKE '%zeb@%'`);
    assert.deepEqual((await all()).passages.map(({ tekst }) => tekst), ['Farmers are losing their farms.', 'Mail my neighbour Zebedee at zeb@example.nl.', undefined]);
    assert.equal((await found({ zoek: 'neighbour' })).json.passages[0].fragment.length > 0, true);
    service.sql("DELETE FROM zs.personal_kept");
  });

  test('comes in pages that end', async () => {
    const pages = [];
    for (let at = `/rondes/${ROUND}/passages?zoek=kweekvlees&paginaGrootte=2`; at; at = nextOf(pages.at(-1))) pages.push(await get(at));
    assert.deepEqual(pages.map(({ json }) => json.passages.length), [2, 1]);
    assert.equal(pages[0].json.aantallen.passages, 3);
    assert.equal(pages[0].json.aantallen.coderingen, 0, 'words are no codings');
    for (const cursor of ['x', '-1', '0', '']) checkProblem(await found({ cursor }), 400);
  });
});

describe('codes', () => {
  test('are found by value, direction and method, as far as they are settled and may be seen', async () => {
    const all = await found({});
    assert.deepEqual(textsOf(all), ['Ik vind kweekvlees <b>niet</b> natuurlijk & vreemd.', 'Boeren verliezen hun werk, zegt de enquête.'], 'P7, P8 and what two differ about are not there');
    assert.deepEqual(all.json.aantallen, { mensen: 2, inzendingen: 0, deelnemers: 2, interviews: 0, focusgroepen: 1, passages: 2, coderingen: 2 });
    assert.deepEqual(all.json.onderDeGrens, ['veiligheid', 'natuurlijkheid'], 'two coders agree on neither');
    assert.deepEqual(textsOf(await found({ waarde: 'veiligheid' })), ['Boeren verliezen hun werk, zegt de enquête.']);
    assert.deepEqual(textsOf(await found({ richting: 'voor' })), []);
    const faults = checkProblem(await found({ waarde: 'x', richting: 'y', methode: 'z', groep: 'a:b', toepassing: 'q', herkomst: 'h', facet: 'f', uiting: 'u' }), 400);
    assert.deepEqual(Object.keys(faultsOf(faults)).sort(), ['facet', 'groep', 'herkomst', 'methode', 'richting', 'toepassing', 'uiting', 'waarde']);
  });

  test('of a group of fewer than five people are not shown', async () => {
    const refused = checkProblem(await found({ groep: 'gender:vrouw' }), 403);
    assert.match(refused.type, /te-weinig-mensen$/);
    assert.equal((await found({ groep: 'gender:anders' })).json.passages.length, 0);
    assert.equal(service.sql("SELECT details->'vraag'->>'groep' FROM zs.audit_event WHERE action = 'coding.find' AND result = 'refused'"), 'gender:vrouw');
  });

  test('of two coders stay blind until it was decided; then both are there, as numbers', async () => {
    const { coderingen: all, onderDeGrens } = (await get(`/rondes/${ROUND}/coderingen`)).json;
    assert.deepEqual(onderDeGrens, ['veiligheid', 'natuurlijkheid']);
    assert.equal(all.length, 4);
    const passages = new Set(all.map(({ passage: id }) => id));
    assert.equal(passages.size, 2);
    const decided = all.find(({ besloten }) => besloten);
    const three = (await get(`/rondes/${ROUND}/coderingen?passage=${decided.passage}`)).json.coderingen;
    assert.deepEqual(three.map(({ codeur, besloten, telt, codes }) => `${codeur} ${besloten} ${telt} ${codes}`), ['C1 false false veiligheid', 'C2 false false natuurlijkheid', 'C1 true true veiligheid']);
    const blind = service.sql(`SELECT ${passage('Twee')}`);
    assert.deepEqual((await get(`/rondes/${ROUND}/coderingen?passage=${blind}`)).json.coderingen, []);
    const pages = [];
    for (let at = `/rondes/${ROUND}/coderingen?paginaGrootte=3`; at; at = nextOf(pages.at(-1))) pages.push(await get(at));
    assert.deepEqual(pages.flatMap(({ json }) => json.coderingen), all);
    checkProblem(await get(`/rondes/${ROUND}/coderingen?passage=x`), 400);
  });

  test('follow a code book that is told whole', async () => {
    const { json } = await get(`/consultaties/${PLACE}/codeboeken`);
    assert.deepEqual(json.codeboeken.map(({ code, versie }) => `${code} ${versie}`), ['zeven-waarden 1']);
    const book = (await get(`/consultaties/${PLACE}/codeboeken/${json.codeboeken[0].codeboek}`)).json;
    assert.equal(book.boom.filter(({ onder, waarde }) => !onder && waarde).length, 7);
    for (const code of book.boom) assert.ok(code.definitie && (!code.onder || book.boom.some((above) => above.code === code.onder)), code.code);
    assert.deepEqual(book.assen.richting.map(({ code }) => code), ['voor', 'tegen', 'onder-voorwaarden', 'onduidelijk']);
    checkProblem(await get(`/consultaties/proef/codeboeken/${json.codeboeken[0].codeboek}`), 404);
    checkProblem(await get(`/consultaties/${PLACE}/codeboeken/x`), 404);
  });

  test('agree as far as is measured, with what was coded by two', async () => {
    const { json } = await get(`/rondes/${ROUND}/overeenstemming`);
    assert.equal(json.gemeten, true);
    assert.equal(json.dubbel, 2);
    assert.equal(json.grens, 0.667);
    assert.equal(json.waarden.length, 7);
    // Two sentences in which each coder gave another value than the other: none agrees.
    const nature = json.waarden.find(({ waarde }) => waarde === 'natuurlijkheid');
    assert.equal(nature.gelijk, 0);
    assert.ok(nature.alfa < 0);
    assert.equal(nature.haaltGrens, false);
    const at = json.verwarring.namen.indexOf('natuurlijkheid');
    assert.equal(json.verwarring.aantallen[at][json.verwarring.namen.indexOf('veiligheid')], 2);
    checkProblem(await get(`/rondes/${CLOSED}/overeenstemming`), 403);
  });
});

describe('a key', () => {
  test('without the scope opens none of it, and one for another consultation neither', async () => {
    const paths = [`/consultaties/${PLACE}/gesprekken`, `/consultaties/${PLACE}/gesprekken/${FG}`, `/consultaties/${PLACE}/gesprekken/${FG}/deelnemers`, `/consultaties/${PLACE}/gesprekken/${FG}/passages`,
      `/consultaties/${PLACE}/codeboeken`, `/consultaties/${PLACE}/codeboeken/1`, `/rondes/${ROUND}/passages`, `/rondes/${ROUND}/coderingen`, `/rondes/${ROUND}/overeenstemming`];
    const elsewhere = service.must('key', 'issue', '--scopes', 'gesprekken', '--label', 'elders', '--purpose', 'elders', '--consultation', 'proef');
    const until = Date.now() + 20_000;
    while ((await request(service, 'GET', '/v1/consultaties/proef/codeboeken', bearer(elsewhere))).status !== 200) {
      assert.ok(Date.now() < until);
      await sleep(100);
    }
    for (const path of paths) {
      for (const other of [service.keys.all, elsewhere]) checkProblem(await get(path, other), 403);
      checkProblem(await api.get(path), 401);
      assert.equal((await get(path)).status, 200, path);
    }
  });

  test('never saw a name, a place, a recording, a memo or what somebody took back', () => {
    assert.ok(seen.length > 60);
    for (const secret of SECRETS) for (const text of seen) assert.ok(!text.includes(secret), `${secret} in ${text.slice(0, 300)}`);
  });

  test('leaves a line for each call, with its purpose and without the words that were searched', () => {
    const lines = service.sql("SELECT string_agg(DISTINCT action, ' ' ORDER BY action) FROM zs.audit_event WHERE actor = 'onderzoek' AND details->>'doel' = 'terugvinden'");
    assert.equal(lines, 'coding.agreement coding.find coding.list conversation.list conversation.view participant.list transcript.view');
    assert.equal(service.sql("SELECT count(*) FROM zs.audit_event WHERE details::text LIKE '%kweekvlees -dieren%' OR details::text ILIKE '%haas%'"), '0');
  });

  test('finds what changed in a text by its new words within the minute, and by its old ones no more', async () => {
    service.sql(`UPDATE zs.transcript_version SET is_current = false WHERE conversation_id = (SELECT id FROM zs.conversation WHERE code = '${EN}');
      INSERT INTO zs.transcript_version (conversation_id, number, is_current, cause, source, created_by) SELECT id, 2, true, 'verbeterd', 'opname', 'a' FROM zs.conversation WHERE code = '${EN}';
      WITH made AS (INSERT INTO zs.turn (conversation_id, kind, speaker, participant_id, body) SELECT conversation_id, kind, speaker, participant_id, 'Bakers are losing their bread.' FROM zs.turn WHERE body LIKE 'Farmers%' RETURNING id)
      INSERT INTO zs.transcript_turn SELECT (SELECT max(id) FROM zs.transcript_version), 1, id FROM made;`);
    assert.deepEqual(textsOf(await found({ zoek: 'farms' })), []);
    fill();
    assert.deepEqual(textsOf(await found({ zoek: 'baker' })), ['Bakers are losing their bread.']);
    const gone = await found({ zoek: 'farms' });
    assert.equal(gone.json.aantallen.passages, 0);
  });

  // Of more than a page of codings on one passage the rest was never shown.
  test('finds a passage with all of its codings, however many, and the one behind it', async () => {
    service.sql(`INSERT INTO zs.coding (round_id, passage_id, coder_id, book_version, start_at, end_at, value_bits, counts, codes, method, conversation_id, participant_id)
      SELECT round_id, passage_id, coder_id, book_version, n, n + 1, 8, true, '{natuurlijkheid}', method, conversation_id, participant_id FROM zs.coding, generate_series(1, 39) AS n WHERE passage_id = ${passage('Ik vind')} AND ended_at IS NULL;
      INSERT INTO zs.coding (round_id, passage_id, coder_id, book_version, start_at, end_at, value_bits, counts, codes, method, conversation_id, participant_id)
      SELECT round_id, passage_id, coder_id, book_version, start_at, end_at, 8, true, '{natuurlijkheid}', method, conversation_id, participant_id FROM zs.coding WHERE passage_id = ${passage('Ik vind')} AND ended_at IS NULL`);
    const first = await found({ paginaGrootte: 1 });
    assert.deepEqual(first.json.passages.map(({ coderingen }) => coderingen.length), [80]);
    const second = await get(nextOf(first));
    assert.deepEqual(textsOf(second), ['Boeren verliezen hun werk, zegt de enquête.']);
    assert.equal(nextOf(second), undefined);
  });
});

describe('a corrected text', () => {
  let sender;
  const AT = `/consultaties/${PLACE}/gesprekken/${OTHER}/transcriptversies`;
  const VERSIONS = `SELECT count(*) FROM zs.transcript_version AS v JOIN zs.conversation AS c ON c.id = v.conversation_id WHERE c.code = '${OTHER}'`;
  async function send(text, { fields = { reden: 'opnieuw beluisterd' }, name = 'groep.txt', path = AT, as = sender } = {}) {
    const form = new FormData();
    for (const [field, value] of Object.entries(fields)) form.append(field, value);
    if (text !== undefined) form.append('bestand', new Blob([text]), name);
    const encoded = new Response(form);
    const body = Buffer.from(await encoded.arrayBuffer());
    return api.call('POST', path, { ...bearer(as), headers: { Authorization: `Bearer ${as}`, 'Content-Type': encoded.headers.get('content-type') }, body });
  }
  before(async () => {
    sender = service.must('key', 'issue', '--scopes', 'transcripties', '--label', 'uittypen', '--purpose', 'verbeteren');
    for (const until = Date.now() + 20_000; (await send('', { as: sender })).status === 401; await sleep(100)) assert.ok(Date.now() < until);
    checkProblem(await send('Moderator: Nog niets.'), 409);
    service.sql(`INSERT INTO zs.transcript_version (conversation_id, number, is_current, cause, source, created_by) SELECT id, 1, true, 'geladen', 'opname', 'a' FROM zs.conversation WHERE code = '${OTHER}';`
      + turns(OTHER, [['uitspraak', 'moderator', 'Wat vindt u ervan?'], ['uitspraak', 'P1', 'Het is gewoon niet natuurlijk.'], ['uitspraak', 'moderator', 'Echt niet?'], ['uitspraak', 'P1', 'Nee, liever niet.']])
      + `INSERT INTO zs.coding (round_id, passage_id, coder_id, book_version, start_at, end_at, value_bits, counts, codes, method, conversation_id, participant_id)
        SELECT c.round_id, t.id, 1, 1, strpos(t.body, 'niet') - 1, strpos(t.body, 'niet') + 3, 8, true, '{natuurlijkheid}', 'focusgroep', c.id, t.participant_id FROM zs.turn AS t JOIN zs.conversation AS c ON c.id = t.conversation_id WHERE c.code = '${OTHER}' AND t.participant_id IS NOT NULL`);
  });

  test('is compared, and put in the place of what stood, with the codings that could not follow', async () => {
    const text = 'Moderator: Wat vindt u ervan?\nP1: Het is echt niet natuurlijk.\nModerator: Echt niet?\nP1: Nee, liever ook vis.\nModerator: Dank u.\n';
    const look = await send(text, { fields: { reden: 'x', toepassen: 'nee' } });
    assert.equal(look.status, 200);
    assert.deepEqual(look.json, { gesprek: OTHER, toegepast: false, transcriptVersie: 1, beurten: { gelijk: 2, gewijzigd: 2, toegevoegd: 1, vervallen: 0 }, vervangenGebleven: 0 });
    assert.equal(service.sql(VERSIONS), '1');
    const done = await send(text);
    assert.equal(done.status, 201);
    assert.equal(done.json.transcriptVersie, 2);
    assert.deepEqual(done.json.wijzigingen.map(({ plaats, oud, nieuw, toegevoegd }) => [plaats, oud, nieuw, toegevoegd]), [[2, 'gewoon', 'echt', false], [4, 'niet', 'ook vis', false], [5, '', 'Dank u.', true]]);
    assert.deepEqual(done.json.verlorenCoderingen.map(({ codes }) => codes), [['natuurlijkheid']]);
    assert.equal(service.sql(`SELECT string_agg(substr(e.body, k.start_at + 1, k.end_at - k.start_at), ' ') FROM zs.coding AS k JOIN zs.evidence AS e ON e.id = k.passage_id JOIN zs.conversation AS c ON c.id = e.conversation_id WHERE c.code = '${OTHER}' AND k.ended_at IS NULL`), 'niet');
    const again = await send(text);
    assert.equal(again.status, 200);
    assert.equal(again.json.toegepast, false, 'nothing changes');
    assert.equal(service.sql("SELECT string_agg(DISTINCT action, ' ' ORDER BY action) FROM zs.audit_event WHERE actor = 'uittypen'"), 'transcript.compare transcript.correct');
  });

  test('that is bad says what is wrong with it, and changes nothing', async () => {
    const faults = async (...sent) => Object.keys(faultsOf(checkProblem(await send(...sent), 400)));
    assert.deepEqual(await faults(undefined, { fields: { toepassen: 'misschien', tekenset: 'EBCDIC' } }), ['/bestand', '/reden', '/toepassen', '/tekenset']);
    assert.deepEqual(await faults('Moderator: Hallo.\nPiet: Hoi.\n'), ['/bestand']);
    assert.deepEqual(await faults('WEBVTT\n\n00:09 -> 00:10\nKapot\n', { name: 'x.vtt' }), ['/bestand']);
    assert.deepEqual(await faults(Buffer.from([0x50, 0x4b, 3, 4, 0, 0]), { name: 'x.docx' }), ['/bestand']);
    assert.deepEqual(await faults(Buffer.alloc(100)), ['/bestand']);
    assert.deepEqual(await faults(Buffer.alloc(10 * 1024 * 1024 + 10, 0x61)), ['/bestand']);
    checkProblem(await send('P1: x', { path: AT.replace(OTHER, 'bestaat-niet') }), 404);
    checkProblem(await send('P1: x', { path: AT.replace(PLACE, 'proef') }), 404);
    checkProblem(await send('P1: x', { as: key }), 403);
    checkProblem(await api.call('POST', AT, { ...bearer(sender), body: { reden: 'x' } }), 415);
    // P7 of this one took back their consent.
    checkProblem(await send('Moderator: x', { path: AT.replace(OTHER, FG) }), 409);
    assert.equal(service.sql(VERSIONS), '2');
  });
});
