// Signals as the secretary keeps them, and as everybody reads them, on a phone and in English.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { SERVICE, checkPage, openPage, startBrowser, takePictures, takePrint } from './lib/browser.mjs';
import { addAccount, choosePassword, signIn, submit, zevenstem } from './lib/staff.mjs';

const LONG = { timeout: 180_000 };
const main = (page) => page.locator('main').innerText();

describe('signals', { skip: SERVICE ? false : 'ZEVENSTEM_URL is not set' }, () => {
  let browser;
  let page;
  let number;
  before(async () => {
    browser = await startBrowser();
    zevenstem('agenda', 'publish', new URL('../../config/agenda/uitvoeringsagenda-2026.json', import.meta.url).pathname);
    page = await openPage(browser);
    await signIn(page, 'signalen', addAccount('signalen', 'tafelsecretaris'));
    await choosePassword(page);
  });
  after(() => browser?.close());

  const follow = async (more) => {
    await page.locator(`main a[href="/beheer/signalen/${number}/${more}"]`).click();
    await checkPage(page);
  };

  it('a secretary writes one down: what is wrong is said, and what was typed stays', LONG, async () => {
    await page.goto(`${SERVICE}/beheer`);
    await page.locator('nav a[href="/beheer/signalen"]').click();
    await checkPage(page);
    await page.locator('main a[href="/beheer/signalen/nieuw"]').click();
    await checkPage(page);
    await page.locator('#tekst').fill('Mensen willen zelf kiezen.\nDat zeggen ze op elke open dag.');
    await page.locator('#waarden-keuzevrijheid').check();
    await submit(page);
    await checkPage(page);
    await takePictures(page, 'signal-new-wrong');
    assert.equal(await page.locator('#tekst').inputValue(), 'Mensen willen zelf kiezen.\nDat zeggen ze op elke open dag.');
    assert.equal(await page.locator('#waarden-keuzevrijheid').isChecked(), true);
    assert.equal(await page.locator('a[href="#bron"], a[href="#titel"]').count(), 2);
    await page.locator('#bron').selectOption('open-dag');
    await page.locator('#titel').fill('Mensen willen op het etiket zien of vlees gekweekt is');
    await page.locator('#toepassingen-kweekvlees').check();
    await page.locator('#uiterlijk').fill('2020-01-01');
    await page.locator('#openbaar').check();
    await submit(page);
    await checkPage(page);
    number = /\/beheer\/signalen\/(\d+)$/.exec(page.url())[1];
    assert.match(await main(page), /opgevangen, te laat/);
  });

  it('discusses it, and takes its next step on a mandate', LONG, async () => {
    await follow('notitie');
    await page.locator('#notitie').fill('Eerst navragen bij LVVN.');
    await submit(page);
    await follow('tabel');
    await takePictures(page, 'signal-table');
    await page.goBack();
    await follow('passage');
    await page.goBack();
    await follow('campagne');
    await page.goBack();
    await follow('stap');
    await page.locator('#naar').selectOption('gewogen');
    await submit(page);
    await checkPage(page);
    assert.equal(await page.locator('a[href="#grond"]').count(), 1);
    await page.locator('#grond').selectOption('mandaat');
    await page.locator('#verwijzing').fill('Mandaat van 3 maart 2027, punt 4');
    await submit(page);
    await checkPage(page);
    await takePictures(page, 'signal-staff');
    assert.match(await main(page), /gewogen, mandaat: Mandaat van 3 maart 2027, punt 4/);
    assert.match(await main(page), /Eerst navragen bij LVVN\./);
    await page.goto(`${SERVICE}/beheer/signalen?telaat=ja`);
    await checkPage(page);
    await takePictures(page, 'signals-staff');
    assert.match(await main(page), /etiket/);
  });

  it('passes it on by a letter with a link, which answers once and without an account', LONG, async () => {
    await page.goto(`${SERVICE}/beheer/signalen/${number}`);
    await follow('doorgeleiding');
    await submit(page);
    await checkPage(page);
    await page.locator('#soort').selectOption('actie');
    await page.locator('#onderdeel').fill('4.4');
    await page.locator('#geadresseerde').fill('Ministerie van LVVN');
    await page.locator('#vraag').fill('Kan op het etiket staan of vlees gekweekt is?');
    await page.locator('#randvoorwaarde').fill('Mensen kunnen kiezen.');
    await page.locator('#rol').selectOption('kaders-stellen');
    await page.locator('#antwoordVoor').fill('2099-01-01');
    await submit(page);
    await checkPage(page);
    await takePictures(page, 'signal-forwarded');
    assert.match(await main(page), /doorgeleid/);
    await page.locator('main form[action$="/link"] button').click();
    await checkPage(page);
    await takePictures(page, 'signal-letter');
    await takePrint(page, 'signal-letter');
    const link = (await main(page)).match(/\/antwoord\/\S+/)[0];
    const addressee = await openPage(browser);
    await addressee.goto(SERVICE + link);
    await checkPage(addressee);
    await addressee.locator('#uitkomst').selectOption('overgenomen');
    await addressee.locator('#redenen').fill('Europa vraagt dit ook.');
    await submit(addressee);
    await checkPage(addressee);
    await takePictures(addressee, 'signal-answer-wrong');
    assert.equal(await addressee.locator('#redenen').inputValue(), 'Europa vraagt dit ook.');
    await addressee.locator('#watVerandert').fill('Het woord komt op het etiket.');
    await addressee.locator('#wanneer').fill('In 2028');
    await addressee.locator('#naam').fill('Directie Voedsel');
    await submit(addressee);
    await checkPage(addressee);
    await takePictures(addressee, 'signal-answer-check');
    assert.match(await main(addressee), /Klopt dit\?/);
    await addressee.locator('main button[value="wijzigen"]').click();
    await addressee.locator('#wanneer').fill('In de lente van 2028');
    await submit(addressee);
    await addressee.locator('main button[value="versturen"]').click();
    await checkPage(addressee);
    await takePictures(addressee, 'signal-answer-sent');
    await takePrint(addressee, 'signal-answer-sent');
    assert.match(await main(addressee), /De tafel heeft uw antwoord\./);
    assert.match(await main(addressee), /In de lente van 2028/);
    const again = await addressee.goto(SERVICE + link);
    assert.equal(again.status(), 410);
    await checkPage(addressee);
    assert.match(await main(addressee), /al gebruikt/);
    assert.equal((await addressee.goto(`${SERVICE}/antwoord/AAAA-BBBB-CCCC-DDDD?taal=en`)).status(), 404);
    await checkPage(addressee);
    await page.goto(`${SERVICE}/beheer/signalen/${number}`);
    assert.match(await main(page), /Directie Voedsel/);
    await page.locator(`main a[href^="/beheer/signalen/${number}/doorgeleiding/"][href$="/terug"]`).click();
    await checkPage(page);
  });

  it('everybody reads it, in two languages', LONG, async () => {
    const citizen = await openPage(browser);
    for (const path of ['/signalen', `/signalen/${number}`, '/signalen?taal=en', `/signalen/${number}?taal=en`]) {
      await citizen.goto(SERVICE + path);
      await checkPage(citizen);
      await takePictures(citizen, `signals${path.replace(/\d+/, 'one').replace(/\W+/g, '-')}`);
    }
    assert.match(await main(citizen), /The table passes on, the cabinet decides\./);
    // How far they came: a picture, and the same numbers in a table.
    await citizen.goto(`${SERVICE}/signalen?taal=nl`);
    assert.equal(await citizen.getByRole('img', { name: /^Hoe ver zijn de signalen\?/ }).count(), 1);
    // Other suites write signals down too: what came so far went on, is there now, or was not passed on.
    const rows = await citizen.locator('main table tbody tr').evaluateAll((list) => list.map((row) => [...row.querySelectorAll('td')].map((cell) => Number(cell.innerText))));
    assert.equal(rows.length, 5);
    for (const [reached, on, here, not] of rows) assert.equal(reached, on + here + not);
    assert.ok(rows[0][1] >= 1, 'the one of this suite went on');
    await checkPage(citizen);
    await takePictures(citizen, 'signals-flow');
    await takePrint(citizen, 'signals-flow');
    await citizen.goto(`${SERVICE}/signalen/${number}?taal=en`);
    assert.match(await main(citizen), /taken over \(.*\)\. Europa vraagt dit ook\./);
    assert.doesNotMatch(await main(citizen), /Directie|navragen/);
  });
});
