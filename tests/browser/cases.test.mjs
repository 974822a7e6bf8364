// How people can take part, recommendations, and the research agenda: as the secretary keeps them and everybody reads them.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { SERVICE, checkPage, openPage, startBrowser, takePictures } from './lib/browser.mjs';
import { addAccount, choosePassword, signIn, submit } from './lib/staff.mjs';

const LONG = { timeout: 180_000 };
const main = (page) => page.locator('main').innerText();

describe('recommendations and research', { skip: SERVICE ? false : 'ZEVENSTEM_URL is not set' }, () => {
  let browser;
  let page;
  before(async () => {
    browser = await startBrowser();
    page = await openPage(browser);
    await signIn(page, 'onderzoek', addAccount('onderzoek', 'tafelsecretaris'));
    await choosePassword(page);
  });
  after(() => browser?.close());

  const send = async (path, fields) => {
    await page.goto(SERVICE + path);
    await checkPage(page);
    for (const [name, value] of Object.entries(fields)) {
      const field = page.locator(`#${name}`);
      await ((await field.evaluate(({ tagName }) => tagName)) === 'SELECT' ? field.selectOption(value) : field.fill(value));
    }
    if (await page.locator('#openbaar').count()) await page.locator('#openbaar').check();
    await submit(page);
    await checkPage(page);
    return new URL(page.url()).pathname;
  };

  it('a recommendation is written down and adopted', LONG, async () => {
    await page.goto(`${SERVICE}/beheer/aanbevelingen`);
    await checkPage(page);
    const at = await send('/beheer/aanbevelingen/nieuw', {
      procedure: 'burgerconsultatie', titel: 'Zeg vooraf wanneer de volgende vragenlijst komt', watOnduidelijk: 'Mensen weten niet wanneer zij weer kunnen meedoen.',
      voorWie: 'iedereen die eerder meedeed', voorstel: 'Noem na elke ronde de maand van de volgende.',
    });
    await send(`${at}/stap`, { naar: 'vastgesteld' });
    await takePictures(page, 'recommendation-wrong');
    await send(`${at}/stap`, { naar: 'vastgesteld', verwijzing: 'Overleg van 3 maart 2027, punt 2' });
    await takePictures(page, 'recommendation-staff');
    assert.match(await main(page), /vastgesteld door de tafel/);
    await send(`${at}/bewijs`, { waarom: 'Niets genoemd' });
  });

  it('a question gets points of each side, with the method beside them', LONG, async () => {
    const at = await send('/beheer/onderzoeksvragen/nieuw', {
      titel: 'Wat weten mensen over kweekvlees voordat zij kiezen?', soort: 'maatschappelijk', technologie: 'kweekvlees', waaromNu: 'Er zijn proeverijen.',
    });
    await send(`${at}/punten`, { kant: 'overheid', punten: '4' });
    await send(`${at}/punten`, { kant: 'bedrijven', punten: '2' });
    await send(`${at}/punten`, { kant: 'kennisinstellingen', punten: '5' });
    await takePictures(page, 'research-staff');
    assert.match(await main(page), /Prioriteit 4 van 5, van 3 kanten\./);
    await page.goto(`${SERVICE}/beheer/onderzoeksvragen`);
    await checkPage(page);
    await takePictures(page, 'research-list');
  });

  it('everybody reads them, in two languages', LONG, async () => {
    const citizen = await openPage(browser);
    for (const path of ['/meepraten?taal=en', '/meepraten?taal=nl', '/onderzoeksagenda?taal=en', '/onderzoeksagenda?taal=nl']) {
      await citizen.goto(SERVICE + path);
      await checkPage(citizen);
      await takePictures(citizen, `cases${path.replace(/\W+/g, '-')}`);
    }
    assert.match(await main(citizen), /Elke kant geeft een vraag 1 tot 5 punten\./);
    assert.match(await main(citizen), /Wat weten mensen over kweekvlees/);
  });
});
