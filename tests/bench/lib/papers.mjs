// What the table writes, by the service's own forms: a public value map, findings of others, sheets of the assessment framework with versions, reports on their
// way to everybody, and pieces judged under the Woo. All that they draw from is there (talk.mjs, back_office.mjs), and the round has a release.
import { say } from './figures.mjs';
import { sentences } from './talk.mjs';

const FINDINGS = 30;
const VERSIONS = 4; // of a sheet
const LISTED = { argumenten: 12, spanningen: 4, voorwaarden: 6, minderheden: 3, afwijkend: 2 };
const QUOTED = 20; // in a report
const JUDGED = { signaal: 20, overleg: 10 }; // files of which every piece was
// The last step of each report, the first made first; each fifth is of a year.
const REPORTS = ['gepubliceerd', 'gepubliceerd', 'ingetrokken', 'gepubliceerd', 'gepubliceerd', 'gepubliceerd', 'goedgekeurd', 'voorgelegd', 'concept', 'concept'];
const WAY = ['concept', 'voorgelegd', 'goedgekeurd', 'gepubliceerd', 'ingetrokken'];
const VALUES = ['brede-welvaart', 'veiligheid', 'gezondheid', 'natuurlijkheid', 'keuzevrijheid', 'rechtvaardigheid', 'legitimiteit'];
const SIDES = ['overheid', 'bedrijven', 'kennisinstellingen', 'maatschappelijke-organisaties'];

const bank = sentences();
let told = 0;
// As many sentences as somebody writes in a field, others each time.
const text = (count = 5) => Array.from({ length: count }, () => bank[told++ % bank.length]).join(' ');
const texts = (...names) => Object.fromEntries(names.map((name) => [name, text()]));
const numbersOf = (postgres, query) => postgres.sql(query).split('\n').filter(Boolean).map(Number);

async function fillFindings(staff) {
  const finding = (i, version) => ({
    wie: `Instituut ${i}`, titel: `Wat mensen vinden van techniek ${i}`, jaar: String(2010 + (i % 16)), methode: text(3), bevolking: '1.200 mensen van 18 jaar en ouder.', vraag: text(2),
    uitkomst: `${20 + i + version} procent vindt kweekvlees aanvaardbaar.`, bladzijde: '12', adres: 'https://example.nl/rapport',
  });
  for (let i = 1; i <= FINDINGS; i++) {
    await staff.post('/beheer/ander-onderzoek/nieuw', '/beheer/ander-onderzoek/nieuw', finding(i, 0));
    const change = `/beheer/ander-onderzoek/${i}/wijzigen`;
    for (let version = 1; version <= i % 3; version++) await staff.post(change, change, finding(i, version));
  }
}

// ---- sheets ----

const ENTRIES = {
  argumenten: (i, { passages }) => ({ kant: i % 2 ? 'voor' : 'tegen', tekst: text(2), partij: i % 3 ? 'burgers' : 'kennisinstellingen', passages: passages.slice(4 * i, 4 * i + 4).join(' ') }),
  spanningen: (i) => ({ waarde: VALUES[i % 7], tegenover: VALUES[(i + 3) % 7], tekst: text(2) }),
  voorwaarden: (i) => ({ waarden: [VALUES[i % 7], VALUES[(i + 2) % 7]], tekst: text(2) }),
  minderheden: (i) => ({ wie: `Groep ${i}`, tekst: text(2) }),
  afwijkend: (i) => ({ kant: SIDES[i % 4], tekst: text(2) }),
};

async function fillSheet(staff, sheet, { passages, round, decision }) {
  const keep = (section, fields) => staff.post(`${sheet}/${section}`, `${sheet}/${section}`, fields);
  await keep('effecten', texts(...VALUES));
  await keep('betrokkenen', texts('mensen', 'dieren', 'milieu', 'later', 'elders'));
  await keep('gevolgen', texts('baten', 'risicos', 'onbekend', 'alternatieven'));
  await keep('aard', { omkeerbaar: 'deels', gemaakt: 'beide', ...texts('omkeerbaarWaarom', 'gemaaktWaarom') });
  await keep('bewijs', { ...(round ? { ronde: round } : {}), ...texts('toelichting') });
  for (const [section, count] of Object.entries(LISTED)) {
    for (let i = 0; i < count; i++) await keep(`${section}/nieuw`, ENTRIES[section](i, { passages }));
  }
  await keep('conclusie', { grond: 'overleg', besluit: String(decision), ...texts('tekst') });
}

// What is written anew before the next version.
async function changeSheet(staff, sheet) {
  for (const [section, fields] of [['gevolgen', texts('baten', 'risicos', 'onbekend', 'alternatieven')], ['argumenten/1', ENTRIES.argumenten(1, { passages: [] })]]) {
    await staff.post(`${sheet}/${section}`, `${sheet}/${section}`, fields);
  }
}

