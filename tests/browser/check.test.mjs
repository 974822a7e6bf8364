// A member check and answers that are nearly the same, as a researcher and a participant see them.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { SERVICE, checkPage, openPage, startBrowser, takePictures } from './lib/browser.mjs';
import { addAccount, choosePassword, signIn, submit, zevenstem } from './lib/staff.mjs';

const LONG = { timeout: 180_000 };
const ROUND = 'biotechnologie-2026-1';

describe('a member check', { skip: SERVICE ? false : 'ZEVENSTEM_URL is not set' }, () => {
  let browser;
  let page;
  before(async () => {
    browser = await startBrowser();
    zevenstem('guide', 'publish', new URL('../../config/guides/interview-biotechnologie.json', import.meta.url).pathname, '--consultation', 'biotechnologie-2026');
    const password = addAccount('terugkoppelaar', 'onderzoeker');
    page = await openPage(browser);
    await signIn(page, 'terugkoppelaar', password);
    await choosePassword(page);
  });
  after(async () => {
    await browser?.close();
  });

  it('is written by the researcher and answered on a telephone without JavaScript', LONG, async () => {
    await page.goto(`${SERVICE}/beheer/veldwerk/${ROUND}/nieuw`);
    await page.locator('main [name="leidraad"]').selectOption({ index: 1 });
    await page.locator('main [name="soort"]').selectOption('interview');
    await page.locator('main [name="status"]').selectOption('gehouden');
    await page.locator('main [name="datum"]').fill('2026-11-20');
    await page.locator('main [name="taal"]').selectOption('nl');
    await page.locator('main [name="vorm"]').selectOption('live');
    await page.locator('main [name="gespreksleider"]').fill('J. Bos');
    await submit(page);
    const conversation = new URL(page.url()).pathname;
    await page.goto(`${SERVICE}${conversation}/deelnemers`);
    await page.locator('main [name="stand"]').selectOption('gekomen');
    await page.locator('main [name="leeftijdsgroep"]').selectOption('volwassen');
    await submit(page);
    await page.locator('main [name="formulier"]').selectOption({ index: 1 });
    await page.locator('main [name="gegevenOp"]').fill('2026-11-20');
    await page.locator('main [name="wijze"]').selectOption('papier');
    await page.locator('main [name="deelname"][value="ja"]').check();
    await submit(page);
    await page.goto(`${SERVICE}${conversation}/terugkoppeling`);
    await checkPage(page);
    await page.locator('main [name="samenvatting"]').fill('U vond kweekvlees niet natuurlijk.');
    await page.locator('main [name="openTot"]').fill('2099-12-31');
    await submit(page);
    await checkPage(page);
    await page.locator('main form[action$="/code"] button').click();
    await page.waitForSelector('.zs-code__value');
    const code = await page.locator('.zs-code__value').innerText();
    await checkPage(page);
    const phone = await browser.newContext({ viewport: { width: 320, height: 640 }, javaScriptEnabled: false, locale: 'nl-NL' });
    const citizen = await phone.newPage();
    const says = (words) => citizen.locator('main').filter({ hasText: words }).waitFor();
    await citizen.goto(`${SERVICE}/samenvatting`);
    await citizen.locator('main [name="code"]').fill('AAAA');
    await citizen.locator('main button').click({ force: true });
    await says(/Wij kennen deze code niet/);
    await citizen.locator('main [name="code"]').fill(code);
    await citizen.locator('main button').click({ force: true });
    await says(/U vond kweekvlees niet natuurlijk/);
    const box = await citizen.locator('main').boundingBox();
    assert.ok(box.width <= 320, `${box.width}`);
    await citizen.locator('#klopt-niet').check();
    await citizen.locator('[name="opmerking"]').fill('Ik zei iets anders.');
    await citizen.locator('main button').click({ force: true });
    await says(/Uw antwoord is bewaard/);
    await takePictures(citizen, 'member-check');
    await phone.close();
    await page.goto(`${SERVICE}/samenvatting`);
    await checkPage(page);
    await page.locator('main [name="code"]').fill(code);
    await submit(page);
    await checkPage(page);
    await page.goto(`${SERVICE}${conversation}/terugkoppeling`);
    await checkPage(page);
    assert.match(await page.locator('main').innerText(), /Klopt niet/);
    await page.goto(`${SERVICE}/beheer/codering/${ROUND}/campagnes`);
    await checkPage(page);
  });
});
