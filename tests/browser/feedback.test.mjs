// Back to citizens: the page of what was done with what they said, a vote on an answer, and what a code shows of its own answers; without
// script, on a phone, on paper, in two languages.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { SERVICE, checkPage, openPage, startBrowser, takePictures, takePrint } from './lib/browser.mjs';

const LONG = { timeout: 180_000 };
const PAGE = '/consultaties/biotechnologie-2026/wat-er-mee-gebeurt';
const ROUND = 'biotechnologie-2026-1';
const main = (page) => page.locator('main').innerText();
const sql = (text) => execFileSync('psql', ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', process.env.ZEVENSTEM_TEST_DATABASE, '-c', text], { encoding: 'utf8' }).trim();

// Four signals, one in each of the states that citizens are told; of the third an answer that votes are asked on.
const SIGNALS = `
INSERT INTO zs.signal (source, title, body, consultation, value_codes, applications, state, is_public, created_by, changed_by) VALUES
  ('burgerconsultatie', 'Mensen willen eerlijk verdelen', 'Zij vragen wie er voordeel van heeft.', 'biotechnologie-2026', '{rechtvaardigheid}', '{gentherapie}', 'gewogen', true, 'a', 'a'),
  ('open-dag', 'Mensen vragen om een verbod', 'Zij willen geen kweekvlees.', 'biotechnologie-2026', '{natuurlijkheid}', '{kweekvlees}', 'niet-doorgeleid', true, 'a', 'a'),
  ('burgerconsultatie', 'Mensen willen op het etiket zien of vlees gekweekt is', 'Zij willen zelf kiezen.', 'biotechnologie-2026', '{keuzevrijheid}', '{kweekvlees}', 'doorgeleid', true, 'a', 'a');
INSERT INTO zs.signal_step (signal_id, from_state, to_state, told, ground, reference, created_by) SELECT id, 'opgevangen', state, 'Hier wordt al aan gewerkt.', 'mandaat', 'Mandaat 1', 'a' FROM zs.signal WHERE state <> 'doorgeleid';
INSERT INTO zs.signal_forward (signal_id, kind, addressee, question, role, due_day, state, created_by) SELECT s.id, 'departement', f.who, 'Kan dit op het etiket?', 'faciliteren', '2030-03-01', f.state, 'a'
  FROM zs.signal AS s, (VALUES ('Ministerie van LVVN', 'geantwoord'), ('Ministerie van VWS', 'gevraagd')) AS f (who, state) WHERE s.state = 'doorgeleid' ORDER BY f.who;
INSERT INTO zs.signal_link (forward_id, token_hash, expires_at, created_by) SELECT id, sha256('1'), now(), 'a' FROM zs.signal_forward WHERE state = 'geantwoord';
INSERT INTO zs.signal_answer (forward_id, link_id, outcome, reason, change, change_when, answered_by, answered_at) SELECT f.id, l.id, 'deels', 'Europa maakt de regels voor etiketten.', 'Nederland vraagt hierom in Brussel.', 'in 2028', 'Directie', now()
  FROM zs.signal_forward AS f JOIN zs.signal_link AS l ON l.forward_id = f.id`;

describe('back to citizens', { skip: SERVICE ? false : 'ZEVENSTEM_URL is not set' }, () => {
  let browser;
  let page;
  let answered; // the signal with an answer
  let code;
  before(async () => {
    browser = await startBrowser();
    page = await openPage(browser);
    sql(SIGNALS);
    answered = sql("SELECT max(id) FROM zs.signal WHERE state = 'doorgeleid'");
    const send = async (path, body, headers = {}) => (await fetch(`${SERVICE}/v1/rondes/${ROUND}/${path}`, { method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${process.env.ZEVENSTEM_INTAKE_KEY}`, ...headers } })).json();
    ({ code } = await send('deelnames', { variant: 'volledig' }));
    const sent = await send('inzendingen', { variant: 'volledig', 'houding-algemeen': 'goed', 'waarden-mist': 'Rust in de natuur' }, { Deelnamecode: code });
    assert.equal(sent.status, 'ontvangen');
  });
  after(() => browser?.close());

  it('the start page leads to it, and it tells signal by signal whose turn it is', LONG, async () => {
    await page.goto(SERVICE);
    await page.locator(`main a[href="${PAGE}"]`).first().click();
    await checkPage(page);
    await takePictures(page, 'feedback');
    await takePrint(page, 'feedback');
    const text = await main(page);
    assert.match(text, /Deze ronde loopt nu/);
    assert.match(text, /Doorgegeven\. De tafel wacht op antwoord van:\s+Ministerie van VWS, antwoord gevraagd vóór 1 maart 2030/);
    assert.match(text, /niet doorgegeven\. De reden:\s+Hier wordt al aan gewerkt\./);
    assert.match(text, /antwoord gekregen van Ministerie van LVVN \(ministerie\): deels overgenomen/);
    const feed = await page.locator('head link[type="application/atom+xml"]').getAttribute('href');
    assert.equal((await (await fetch(SERVICE + feed)).text()).match(/<entry>/g).length, 8);
    await page.goto(`${SERVICE}${PAGE}?taal=en`);
    await checkPage(page);
    assert.match(await main(page), /The table is waiting for an answer from:/);
    await page.goto(`${SERVICE}${PAGE}?taal=nl`);
  });

  it('a value and an application are chosen by links, and stay chosen in the other language', LONG, async () => {
    await page.goto(SERVICE + PAGE);
    await page.getByRole('link', { name: 'Zelf kunnen kiezen' }).click();
    await checkPage(page);
    assert.equal(await page.locator('main article').count(), 1);
    assert.equal(await page.locator('main strong[aria-current="true"]').first().innerText(), 'Zelf kunnen kiezen');
    await page.locator('header nav a').click();
    await checkPage(page);
    assert.equal(await page.locator('main article').count(), 1);
    await page.goto(`${SERVICE}${PAGE}?taal=nl`);
  });

  it('a vote on an answer needs no script, no account and no cookie', LONG, async () => {
    const voter = await openPage(browser, { javaScriptEnabled: false });
    await voter.goto(`${SERVICE}/signalen/${answered}`);
    await voter.getByRole('button', { name: 'Ja, duidelijk' }).click();
    assert.match(await main(voter), /Dank u\. Uw stem telt mee\./);
    assert.deepEqual(await voter.context().cookies(), []);
    assert.equal(sql('SELECT clear_count FROM zs.signal_answer_vote'), '1');
    sql('UPDATE zs.signal_answer_vote SET clear_count = 31, unclear_count = 12');
    await page.goto(`${SERVICE}/signalen/${answered}?oordeel=dank`);
    await checkPage(page);
    await takePictures(page, 'feedback-vote');
    assert.match(await main(page), /Aantal keer ja: 31\. Aantal keer nee: 12\./);
    assert.match(await main(page), /geen onderzoek/);
  });

  it('a code shows what became of its own answers, and that they are counted', LONG, async () => {
    sql(`INSERT INTO zs.signal_evidence (signal_id, kind, round_id, why, asked, passage_id, created_by) SELECT ${answered}, 'passage', p.round_id, 'w', '{}', p.id, 'a' FROM zs.passage AS p WHERE p.body = 'Rust in de natuur'`);
    await page.goto(`${SERVICE}/verder?taal=nl`);
    await page.getByRole('textbox').fill(code);
    await page.locator('main button[type=submit]').click();
    await checkPage(page);
    await takePictures(page, 'feedback-own');
    assert.match(await main(page), /Deze signalen rusten op uw eigen woorden:\s+Mensen willen op het etiket zien/);
    await page.getByRole('link', { name: 'Tellen uw antwoorden mee?' }).click();
    await checkPage(page);
    await takePictures(page, 'feedback-proof-later');
    assert.match(await main(page), /Wij maken elke dag een telbewijs, zodra genoeg mensen hebben meegedaan\./);
  });
});
