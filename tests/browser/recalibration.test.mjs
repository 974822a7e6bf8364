// The recalibration of the agenda: an action as everybody reads it, and the advice that the secretary writes down.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { SERVICE, checkPage, openPage, startBrowser, takePictures } from './lib/browser.mjs';
import { addAccount, choosePassword, signIn, submit, zevenstem } from './lib/staff.mjs';

const LONG = { timeout: 180_000 };
const main = (page) => page.locator('main').innerText();

describe('recalibration', { skip: SERVICE ? false : 'ZEVENSTEM_URL is not set' }, () => {
  let browser;
  let page;
  before(async () => {
    browser = await startBrowser();
    zevenstem('agenda', 'publish', new URL('../../config/agenda/uitvoeringsagenda-2026.json', import.meta.url).pathname);
    page = await openPage(browser);
    await signIn(page, 'herijking', addAccount('herijking', 'tafelsecretaris'));
    await choosePassword(page);
  });
  after(() => browser?.close());

  it('the secretary advises about an action: what is wrong is said, and what was typed stays', LONG, async () => {
    await page.goto(`${SERVICE}/beheer/agenda/4.4`);
    await page.locator('main a[href="/beheer/herijking/4.4"]').click();
    await checkPage(page);
    await page.locator('#reden').fill('Noem het etiket.');
    await submit(page);
    await checkPage(page);
    await takePictures(page, 'recalibration-wrong');
    assert.equal(await page.locator('#reden').inputValue(), 'Noem het etiket.');
    await page.locator('#advies').selectOption('aanscherpen');
    await submit(page);
    await checkPage(page);
    assert.match(await main(page), /Noem het etiket\./);
  });

  it('everybody reads it, in two languages', LONG, async () => {
    const citizen = await openPage(browser);
    for (const path of ['/herijking?taal=en', '/herijking/4.4?taal=en', '/herijking?taal=nl', '/herijking/4.4?taal=nl']) {
      await citizen.goto(SERVICE + path);
      await checkPage(citizen);
      await takePictures(citizen, `recalibration${path.replace(/\W+/g, '-')}`);
    }
    assert.match(await main(citizen), /aanscherpen/);
  });
});
