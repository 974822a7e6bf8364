// The value map of invented data: as staff see it, and as everybody does once it was made public; on a phone, in forced colours, on paper.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { SERVICE, checkPage, openPage, startBrowser, takePictures, takePrint } from './lib/browser.mjs';
import { addAccount, choosePassword, signIn, submit, zevenstem } from './lib/staff.mjs';

const LONG = { timeout: 300_000 };
const ROUND = 'voorbeeld-verzonnen-2';
const MAP = `/beheer/waardenkaart/${ROUND}`;
const PLANTS = `${MAP}/ngt-planten`;
const NATURE = `${PLANTS}/natuurlijkheid`;
const main = (page) => page.locator('main').innerText();

// No invented data, no map: make browser-tests runs this by itself, on a service that allows them.
const INVENTED = /invented_data *= *1/.test(process.env.ZEVENSTEM_TEST_SETTINGS ?? '');

describe('value map', { skip: SERVICE && INVENTED ? false : 'no service with invented data' }, () => {
  let browser;
  let page;
  let everybody;
  before(async () => {
    browser = await startBrowser();
    zevenstem('example', 'load');
    zevenstem('weights', 'make', '--round', ROUND, '--stream', 'open');
    zevenstem('release', 'make', '--round', ROUND);
    page = await openPage(browser);
    everybody = await openPage(browser);
    await signIn(page, 'kaart', addAccount('kaart', 'tafelsecretaris'));
    await choosePassword(page);
  }, LONG);
  after(() => browser?.close());

  // Cells of the stacked table whose text runs over the next one, on a phone.
  const overlaps = async (at) => {
    const before = at.viewportSize();
    await at.setViewportSize({ width: 320, height: 700 });
    const found = await at.evaluate(() => [...document.querySelectorAll('.zs-stack th, .zs-stack td')].filter((e) => e.scrollHeight > e.clientHeight + 2).map((e) => e.innerText.slice(0, 40)));
    await at.setViewportSize(before);
    return found;
  };

  const ready = async (path, words) => {
    for (let tries = 0; tries < 60; tries++) {
      const reply = await page.goto(SERVICE + path);
      if (reply.status() === 200 && words.test(await main(page))) return;
      await page.waitForTimeout(1000);
    }
    throw new Error(`${path} does not say ${words}`);
  };

  it('is one table of letters, each of which leads to its cell', LONG, async () => {
    await ready(PLANTS, /procentpunt/);
    await page.goto(SERVICE + MAP);
    await checkPage(page);
    const cells = await page.locator('.zs-heat td a').count();
    const rows = await page.locator('.zs-heat tbody tr').count();
    assert.ok(rows >= 8, `${rows} applications`);
    assert.equal(cells, 7 * rows);
    assert.equal(await page.locator(`.zs-heat a[href="${NATURE}"]`).innerText(), 'T\nTegenspraak');
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    assert.ok(height < 4000, `${height} px`);
    await takePictures(page, 'value-map');
    await takePrint(page, 'value-map');
  });

  it('tells of one application what each method says', LONG, async () => {
    await page.locator(`.zs-heat th a[href="${PLANTS}"]`).click();
    await checkPage(page);
    const said = await main(page);
    assert.match(said, /Wordt beter: \+/);
    assert.match(said, /Tegenspraak \(een andere richting/);
    await takePictures(page, 'value-map-row');
    assert.deepEqual(await overlaps(page), []);
    await page.locator(`main a[href="${NATURE}"]`).click();
    await checkPage(page);
    assert.match(await main(page), /Het lot koos deze citaten, met het startgetal voorbeeld-verzonnen-2\/ngt-planten\/natuurlijkheid/);
    await takePictures(page, 'value-map-cell');
  });

  it('takes a judgement with its reason', LONG, async () => {
    await page.locator('#oordeel-deels, #oordeel').first().waitFor();
    await submit(page);
    await checkPage(page);
    assert.match(await main(page), /Tegenspraak/);
  });

  it('is for everybody once it was made public, and stays', LONG, async () => {
    await page.goto(SERVICE + MAP);
    await submit(page);
    await checkPage(page);
    // What people said goes public with it: the secretary reads that before.
    const quotes = await page.locator('main blockquote').allInnerTexts();
    assert.ok(quotes.length > 0);
    assert.match(await main(page), /Deze woorden van mensen worden dan ook openbaar/);
    assert.equal(new Set(quotes).size, quotes.length, 'words are shown once');
    // It is labelled by other figures than those that staff see.
    assert.match(await main(page), /De openbare kaart kan anders zijn/);
    assert.match(await main(page), /Aantal vakken dat op de openbare kaart een ander oordeel krijgt: \d+\./);
    await takePictures(page, 'value-map-publish');
    // Who saw other quotes than would go public now is asked again.
    await page.locator('main input[name="gezien"]').evaluate((field) => (field.value = 'anders'));
    await submit(page);
    assert.deepEqual(await page.locator('main blockquote').allInnerTexts(), quotes);
    await submit(page);
    await everybody.goto(`${SERVICE}/waardenkaart/${ROUND}`);
    await checkPage(everybody);
    assert.equal(await everybody.locator('#verzonnen').count(), 1, 'it says that all of it is invented');
    await takePictures(everybody, 'value-map-public');
    await everybody.locator('.zs-heat td a[href$="/ngt-planten#natuurlijkheid"]').click();
    await checkPage(everybody);
    assert.ok(everybody.url().endsWith(`/waardenkaart/${ROUND}/ngt-planten#natuurlijkheid`));
    assert.equal(await everybody.locator('#natuurlijkheid').count(), 1);
    assert.match(await main(everybody), /procentpunt/);
    assert.doesNotMatch(await main(everybody), /Aantal mensen: \d+\. Voor/);
    await takePictures(everybody, 'value-map-public-row');
    const { citaten } = await (await everybody.request.get(`${SERVICE}/v1/waardenkaart/citaten?ronde=${ROUND}`)).json();
    assert.deepEqual([...new Set(citaten.map((quote) => quote.woorden))].sort(), quotes.sort());
    // Nearly all expect the same: too few expect otherwise to show, and the net is told.
    const map = await (await everybody.request.get(`${SERVICE}/v1/waardenkaart?ronde=${ROUND}`)).text();
    assert.doesNotMatch(map, /\.\d{14}/, 'no more digits than are told');
    for (const row of JSON.parse(map).toepassingen) {
      for (const { enquete } of row.waarden) {
        if (enquete.stand === 'achtergehouden') assert.ok(enquete.regels.every((line) => !line.netto), `${row.toepassing}: a net is told`);
        if (enquete.minderheid) assert.ok(enquete.regels.every((line) => line.eensgezind !== 'eens'), `${row.toepassing}: agreement beside a minority`);
      }
      for (const talk of row.waarden.flatMap((cell) => [cell.interviews, cell.focusgroepen])) {
        if (talk.stand === 'gehoord') assert.ok(talk.voor + talk.tegen + talk.verdeeld <= talk.gesproken, 'sides add up');
      }
    }
    const { toepassing, waarde, woorden } = citaten[0];
    await everybody.goto(`${SERVICE}/waardenkaart/${ROUND}/${toepassing}`);
    await checkPage(everybody);
    assert.match(await everybody.locator(`tr#${waarde}`).innerText(), /Maar \d+ % verwacht juist dat het/);
    assert.ok((await everybody.locator('main blockquote').allInnerTexts()).some((text) => text.startsWith(woorden)));
    await takePictures(everybody, 'value-map-quotes');
  });
});