// Of each application of the code book one. In turn the last version of it is approved, lies before somebody, or is written on.
async function fillSheets(postgres, staff, second, { round, roundId }) {
  const fresh = '/beheer/afwegingskaders/nieuw';
  const map = await staff.ask(`/beheer/waardenkaart/${round}`);
  const passages = numbersOf(postgres, `SELECT id FROM zs.evidence WHERE round_id = ${roundId} AND kind <> 'weggelaten' ORDER BY id % 97, id LIMIT 1000`);
  const decisions = numbersOf(postgres, "SELECT i.id FROM zs.meeting_item AS i JOIN zs.meeting AS m ON m.id = i.meeting_id WHERE m.state = 'vastgesteld' AND i.decision = 'besloten' ORDER BY i.id LIMIT 100");
  const applications = [...(await staff.ask(fresh)).matchAll(/<option value="([^"]+\/([^"]+))"/g)];
  for (const [i, [, code, application]] of applications.entries()) {
    const sheet = `/beheer/afwegingskaders/${i + 1}`;
    await staff.post(fresh, fresh, { toepassing: code });
    await fillSheet(staff, sheet, { passages: passages.slice(50 * i), round: map.includes(`/${round}/${application}"`) ? round : null, decision: decisions[i] });
    for (let version = 1; version <= VERSIONS; version++) {
      await staff.post(`${sheet}/voorleggen`, `${sheet}/voorleggen`, { zeker: 'ja' });
      if (version === VERSIONS && i % 3 === 1) break;
      await second.post(`${sheet}/besluit`, `${sheet}/besluit`, { uitkomst: 'vaststellen' });
      if (version < VERSIONS || i % 3 === 2) await changeSheet(staff, sheet);
    }
  }
  return applications.length;
}

// ---- reports ----

async function fillReports(postgres, staff, second, { round, roundId }) {
  const fresh = '/beheer/rapporten/nieuw';
  const quotes = numbersOf(postgres, `SELECT id FROM zs.evidence WHERE round_id = ${roundId} AND kind = 'uitspraak' AND quotes ORDER BY id % 97, id LIMIT ${QUOTED}`);
  for (const [i, last] of REPORTS.entries()) {
    const report = `/beheer/rapporten/${i + 1}`;
    await staff.post(fresh, fresh, { titel: `Rapport ${i + 1}`, ...(i % 5 === 4 ? { soort: 'jaar', jaar: '2026' } : { soort: 'ronde', ronde: round }) });
    const remarks = [...(await staff.ask(`${report}/teksten`)).matchAll(/name="(over_[^"]+)"/g)].map(([, name]) => name);
    await staff.post(`${report}/teksten`, `${report}/teksten`, { titel: `Rapport ${i + 1}`, voorwoord: text(20), samenvatting: text(40), summary: text(40), citaten: quotes.join(' '), ...texts(...remarks) });
    for (const to of WAY.slice(1, WAY.indexOf(last) + 1)) {
      await (to === 'voorgelegd' ? staff : second).post(`${report}/stap`, `${report}/stap`, { naar: to, ...(to === 'ingetrokken' ? { toelichting: text(1) } : {}) });
    }
  }
}

// ---- files under the Woo ----

// In turn: all that is given, what is proposed to be taken out, and nothing. Where no name stands all of it is given.
function judgement(page, i) {
  const [, away] = /<textarea[^>]* name="weg"[^>]*>\n?([^<]*)</.exec(page);
  if (i % 3 === 2) return { oordeel: 'niet', grond: '5.2', weg: '' };
  return i % 3 === 1 && away ? { oordeel: 'deels', grond: '5.1.2.e', weg: away } : { oordeel: 'openbaar', grond: '', weg: '' };
}

async function fillJudgements(postgres, staff) {
  const subjects = { signaal: "SELECT id FROM zs.signal WHERE state = 'gewogen' ORDER BY id", overleg: 'SELECT id FROM zs.meeting ORDER BY id' };
  let judged = 0;
  for (const [subject, count] of Object.entries(JUDGED)) {
    for (const number of numbersOf(postgres, `${subjects[subject]} LIMIT ${count}`)) {
      const file = `/beheer/woo/${subject}/${number}`;
      const pieces = [...(await staff.ask(file)).matchAll(new RegExp(`href="(${file}/[a-z]+-\\d+)"`, 'g'))].map(([, piece]) => piece);
      for (const piece of pieces) await staff.post(piece, piece, judgement(await staff.ask(piece), judged++));
    }
  }
  return judged;
}

// staff, second: two secretaries of the table, since nobody approves their own.
export async function fillPapers(postgres, staff, second, of) {
  const map = `/beheer/waardenkaart/${of.round}`;
  await staff.post(map, `${map}/publiceren`, {});
  await fillFindings(staff);
  const sheets = await fillSheets(postgres, staff, second, of);
  await fillReports(postgres, staff, second, of);
  const judged = await fillJudgements(postgres, staff);
  postgres.sql('VACUUM ANALYZE');
  say(`${sheets} sheets with ${VERSIONS} versions, ${REPORTS.length} reports, ${FINDINGS} findings of others, ${judged} pieces judged under the Woo`);
}
