// The agenda as everybody reads it, on a phone and in English, and as the secretary of the table keeps it.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { SERVICE, checkPage, openPage, startBrowser, takePictures } from './lib/browser.mjs';
import { addAccount, choosePassword, signIn, submit, zevenstem } from './lib/staff.mjs';

const LONG = { timeout: 180_000 };
const main = (page) => page.locator('main').innerText();

describe('the agenda', { skip: SERVICE ? false : 'ZEVENSTEM_URL is not set' }, () => {
  let browser;
  let page;
  before(async () => {
    browser = await startBrowser();
    zevenstem('agenda', 'publish', new URL('../../config/agenda/uitvoeringsagenda-2026.json', import.meta.url).pathname);
    page = await openPage(browser);
    await signIn(page, 'secretaris', addAccount('secretaris', 'tafelsecretaris'));
    await choosePassword(page);
  });
  after(() => browser?.close());

  it('a secretary writes down what was done: what is wrong is said, and what was typed stays', LONG, async () => {
    await page.goto(`${SERVICE}/beheer`);
    await page.locator('nav a[href="/beheer/agenda"]').click();
    await checkPage(page);
    await page.locator('main a[href="/beheer/agenda/4.4"]').click();
    await checkPage(page);
    await page.locator('main a[href="/beheer/agenda/4.4/voortgang"]').click();
    await checkPage(page);
    await page.locator('#tekst').fill('Er is geld voor een proeffabriek.\nDie gaat in 2027 open.');
    await submit(page);
    await checkPage(page);
    assert.equal(await page.locator('#tekst').inputValue(), 'Er is geld voor een proeffabriek.\nDie gaat in 2027 open.');
    assert.equal(await page.locator('a[href="#stand"], a[href="#bron"]').count(), 2);
    await page.locator('#stand').selectOption('loopt');
    await page.locator('#bron').fill('Kamerbrief van 3 maart 2027');
    await submit(page);
    await checkPage(page);
    assert.match(await main(page), /loopt\s+Er is geld voor een proeffabriek\./);
    await page.locator('main a[href="/beheer/agenda/4.4/eigenaar"]').click();
    await page.locator('#eigenaar').fill('LVVN');
    await submit(page);
    await checkPage(page);
    assert.match(await main(page), /Wie ervoor zorgt: LVVN/);
  });

  it('everybody reads it, in two languages', LONG, async () => {
    const citizen = await openPage(browser);
    for (const path of ['/agenda', '/agenda/4.4', '/agenda/1c-doel-2', '/agenda?taal=en', '/agenda/4.4?taal=en']) {
      await citizen.goto(SERVICE + path);
      await checkPage(citizen);
      await takePictures(citizen, `agenda${path.replace(/\W+/g, '-')}`);
    }
    assert.match(await main(citizen), /Who sees to it: LVVN/);
    assert.match(await main(citizen), /running\s+Er is geld voor een proeffabriek\./);
  });
});
