// The citizen's way through the running service, without script, as it is lived: start, form, pause, check, send, receipt, correct, withdraw.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assertFocus, SERVICE, checkPage, openPage, startBrowser, takePictures, takePrint, transferBytes } from './lib/browser.mjs';
import { answerByKeyboard, begin, enter, fillPage, next, tabTo, walkToCheck } from './lib/citizen.mjs';

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
    for (const path of ['/uitleg', '/uitleg/kweekvlees', '/privacy', '/toegankelijkheid', '/contact', '/verder', '/papier', '/gesloten', '/gewist', '/bedankt', '/problemen', '/problemen/ongeldige-invoer']) {
      const page = await openPage(browser);
      await page.goto(SERVICE + path);
      assert.equal(page.served.status, 200, path);
      await checkPage(page, { axe: path !== '/papier' }); // a shorter one is among the page kinds
      await page.context().close();
    }
  });

  it('the whole form, page by page, to a receipt; read back, correct, withdraw', LONG, async () => {
    const page = await openPage(browser);
    const kinds = new Set();
    const titles = new Set();
    const steps = [];
    await begin(page);
    const paths = await walkToCheck(page, async (p, path) => {
      titles.add(await p.title());
      steps.push((await p.locator('#voortgang').innerText()).match(/^Stap (\d+) van (\d+)/).slice(1).map(Number));
      const kind = path.replace(/^\/vragen\/[^.]*\./, '');
      if (!kinds.has(kind)) {
        kinds.add(kind);
        await checkPage(p);
        if (['houding-algemeen', 'waarden-top3', 'uitleg', 'effect.1', 'waarom', 'postcode', 'intro'].includes(kind)) {
          await takePictures(p, `form-${kind}`);
        }
      }
    });
    assert.ok(paths.length > 30, `${paths.length} pages`);
    assert.equal(titles.size, paths.length, 'every page has a title of its own');
    steps.push((await page.locator('#voortgang').innerText()).match(/^Stap (\d+) van (\d+)/).slice(1).map(Number));
    assert.deepEqual([...new Set(steps.map(([, total]) => total))], [steps[0][1]], 'the number of steps never changes');
    assert.ok(steps.every(([n], i) => i === 0 || n > steps[i - 1][0]), 'steps count up');
    assert.equal(steps.at(-1)[0], steps.at(-1)[1], 'checking is the last step');
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
    assert.ok(!(await page.locator('body').innerText()).includes('blijven bewaard'), 'nothing is kept any more');
    await checkPage(page);
    await page.context().close();
  });

  it('the other language keeps what was typed, and Enter goes on', LONG, async () => {
    const page = await openPage(browser);
    await begin(page);
    await page.goto(`${SERVICE}/vragen/achtergrond.postcode`);
    await page.getByRole('textbox').first().fill('99');
    await page.getByRole('button', { name: 'English' }).click();
    assert.equal(page.served.status, 200);
    assert.equal(await page.locator('html').getAttribute('lang'), 'en');
    assert.equal(await page.getByRole('textbox').first().inputValue(), '99');
    await checkPage(page);
    await page.getByRole('textbox').first().press('Enter');
    assert.equal(page.served.status, 400, 'it is judged when it is sent');
    assert.equal(await page.locator('html').getAttribute('lang'), 'en');
    await page.getByRole('button', { name: 'Nederlands' }).click();
    assert.equal(await page.getByRole('textbox').first().inputValue(), '99', 'what was refused is kept too');
    await page.getByRole('textbox').first().fill('3511');
    await page.getByLabel('Saba').check();
    await next(page);
    assert.ok((await page.locator('[role=alert]').innerText()).includes('Vul een postcode in, of kies een gebied. Niet allebei.'));
    await checkPage(page);
    await takePictures(page, 'postcode-both');
    await page.getByLabel('Geen van deze: gebruik mijn postcode').check();
    await next(page);
    assert.ok(!page.url().includes('achtergrond.postcode'), page.url());
    await page.goto(SERVICE);
    assert.ok((await page.locator('main').innerText()).includes('Begint u opnieuw?'));
    await checkPage(page);
    await takePictures(page, 'start-begun');
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
    await other.getByRole('textbox').fill('K7QF-2M9X-0TRB-W4HE');
    await other.locator('main button[type=submit]').click();
    assert.equal(await other.getByRole('textbox').inputValue(), 'K7QF-2M9X-0TRB-W4HE', 'a wrong code can be mended');
    await other.getByRole('textbox').fill(code.toLowerCase().replaceAll('-', ' '));
    await other.locator('main button[type=submit]').click();
    assert.ok(other.url().endsWith('/bewaard?terug=code'));
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

  it('the whole questionnaire by keyboard alone', LONG, async () => {
    const page = await openPage(browser, NO_SCRIPT);
    await page.goto(`${SERVICE}/`);
    await tabTo(page, () => document.activeElement?.getAttribute('value') === 'volledig');
    await enter(page);
    for (let i = 0; i < 60 && !page.url().includes('/controle'); i++) {
      await answerByKeyboard(page);
    }
    assert.ok((await page.locator('main').innerText()).includes('Dit vind ik.'));
    await tabTo(page, () => document.activeElement?.classList.contains('nl-button--primary'), 200);
    await enter(page);
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
    await assertFocus(page, () => document.activeElement?.getAttribute('role'), 'alert');
    await checkPage(page);
    await takePictures(page, 'form-error');
    await page.locator('[role=alert] a').first().click();
    await assertFocus(page, () => document.activeElement?.localName, 'input');
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

  it('a shared computer is cleared, and the code can be seen before', LONG, async () => {
    const page = await openPage(browser);
    await begin(page);
    await page.getByRole('link', { name: 'Toon mijn code' }).click();
    const code = await codeOn(page);
    assert.match(code, /^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$/);
    assert.ok((await page.locator('footer').innerText()).includes('blijven bewaard'));
    await page.goto(`${SERVICE}/`);
    await page.getByRole('link', { name: 'Verder waar u was' }).click();
    assert.equal(await codeOn(page), code, 'the start page knows of it');
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
