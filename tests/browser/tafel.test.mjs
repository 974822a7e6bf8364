// Tables, meetings, suggestions and the one page of the secretary; lists of decisions that everybody reads.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { SERVICE, checkPage, openPage, startBrowser, takePictures, takePrint } from './lib/browser.mjs';
import { addAccount, choosePassword, signIn, submit, zevenstem } from './lib/staff.mjs';

const LONG = { timeout: 180_000 };
const main = (page) => page.locator('main').innerText();

describe('the table', { skip: SERVICE ? false : 'ZEVENSTEM_URL is not set' }, () => {
  let browser;
  let page;
  let table;
  let meeting;
  let signal;
  before(async () => {
    browser = await startBrowser();
    zevenstem('agenda', 'publish', new URL('../../config/agenda/uitvoeringsagenda-2026.json', import.meta.url).pathname);
    page = await openPage(browser);
    await signIn(page, 'tafel', addAccount('tafel', 'tafelsecretaris'));
    await choosePassword(page);
  });
  after(() => browser?.close());

  const open = async (path) => {
    await page.goto(SERVICE + path);
    await checkPage(page);
  };
  const fill = async (fields) => {
    for (const [name, value] of Object.entries(fields)) await page.locator(`#${name}`).fill(value);
    await submit(page);
    await checkPage(page);
  };
  const numberOf = (kind) => new RegExp(`/beheer/${kind}/(\\d+)$`).exec(page.url())[1];

  it('has a table with members from more than one side', LONG, async () => {
    await open('/beheer/tafels');
    await open('/beheer/tafels/nieuw');
    await submit(page);
    await checkPage(page);
    await takePictures(page, 'tafel-new-wrong');
    assert.equal(await page.locator('a[href="#soort"], a[href="#titel"], a[href="#quorum"]').count(), 3);
    await page.locator('#soort').selectOption('actietafel');
    await page.locator('input[name="acties"]').first().check();
    await fill({ titel: 'Actietafel etiket', thema: 'Wat op het etiket staat', quorum: '2', quorumKanten: '2', vanaf: '2026-01-01' });
    table = numberOf('tafels');
    for (const [naam, organisatie, kant] of [['An de Wit', 'LVVN', 'overheid'], ['Bo Smit', 'Zaad BV', 'bedrijven']]) {
      await open(`/beheer/tafels/${table}/leden/nieuw`);
      await page.locator('#kant').selectOption(kant);
      await fill({ naam, organisatie, vanaf: '2026-01-01' });
    }
    await takePictures(page, 'tafel');
    assert.match(await main(page), /An de Wit/);
  });

  it('meets, and weighs a signal', LONG, async () => {
    await open('/beheer/signalen/nieuw');
    await page.locator('#bron').selectOption('open-dag');
    await page.locator('#openbaar').check();
    await fill({ titel: 'Mensen willen weten of vlees gekweekt is', tekst: 'Zij willen zelf kiezen.', uiterlijk: '2020-01-01' });
    signal = numberOf('signalen');
    await open('/beheer/overleggen');
    await open('/beheer/overleggen/nieuw');
    await page.locator('#tafel').selectOption(table);
    await fill({ dag: '2026-02-01', plaats: 'Den Haag' });
    meeting = numberOf('overleggen');
    await open(`/beheer/signalen/${signal}/overleg`);
    await page.locator('#overleg').selectOption(meeting);
    await page.locator('#opLijst').check();
    await submit(page);
    await checkPage(page);
    await open(`/beheer/overleggen/${meeting}/aanwezigen`);
    await page.locator('input[name="aanwezig"]').first().check();
    await submit(page);
    await checkPage(page);
    assert.match(await main(page), /Er is geen quorum/);
    await open(`/beheer/overleggen/${meeting}/aanwezigen`);
    for (const box of await page.locator('input[name="aanwezig"]').all()) await box.check();
    await submit(page);
    await page.locator('main a[href$="/besluit"]').click();
    await checkPage(page);
    await page.locator('#besluit').selectOption('gewogen');
    await fill({ afwijkend: 'Bedrijven: te vroeg.' });
    await open(`/beheer/overleggen/${meeting}/stuk`);
    await page.locator('#openbaar').check();
    await fill({ titel: 'Notitie', stuk: '2026-114' });
    await open(`/beheer/overleggen/${meeting}/actiepunt`);
    await fill({ actie: 'LVVN bellen', wie: 'Sanne', uiterlijk: '2026-03-01' });
    await takePictures(page, 'meeting');
    await open(`/beheer/overleggen/${meeting}/vaststellen`);
    await page.locator('#klopt').check();
    await submit(page);
    await checkPage(page);
    await open(`/beheer/overleggen/${meeting}/besluitenlijst`);
    await takePictures(page, 'meeting-decisions');
    await takePrint(page, 'meeting-decisions');
    assert.match(await main(page), /besproken: de tafel geeft dit door/);
  });

  it('tells everybody what it decided, in two languages', LONG, async () => {
    const citizen = await openPage(browser);
    for (const path of ['/besluitenlijsten', `/besluitenlijsten/${meeting}`, '/besluitenlijsten?taal=en', `/besluitenlijsten/${meeting}?taal=en`]) {
      await citizen.goto(SERVICE + path);
      await checkPage(citizen);
    }
    await takePictures(citizen, 'decisions-public');
    assert.match(await main(citizen), /discussed: the table passes this on/);
    assert.doesNotMatch(await main(citizen), /An de Wit|Sanne|LVVN bellen/);
  });

  it('has what rules suggest, and one page that prints on one A4', LONG, async () => {
    await open('/beheer/signaalvoorstellen');
    await page.locator('main form[action$="/kijken"] button').click();
    await checkPage(page);
    await takePictures(page, 'suggestions');
    await page.goto(`${SERVICE}/beheer`);
    await page.locator('nav a[href="/beheer/tafel"]').click();
    await checkPage(page);
    await takePictures(page, 'desk');
    assert.match(await main(page), /1 januari 2020 te laat: signaal, Mensen willen weten of vlees gekweekt is/);
    assert.match(await main(page), /1 maart 2026 te laat: actiepunt, LVVN bellen/);
    await takePrint(page, 'desk');
    await page.emulateMedia({ media: null });
    const pdf = (await page.pdf({ format: 'A4' })).toString('latin1');
    assert.equal(pdf.match(/\/Type\s*\/Page\b/g).length, 1);
    await open('/beheer/tafel?taal=en');
    await page.goto(`${SERVICE}/beheer/tafel?taal=nl`);
  });
});
