// The citizen's way through the running service, without script, as it is lived: start, form, pause, check, send, receipt, correct, withdraw.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { SERVICE, checkPage, openPage, startBrowser, takePictures, takePrint, transferBytes } from './lib/browser.mjs';
import { begin, fillPage, next, walkToCheck } from './lib/citizen.mjs';

const LONG = { timeout: 240_000 };
const NO_SCRIPT = { javaScriptEnabled: false };
const codeOn = async (page) => (await page.locator('.zs-code__value').innerText()).trim();

describe('taking part', { skip: SERVICE ? false : 'ZEVENSTEM_URL is not set' }, () => {
  let browser;
  before(async () => {
    browser = await startBrowser();
  });
  after(() => browser.close());

  it('start page is right, in both languages', LONG, async () => {
    for (const language of ['nl', 'en']) {
      const page = await openPage(browser);
      await page.goto(`${SERVICE}/?taal=${language}`);
      assert.equal(page.served.status, 200);
      assert.equal(await page.locator('html').getAttribute('lang'), language);
      await checkPage(page);
      if (language === 'nl') {
        await takePictures(page, 'start');
        const text = await page.locator('main').innerText();
        assert.ok(text.indexOf('Brood') < text.indexOf('biotechnologie'), 'daily examples come before the word biotechnology');
      }
      await page.context().close();
    }
  });

  it('the pages around it are right', LONG, async () => {
    for (const path of ['/uitleg', '/uitleg/kweekvlees', '/privacy', '/toegankelijkheid', '/contact', '/verder', '/papier', '/gesloten', '/gewist', '/bedankt']) {
      const page = await openPage(browser);
      await page.goto(SERVICE + path);
      assert.equal(page.served.status, 200, path);
      await checkPage(page);
      await page.context().close();
    }
  });

  it('the whole form, page by page, to a receipt; read back, correct, withdraw', LONG, async () => {
    const page = await openPage(browser);
    const pictured = new Set();
    await begin(page);
    const paths = await walkToCheck(page, async (p, path) => {
      await checkPage(p);
      const kind = path.replace(/^\/vragen\/[^.]*\./, '');
      if (!pictured.has(kind) && ['houding-algemeen', 'waarden-top3', 'uitleg', 'effect.1', 'waarom', 'postcode', 'intro'].includes(kind)) {
        pictured.add(kind);
        await takePictures(p, `form-${kind}`);
      }
    });
    assert.ok(paths.length > 30, `${paths.length} pages`);
    await checkPage(page);
    await takePictures(page, 'check');
    await page.getByRole('button', { name: 'Antwoorden versturen' }).click();
    assert.ok(page.url().endsWith('/ontvangst'));
    await checkPage(page);
    await takePictures(page, 'receipt');
    await takePrint(page, 'receipt');
    const code = await codeOn(page);
    assert.match(code, /^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$/);
    assert.ok((await page.locator('main').innerText()).includes('Dit is mijn mening.'), 'texts are read back');

    await page.getByRole('button', { name: 'Antwoorden aanpassen' }).click();
    assert.ok(page.url().endsWith('/controle'));
    await page.locator('a[href^="/vragen/begin.houding-algemeen"]').click();
    await page.getByLabel('Heel slecht', { exact: true }).check();
    await next(page);
    assert.ok(page.url().endsWith('/controle'));
    await page.getByRole('button', { name: 'Antwoorden versturen' }).click();
    assert.ok((await page.locator('main').innerText()).includes('Heel slecht'));
    assert.equal(await codeOn(page), code);

    await page.getByRole('button', { name: 'Antwoorden intrekken' }).click();
    await checkPage(page);
    await page.getByRole('button', { name: 'Ja, wis mijn antwoorden' }).click();
    assert.ok((await page.locator('h1').innerText()).includes('ingetrokken'));
    await checkPage(page);
    await page.context().close();
  });

  it('works without script, in English, and can be paused and picked up elsewhere with the code', LONG, async () => {
    const page = await openPage(browser, { ...NO_SCRIPT, locale: 'en' });
    await begin(page, 'kern');
    assert.equal(await page.locator('html').getAttribute('lang'), 'en');
    await fillPage(page);
    await next(page);
    await fillPage(page);
    const path = new URL(page.url()).pathname;
    await page.locator('button[name=actie][value=bewaren]').click();
    const code = await codeOn(page);
    await page.context().close();

    const other = await openPage(browser, NO_SCRIPT);
    await other.goto(`${SERVICE}/verder`);
    await other.getByRole('textbox').fill(code.toLowerCase().replaceAll('-', ' '));
    await other.locator('main button[type=submit]').click();
    assert.ok(other.url().endsWith('/bewaard'));
    await other.goto(SERVICE + path);
    assert.ok((await other.locator('input:checked').count()) > 0, 'what was answered is still there');
    await walkToCheck(other);
    await other.getByRole('button', { name: 'Antwoorden versturen' }).click();
    assert.equal(await codeOn(other), code);
    await other.goBack();
    await other.goBack();
    await other.goto(`${SERVICE}/controle`);
    assert.ok(other.url().endsWith('/ontvangst'), 'a sent participation cannot be sent twice');
    await other.context().close();
  });

  it('keyboard alone', LONG, async () => {
    const page = await openPage(browser, NO_SCRIPT);
    await page.goto(`${SERVICE}/`);
    const press = async (key, most, found) => {
      for (let i = 0; i < most; i++) {
        await page.keyboard.press(key);
        if (await page.evaluate(found)) {
          return;
        }
      }
      throw new Error(`not reached by ${key} on ${page.url()}`);
    };
    await press('Tab', 40, () => document.activeElement?.getAttribute('value') === 'kern');
    await Promise.all([page.waitForNavigation({ timeout: 10_000 }), page.keyboard.press('Enter')]);
    for (let i = 0; i < 40 && !page.url().includes('/controle'); i++) {
      if (await page.locator('main input[type=radio]').count()) {
        await press('Tab', 30, () => document.activeElement?.type === 'radio');
        await page.keyboard.press('Space');
        await page.keyboard.press('ArrowDown'); // the first age band would end it
      }
      await press('Tab', 60, () => document.activeElement?.type === 'submit' && !document.activeElement.name && document.activeElement.closest('main'));
      await Promise.all([page.waitForNavigation({ timeout: 10_000 }), page.keyboard.press('Enter')]);
    }
    await press('Tab', 200, () => document.activeElement?.type === 'submit' && document.activeElement.closest('main'));
    await Promise.all([page.waitForNavigation({ timeout: 10_000 }), page.keyboard.press('Enter')]);
    assert.ok(page.url().endsWith('/ontvangst'));
    await page.context().close();
  });

  // axe itself needs script, also on pages that have none
  it('errors keep all input, put the focus on the summary and lead to the field', LONG, async () => {
    const page = await openPage(browser);
    await begin(page);
    await page.goto(`${SERVICE}/vragen/achtergrond.postcode`);
    await page.locator('main input[type=text]').first().fill('12 34 56');
    await next(page);
    assert.equal(page.served.status, 400);
    assert.ok((await page.title()).startsWith('Fout:'));
    assert.equal(await page.locator('main input[type=text]').first().inputValue(), '12 34 56');
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('role')), 'alert');
    await checkPage(page);
    await takePictures(page, 'form-error');
    await page.locator('[role=alert] a').first().click();
    assert.equal(await page.evaluate(() => document.activeElement?.localName), 'input');
    await page.context().close();
  });

  it('two tabs on one draft lose nothing', LONG, async () => {
    const page = await openPage(browser, NO_SCRIPT);
    await begin(page);
    const second = await page.context().newPage();
    await page.goto(`${SERVICE}/vragen/begin.bekend-algemeen`);
    await second.goto(`${SERVICE}/vragen/begin.houding-algemeen`);
    await page.getByLabel('Vaak', { exact: true }).check();
    await second.getByLabel('Goed', { exact: true }).check();
    await Promise.all([page.locator('main form button').first().click(), second.locator('main form button').first().click()]);
    await page.goto(`${SERVICE}/controle`);
    const text = await page.locator('main').innerText();
    assert.ok(text.includes('Vaak') && text.includes('Goed'));
    await page.context().close();
  });

  it('who is under 16 is thanked and leaves nothing', LONG, async () => {
    const page = await openPage(browser, NO_SCRIPT);
    await begin(page);
    await page.goto(`${SERVICE}/vragen/achtergrond.leeftijd`);
    await page.getByLabel('Jonger dan 16').check();
    await next(page);
    assert.ok(page.url().endsWith('/bedankt'));
    assert.deepEqual((await page.context().cookies()).filter((c) => c.name.includes('deelname')), []);
    await page.context().close();
  });

  it('a shared computer is cleared', LONG, async () => {
    const page = await openPage(browser);
    await begin(page);
    await page.locator('form[action="/wissen"] button').click();
    assert.ok(page.url().endsWith('/gewist'));
    assert.deepEqual((await page.context().cookies()).filter((c) => c.name.includes('deelname')), []);
    await page.context().close();
  });

  it('a first visit of a form page stays under 15 kB', LONG, async () => {
    const bytes = await transferBytes(browser, `${SERVICE}/`);
    assert.ok(bytes < 30_000, `${bytes} bytes uncompressed page with compressed assets`);
  });
});
