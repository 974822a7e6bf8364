// The assessment framework of invented data: the secretary writes a next version on a public value map, somebody else approves it, everybody
// reads and compares it; on a phone, in forced colours, on paper.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { BUILD, SERVICE, checkPage, openPage, startBrowser, takePictures, takePrint } from './lib/browser.mjs';
import { addAccount, choosePassword, signIn, submit, zevenstem } from './lib/staff.mjs';

const LONG = { timeout: 300_000 };
const ROUND = 'voorbeeld-verzonnen-2';
const ONE = '/beheer/afwegingskaders/1';
const SHEET = '/afwegingskaders/kweekvlees?consultatie=voorbeeld-verzonnen';
const main = (page) => page.locator('main').innerText();

// No invented data, no sheet: make browser-tests runs this by itself, on a service that allows them.
const INVENTED = /invented_data *= *1/.test(process.env.ZEVENSTEM_TEST_SETTINGS ?? '');

describe('assessment framework', { skip: SERVICE && INVENTED ? false : 'no service with invented data' }, () => {
  let browser;
  let page;
  let second;
  let everybody;
  before(async () => {
    browser = await startBrowser();
    zevenstem('example', 'load');
    zevenstem('weights', 'make', '--round', ROUND, '--stream', 'open');
    zevenstem('release', 'make', '--round', ROUND);
    page = await openPage(browser);
    second = await openPage(browser);
    everybody = await openPage(browser);
    await signIn(page, 'kader', addAccount('kader', 'tafelsecretaris'));
    await choosePassword(page);
    await signIn(second, 'ander', addAccount('ander', 'tafelsecretaris'));
    await choosePassword(second);
  }, LONG);
  after(() => browser?.close());

  const ready = async (path, words) => {
    for (let tries = 0; tries < 60; tries++) {
      const reply = await page.goto(SERVICE + path);
      if (reply.status() === 200 && words.test(await main(page))) return;
      await page.waitForTimeout(1000);
    }
    throw new Error(`${path} does not say ${words}`);
  };

  const send = async (path, fields) => {
    await page.goto(SERVICE + path);
    await checkPage(page);
    for (const [name, value] of Object.entries(fields)) {
      const field = page.locator(`#${name}`);
      const tag = await field.evaluate(({ tagName, type }) => `${tagName} ${type}`);
      if (tag.startsWith('SELECT')) await field.selectOption(value);
      else if (tag.endsWith('checkbox')) await field.check();
      else await field.fill(value);
    }
    await submit(page);
    await checkPage(page);
  };

  it('everybody reads the newest that was approved, with the older one beside it', LONG, async () => {
    await everybody.goto(`${SERVICE}/afwegingskaders?consultatie=voorbeeld-verzonnen`);
    await checkPage(everybody);
    await takePictures(everybody, 'frameworks');
    await everybody.goto(SERVICE + SHEET);
    await checkPage(everybody);
    await takePictures(everybody, 'framework');
    assert.match(await main(everybody), /Boeren verliezen werk\./);
    await everybody.locator('a', { hasText: 'Wat is anders dan in versie 1' }).click();
    await checkPage(everybody);
    await takePictures(everybody, 'framework-compare');
    assert.equal(await everybody.locator('section ins').first().evaluate((e) => getComputedStyle(e).textDecorationLine), 'underline');
    assert.equal(await everybody.locator('section del').first().evaluate((e) => getComputedStyle(e).textDecorationLine), 'line-through');
    await everybody.goto(`${SERVICE}${SHEET}&versie=1`);
    await checkPage(everybody);
    assert.match(await main(everybody), /Dit is een oudere versie\./);
    await everybody.locator('header a[hreflang="en"]').click();
    await checkPage(everybody);
    assert.match(await main(everybody), /This is an older version\./);
    await everybody.goto(`${SERVICE}${SHEET}&taal=nl`);
  });

  it('the secretary writes the next version, on a value map that is public', LONG, async () => {
    await page.goto(`${SERVICE}/beheer/afwegingskaders`);
    await checkPage(page);
    await takePictures(page, 'framework-list');
    await page.goto(SERVICE + ONE);
    await checkPage(page);
    await takePictures(page, 'framework-staff');
    await send(`${ONE}/bewijs`, { ronde: ROUND, toelichting: 'De gesprekken waren met weinig mensen.' });
    assert.match(await main(page), /Van deze ronde is nog geen waardenkaart openbaar\./);
    await send(`${ONE}/voorleggen`, { zeker: 'ja' });
    await takePictures(page, 'framework-refused');
    assert.match(await main(page), /Van deze ronde is nog geen waardenkaart openbaar\./);
    await ready(`/beheer/waardenkaart/${ROUND}/kweekvlees`, /procentpunt/);
    await page.goto(`${SERVICE}/beheer/waardenkaart/${ROUND}`);
    await submit(page);
    await submit(page); // yes
    await send(`${ONE}/argumenten/nieuw`, { kant: 'tegen', tekst: 'Niemand weet wat het kost.', partij: 'bedrijven' });
    await send(`${ONE}/argumenten/nieuw`, { kant: 'tegen', tekst: 'Dit rust op iets.', passages: '12 en 13' });
    await takePictures(page, 'framework-argument-wrong');
    assert.match(await main(page), /12 en 13|Schrijf nummers van passages/);
    await send(`${ONE}/voorwaarden/nieuw`, { tekst: 'Er is hulp voor boeren.' });
    await takePictures(page, 'framework-condition-wrong');
    await page.locator('input[name=waarden][value=rechtvaardigheid]').check();
    await submit(page);
    await checkPage(page);
    await send(`${ONE}/voorleggen`, { zeker: 'ja' });
    await takePictures(page, 'framework-put-forward');
    assert.match(await main(page), /Dit ligt voor\./);
  });

  it('somebody else approves it, and it is public with its evidence', LONG, async () => {
    await page.goto(`${SERVICE}${ONE}/besluit`);
    // Who put it forward is not offered to approve it.
    assert.equal(await page.locator('#uitkomst option[value="vaststellen"]').count(), 0);
    await checkPage(page);
    await second.goto(`${SERVICE}${ONE}/versies/3`);
    await checkPage(second);
    await second.goto(`${SERVICE}${ONE}/vergelijken?van=2&naar=3`);
    await checkPage(second);
    await second.goto(`${SERVICE}${ONE}/besluit`);
    await checkPage(second);
    await second.locator('#uitkomst').selectOption('vaststellen');
    await submit(second);
    await checkPage(second);
    await everybody.goto(SERVICE + SHEET);
    await checkPage(everybody);
    await takePictures(everybody, 'framework-evidence');
    assert.match(await main(everybody), /Hoe goed is dit bewijs\?/);
    assert.equal(await everybody.locator('#bewijs ~ table tbody tr').count(), 7);
    await everybody.goto(`${SERVICE}/waardenkaart/${ROUND}/kweekvlees`);
    await checkPage(everybody);
    await everybody.locator('main a', { hasText: 'het afwegingskader' }).click();
    assert.match(everybody.url(), /afwegingskaders\/kweekvlees/);
  });

  it('prints on A4, without what is only good on a screen', LONG, async () => {
    await everybody.goto(SERVICE + SHEET);
    await everybody.setViewportSize({ width: 680, height: 960 }); // A4 between its margins
    await takePrint(everybody, 'framework');
    await everybody.emulateMedia({ media: 'print' });
    for (const hidden of ['.zs-back', '.utrecht-page-footer', 'main .zs-screen-only']) {
      assert.equal(await everybody.locator(hidden).first().isVisible(), false, hidden);
    }
    await everybody.emulateMedia({ media: null });
    const paper = await everybody.pdf({ path: join(BUILD, 'screenshots', 'framework.pdf'), format: 'A4', margin: { top: '15mm', bottom: '15mm', left: '15mm', right: '15mm' } });
    const sheets = paper.toString('latin1').match(/\/Type \/Page\b/g).length;
    assert.ok(sheets >= 2 && sheets <= 10, `${sheets} sheets of paper`);
  });

  it('reads in forced colours and without scripts', LONG, async () => {
    const other = await openPage(browser, { forcedColors: 'active', javaScriptEnabled: false });
    await other.goto(SERVICE + SHEET);
    await takePictures(other, 'framework-forced');
    assert.match(await main(other), /Wat concludeert de tafel\?/);
    await other.goto(`${SERVICE}/afwegingskaders/kweekvlees/vergelijken?consultatie=voorbeeld-verzonnen&van=1&naar=3`);
    assert.ok((await other.locator('section ins').count()) > 0);
    await other.close();
  });
});
