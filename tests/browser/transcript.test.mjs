// A focus group as a researcher brings it in: who was there, what each agreed to, what was said, and what may not stay.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { SERVICE, checkPage, openPage, startBrowser } from './lib/browser.mjs';
import { addAccount, choosePassword, signIn, submit, zevenstem } from './lib/staff.mjs';

const LONG = { timeout: 180_000 };
const ROUND = 'biotechnologie-2026-1';
const SAID = `WEBVTT

00:00:01.000 --> 00:00:06.000
<v Mira>Welkom allemaal. Waar denkt u aan bij kweekvlees?

00:00:07.000 --> 00:00:15.000
<v Anja>Ik zie een kans. Maar is het veilig? Mijn nummer is 06-12345678.

00:00:16.000 --> 00:00:25.000
<v Karel>Anja Vermeer en ik zijn het niet eens. Ik vind het niet natuurlijk.
`;
const file = (text) => ({ name: 'gesprek.vtt', mimeType: 'text/vtt', buffer: Buffer.from(text) });

describe('a transcript', { skip: SERVICE ? false : 'ZEVENSTEM_URL is not set' }, () => {
  let browser;
  let page;
  let conversation;
  const main = () => page.locator('main').innerText();
  const visit = async (path) => {
    await page.goto(SERVICE + path);
    await checkPage(page);
  };
  const choose = async (values) => {
    for (const [name, value] of Object.entries(values)) {
      const field = page.locator(`main [name="${name}"]`);
      const type = await field.first().getAttribute('type');
      if (type === 'checkbox') {
        await page.locator(`main [name="${name}"][value="${value}"]`).check();
      } else if ((await field.evaluate((element) => element.tagName)) === 'SELECT') {
        await field.selectOption(value);
      } else {
        await field.fill(value);
      }
    }
  };

  before(async () => {
    browser = await startBrowser();
    zevenstem('guide', 'publish', new URL('../../config/guides/focusgroep-biotechnologie.json', import.meta.url).pathname, '--consultation', 'biotechnologie-2026');
    const password = addAccount('gespreksonderzoeker', 'onderzoeker');
    page = await openPage(browser);
    await signIn(page, 'gespreksonderzoeker', password);
    await choosePassword(page);
  });
  after(async () => {
    await browser?.close();
  });

  it('waits until everybody who came agreed', LONG, async () => {
    await visit(`/beheer/veldwerk/${ROUND}/nieuw`);
    await page.locator('main [name="leidraad"]').selectOption({ index: 1 });
    await choose({ soort: 'focusgroep', status: 'gehouden', datum: '2026-11-20', taal: 'nl', vorm: 'live', gespreksleider: 'J. Bos' });
    await submit(page);
    conversation = new URL(page.url()).pathname;
    for (const naam of ['Anja Vermeer', 'Karel Jansen']) {
      await visit(`${conversation}/deelnemers`);
      await choose({ naam, stand: 'gekomen', leeftijdsgroep: 'volwassen' });
      await submit(page);
    }
    await visit(`${conversation}/laden`);
    assert.equal(await page.locator('main form').count(), 0);
    for (const link of await page.locator('main a[href$="/toestemming"]').evaluateAll((links) => links.map((each) => each.getAttribute('href')))) {
      await visit(link);
      await page.locator('main [name="formulier"]').selectOption({ index: 1 });
      await choose({ gegevenOp: '2026-11-20', wijze: 'papier', deelname: 'ja', opname: 'ja' });
      await submit(page);
    }
    await checkPage(page);
    await visit(`${conversation}/laden`);
    assert.equal(await page.locator('main form').count(), 1);
  });

  it('is refused with all that is wrong, and says where', LONG, async () => {
    await submit(page);
    assert.equal(page.served.status, 400);
    await checkPage(page);
    await choose({ bron: 'opname' });
    await page.locator('main [type=file]').setInputFiles(file('WEBVTT\n\n00:01 --> kapot\nhoi\n'));
    await submit(page);
    assert.equal(page.served.status, 400);
    assert.match(await main(), /Regel 3/);
    await checkPage(page);
  });

  it('is shown with who may have spoken, and loaded once that is chosen', LONG, async () => {
    await visit(`${conversation}/laden`);
    await choose({ bron: 'opname' });
    await page.locator('main [type=file]').setInputFiles(file(SAID));
    await submit(page);
    assert.equal(page.served.status, 200);
    await checkPage(page);
    await submit(page);
    assert.equal(page.served.status, 400, 'nobody chose who Mira is');
    await checkPage(page);
    await choose({ 'spreker-0': 'moderator' });
    await submit(page);
    assert.equal(page.served.status, 200);
    assert.equal(new URL(page.url()).pathname, `${conversation}/tekst`);
    await checkPage(page);
    assert.match(await main(), /P1[^]*Ik zie een kans[^]*P2[^]*niet natuurlijk/);
  });

  it('loses what tells who somebody is, where a person says so', LONG, async () => {
    await visit(`${conversation}/persoonsgegevens`);
    await choose({ 'weg-0': 'ja', 'weg-1': 'ja' });
    await submit(page);
    assert.equal(page.served.status, 200);
    await checkPage(page);
    await visit(`${conversation}/tekst`);
    const text = await main();
    assert.doesNotMatch(text, /06-12345678|Vermeer/);
    assert.match(text, /\[telefoonnummer\][^]*\[deelnemer P1\] en ik/);
  });

  it('is corrected turn by turn, and tells what changed', LONG, async () => {
    await page.locator('main a[href$="/verbeteren"]').last().click();
    await checkPage(page);
    await page.locator('main textarea').fill('[deelnemer P1] en ik zijn het niet eens. Het is niet natuurlijk.');
    await submit(page);
    assert.equal(page.served.status, 400, 'why is not said');
    assert.match(await page.locator('main textarea').inputValue(), /Het is niet natuurlijk/);
    await checkPage(page);
    await page.locator('#reden').fill('Terugluisteren: dit was anders gezegd.');
    await submit(page);
    assert.equal(page.served.status, 200);
    await checkPage(page);
    assert.match(await main(), /Het is niet natuurlijk/);
    await page.locator('main a', { hasText: 'Wat er is gewijzigd' }).first().click();
    await checkPage(page);
  });

  it('is corrected with a whole file, after it was seen what changes', LONG, async () => {
    await visit(`${conversation}/tekst`);
    await page.locator('main a', { hasText: 'De tekst verbeteren met een heel bestand' }).click();
    await checkPage(page);
    await page.locator('main [name="bestand"]').setInputFiles(file(SAID.replace('Waar denkt u aan', 'Waar dacht u aan').replace('Ik vind het niet natuurlijk.', 'Het is niet natuurlijk, toch?')));
    await submit(page);
    assert.equal(page.served.status, 400, 'why is not said');
    await checkPage(page);
    await page.locator('main [name="bestand"]').setInputFiles(file(SAID.replace('Waar denkt u aan', 'Waar dacht u aan').replace('Ik vind het niet natuurlijk.', 'Het is niet natuurlijk, toch?')));
    await page.locator('#waarom').fill('Opnieuw beluisterd.');
    await submit(page);
    await checkPage(page);
    for (const [n, who] of ['moderator', { index: 1 }, { index: 2 }].entries()) await page.locator(`#spreker-${n}`).selectOption(who);
    assert.match(await main(), /Beurten die veranderen/);
    assert.match(await main(), /Vervangen persoonsgegevens die vervangen blijven/);
    await page.locator('main button', { hasText: 'Nieuwe versie maken' }).click();
    await page.waitForURL(/wijzigingen/);
    await checkPage(page);
    assert.match(await main(), /toch\?/);
    await visit(`${conversation}/tekst`);
    assert.doesNotMatch(await main(), /06-12345678|Anja Vermeer/, 'what was redacted stays redacted');
  });
});
