// Pages that the walk through the real questionnaire does not meet: other types of questions, other versions, languages, sizes of
// letters, and what goes wrong or is over.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assertFocus, SERVICE, checkPage, openPage, overflowFaults, startBrowser, tabStops, takePictures, takePrint } from './lib/browser.mjs';
import { begin, enter, fillPage, next, tabTo, walkToCheck } from './lib/citizen.mjs';
import { arrived, closeRound, inDays, lastDay, publishTypes, publishVariant, said } from './lib/publish.mjs';

const LONG = { timeout: 120_000 };
const NO_SCRIPT = { javaScriptEnabled: false };
const input = (page) => page.locator('main input[type=text]:visible');
const ranked = async (page) => (await page.locator('.zs-rank__row--placed > span:first-child').allInnerTexts()).map((t) => t.replace(/^.*: /, ''));

describe('page kinds', { skip: SERVICE ? false : 'ZEVENSTEM_URL is not set' }, () => {
  let browser;
  let picture;
  before(async () => {
    browser = await startBrowser();
    const page = await openPage(browser, { viewport: { width: 320, height: 120 } });
    await page.goto(`${SERVICE}/verder`);
    picture = await page.screenshot();
    await page.context().close();
  });
  after(() => browser?.close());

  it('every other type of question, right and wrong', LONG, async () => {
    const page = await openPage(browser);
    const start = publishTypes('alle-soorten', picture);
    await arrived(page, SERVICE + start, (text) => text.includes('Alle soorten vragen'));
    await begin(page, 'volledig', start);
    assert.ok(await page.locator('main img').evaluate((e) => e.naturalWidth > 0), 'the picture is shown');
    assert.equal(await page.locator('main img').getAttribute('alt'), 'Het logo [van] "Zevenstem"');
    await checkPage(page);
    await takePictures(page, 'kind-picture');
    await next(page);

    await checkPage(page);
    await page.locator('button[value="kies:kers"]').click();
    await page.locator('button[value="kies:peer"]').click();
    assert.deepEqual(await ranked(page), ['Kersen', 'Peren']);
    await assertFocus(page, () => document.activeElement.id, 'rang_1-1'); // one stays where one was
    await checkPage(page);
    await takePictures(page, 'kind-ranking');
    await next(page);

    await input(page).nth(0).fill('60');
    await input(page).nth(1).fill('41');
    await next(page);
    assert.ok((await page.locator('[role=alert]').innerText()).includes('101'), 'says how many points there are now');
    assert.equal(await input(page).nth(1).inputValue(), '41');
    await checkPage(page);
    await takePictures(page, 'kind-points');
    await input(page).nth(1).fill('40');
    await next(page);

    await fillPage(page);
    await next(page);
    assert.equal(page.served.status, 400, 'best and worst cannot be the same');
    await checkPage(page);
    await takePictures(page, 'kind-best-worst');
    for (let task = 1; task <= 7; task++) {
      const [best, worst] = await page.locator('main fieldset').all();
      assert.ok((await best.locator('legend').innerText()).startsWith(`Keuze ${task} van 7: `), 'one task a page');
      await best.locator('input').nth(0).check();
      await worst.locator('input').nth(1).check();
      await next(page);
    }

    await input(page).fill('51');
    await next(page);
    assert.equal(await input(page).inputValue(), '51');
    await checkPage(page);
    await takePictures(page, 'kind-number');
    await input(page).fill(' 12 ');
    await next(page);

    await input(page).fill('x'.repeat(61));
    await next(page);
    assert.equal((await input(page).inputValue()).length, 61, 'nothing was cut off');
    await checkPage(page);
    await input(page).fill('Mango');
    await page.keyboard.press('Enter');
    await page.waitForURL(/controle$/);
    const text = await page.locator('main').innerText();
    for (const answer of ['1. Kersen', '2. Peren', 'Appels: 60', '12 stuks', 'Mango']) {
      assert.ok(text.includes(answer), `${answer} in ${text}`);
    }
    await checkPage(page);
    await page.goto(`${SERVICE}/papier?ronde=alle-soorten-1`);
    await checkPage(page);
    await page.context().close();
  });

  it('ranks by keyboard alone, without script, and returns to checking', LONG, async () => {
    const page = await openPage(browser, NO_SCRIPT);
    await begin(page, 'volledig', '/consultaties/alle-soorten');
    await page.goto(`${SERVICE}/vragen/soorten.rang?terug=controle`);
    for (const code of ['appel', 'druif', 'kers']) {
      await tabTo(page, new Function(`return document.activeElement?.value === 'kies:${code}'`));
      await enter(page);
    }
    assert.deepEqual(await ranked(page), ['Appels', 'Druiven', 'Kersen']);
    await tabTo(page, () => document.activeElement?.value === 'omhoog:kers');
    await enter(page);
    await tabTo(page, () => document.activeElement?.value === 'weg:appel');
    await enter(page);
    assert.deepEqual(await ranked(page), ['Kersen', 'Druiven']);
    await tabTo(page, () => document.activeElement?.classList.contains('nl-button--primary'));
    await enter(page);
    assert.ok(page.url().endsWith('/controle'));
    await page.context().close();
  });

  it('the pulse, in English: every page', LONG, async () => {
    const page = await openPage(browser, { locale: 'en' });
    const start = publishVariant('puls-2026', 'puls');
    await arrived(page, SERVICE + start, (text) => text.includes('A short survey'));
    await begin(page, 'puls', start);
    const paths = await walkToCheck(page, async (p) => {
      assert.ok((await p.title()).startsWith('Step '));
      await checkPage(p);
    });
    assert.ok(paths.length >= 6 && paths.length <= 8, `${paths.length} pages: ${paths}`);
    await checkPage(page);
    await page.locator('main form button').click();
    await checkPage(page);
    await page.context().close();
  });

  it('who came by a link keeps it in the other language', LONG, async () => {
    const page = await openPage(browser);
    await page.goto(`${SERVICE}/consultaties/alle-soorten?via=brief`);
    await page.getByRole('link', { name: 'English' }).click();
    assert.equal(await page.locator('html').getAttribute('lang'), 'en');
    assert.equal(await page.locator('input[name=via]').getAttribute('value'), 'brief');
    await page.context().close();
  });

  it('an offer apart from the answers, with all that is wrong at once', LONG, async () => {
    const page = await openPage(browser);
    await begin(page, 'kern');
    await page.goto(`${SERVICE}/controle`);
    await page.locator('main form button').click();
    await page.locator('a[href^="/aanbod"]').click();
    await checkPage(page);
    await takePictures(page, 'offer');
    await page.getByLabel('Naam (niet verplicht)', { exact: true }).fill('Sam');
    await next(page);
    assert.equal(page.served.status, 400);
    assert.equal(await page.locator('[role=alert] li').count(), 2);
    assert.equal(await page.getByLabel('Naam (niet verplicht)', { exact: true }).inputValue(), 'Sam');
    await checkPage(page);
    await page.locator('main input[type=checkbox]').first().check();
    await page.locator('main input[type=email]').fill('sam@voorbeeld.nl');
    await next(page);
    await checkPage(page);
    await page.context().close();
  });

  it('what is not there, wrong, lost or paused', LONG, async () => {
    for (const locale of ['nl-NL', 'en']) {
      const page = await openPage(browser, { locale });
      await page.goto(`${SERVICE}/nergens`);
      assert.equal(page.served.status, 404);
      await checkPage(page);
      await page.goto(`${SERVICE}/verder`);
      await input(page).fill('K7QF-2M9X-0TRB-W4HE');
      await next(page);
      assert.equal(page.served.status, 400);
      await checkPage(page);
      await begin(page);
      await page.locator('button[value=bewaren]').click();
      await checkPage(page);
      await page.goto(`${SERVICE}/vragen/uw-blik.verwachting-open`);
      await page.locator('main textarea').fill('Dit wil ik niet kwijt <b>');
      await page.context().clearCookies({ name: 'deelname' });
      await next(page);
      assert.ok((await page.locator('main').innerText()).includes('Dit wil ik niet kwijt <b>'), 'what was typed can be copied');
      await checkPage(page);
      await page.context().close();
    }
  });

  it('not yet open, and closed while somebody was busy', LONG, async () => {
    const page = await openPage(browser);
    const opens = inDays(20);
    const later = publishTypes('later', picture, { opens_at: `${opens}T00:00:00Z`, closes_at: `${inDays(60)}T00:00:00Z` });
    await arrived(page, SERVICE + later, (text) => text.includes(`U kunt meedoen vanaf ${said(opens)}`));
    assert.equal(await page.locator('button[name=versie]').count(), 0);
    await checkPage(page);

    const over = publishTypes('voorbij', picture);
    await arrived(page, SERVICE + over, (text) => text.includes('begin de'));
    await begin(page, 'volledig', over);
    await page.goto(`${SERVICE}/vragen/soorten.kort`);
    await input(page).fill('Mango');
    closeRound('voorbij-1');
    const other = await page.context().newPage();
    other.served = null;
    other.on('response', (response) => { other.served = { status: response.status() }; });
    await arrived(other, SERVICE + over, (text) => text.includes('De vragenlijst is gesloten'));
    await next(page);
    assert.equal(page.served.status, 409);
    const main = await page.locator('main').innerText();
    assert.ok(main.includes('De vragenlijst is intussen gesloten') && main.includes('Mango'), main);
    await checkPage(page);
    await page.locator('main a[href="/gesloten"]').click();
    assert.ok(page.url().endsWith('/gesloten'));
    await checkPage(page);
    await page.goto(SERVICE + over);
    await checkPage(page);
    await page.context().close();
  });

  it('letters of twice the size', LONG, async () => {
    const large = await startBrowser(['--blink-settings=defaultFontSize=32']);
    try {
      const page = await openPage(large, { viewport: { width: 900, height: 700 } });
      const fits = async () => assert.deepEqual(await overflowFaults(page, { width: 640, height: 700 }), [], page.url());
      await page.goto(`${SERVICE}/`);
      assert.ok(await page.evaluate(() => parseFloat(getComputedStyle(document.body).fontSize) >= 32), 'letters did grow');
      await fits();
      await takePictures(page, 'large-start');
      await begin(page, 'kern');
      await walkToCheck(page, fits);
      await fits();
      await page.locator('main form button').click();
      await fits();
      await page.context().close();
    } finally {
      await large.close();
    }
  });

  it('forced colours: every stop and every choice can be seen', LONG, async () => {
    const page = await openPage(browser, { forcedColors: 'active', colorScheme: 'dark' });
    await begin(page);
    for (const path of ['begin.houding-algemeen', 'waarden.waarden-top3', 'uw-blik.kans-zorg-open', 'achtergrond.postcode']) {
      await page.goto(`${SERVICE}/vragen/${path}`);
      assert.deepEqual((await tabStops(page)).filter((stop) => !stop.visible), [], path);
      const boxes = page.locator('main .zs-control');
      if ((await boxes.count()) > 0) {
        await boxes.first().check();
        await page.mouse.move(0, 0);
        assert.ok(!(await boxes.first().screenshot()).equals(await boxes.nth(1).screenshot()), `${path}: chosen looks as not chosen`);
      }
    }
    await page.context().close();
  });

  it('on paper: each topic on sheets of its own, the code and where it leads', LONG, async () => {
    const page = await openPage(browser);
    await page.goto(`${SERVICE}/papier`);
    await page.emulateMedia({ media: 'print' });
    const sheets = await page.locator('main h2').evaluateAll((all) => all.filter((e) => getComputedStyle(e).breakBefore === 'page').length);
    assert.equal(sheets, 9, 'eight topics, and what comes after them');
    assert.ok((await page.locator('main').innerText()).includes(lastDay()), 'until when it can be sent');
    await page.emulateMedia({ media: 'screen' });
    await begin(page, 'kern');
    await page.goto(`${SERVICE}/controle`);
    await page.locator('main form button').click();
    await takePrint(page, 'receipt-kern');
    await page.emulateMedia({ media: 'print' });
    assert.ok((await page.locator('main').innerText()).includes('/verder'), 'where the code is used');
    assert.equal(await page.locator('form[action="/wissen"]').isVisible(), false);
    assert.equal(await page.getByRole('button').count(), 0);
    await page.context().close();
  });
});
