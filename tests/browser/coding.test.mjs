// Coding as a researcher and two coders do it, in a browser, with and without a mouse.
import assert from 'node:assert/strict';
import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { SERVICE, checkPage, openPage, startBrowser, tabStops, takePictures } from './lib/browser.mjs';
import { enter, tabTo } from './lib/citizen.mjs';
import { addAccount, choosePassword, signIn, submit, zevenstem } from './lib/staff.mjs';

const LONG = { timeout: 180_000 };
const ROUND = 'biotechnologie-2026-1';
const QUESTION = 'kweekvlees_waarom';
const AT = `/beheer/codering/${ROUND}`;
const ANSWERS = [
  'Vlees uit een fabriek is niet natuurlijk. Mijn kinderen moeten zelf kunnen kiezen.',
  'Ik vind het goed als er minder dieren lijden. Maar wie controleert of het veilig is?',
  'Als het duur wordt, kunnen alleen rijke mensen het kopen.',
  'Het klimaat 🌍 heeft hier veel aan. Doen dus.',
];
const main = (page) => page.locator('main').innerText();

describe('coding', { skip: SERVICE ? false : 'ZEVENSTEM_URL is not set' }, () => {
  let browser;
  let folder;
  const people = {};
  const visit = async (path, page) => {
    await page.goto(SERVICE + path);
    await checkPage(page);
  };
  const come = async (name, role) => {
    const password = addAccount(name, role);
    const page = await openPage(browser);
    await signIn(page, name, password);
    await choosePassword(page);
    people[name] = page;
  };

  before(async () => {
    browser = await startBrowser();
    folder = mkdtempSync(join(tmpdir(), 'zcoding.'));
    writeFileSync(join(folder, 'mensen.jsonl'), ANSWERS.map((text) => JSON.stringify({ variant: 'kern', toepassing_toegewezen_1: 'kweekvlees', [QUESTION]: text })).join('\n'));
    zevenstem('import', 'responses', join(folder, 'mensen.jsonl'), '--round', ROUND, '--channel', 'api');
    zevenstem('codebook', 'publish', 'zeven-waarden', '--consultation', 'biotechnologie-2026');
    await come('onderzoeker', 'onderzoeker');
    await come('codeur-a', 'codeur');
    await come('codeur-b', 'codeur');
  });
  after(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('a researcher looks at the code book, plans, and draws: all that is wrong at once', LONG, async () => {
    const page = people.onderzoeker;
    await visit('/beheer/codering', page);
    await page.locator(`main a[href="${AT}"]`).click();
    await checkPage(page);
    await page.locator('#grens').fill('hoog');
    await submit(page);
    assert.equal(page.served.status, 400);
    await checkPage(page);
    await page.locator('#grens').fill('0,667');
    await submit(page);
    await checkPage(page);
    await page.locator('#vraag').selectOption(QUESTION);
    await page.locator('#zaad').fill('xyz');
    await page.getByRole('button', { name: 'Trekken en verdelen' }).click();
    assert.equal(page.served.status, 400);
    assert.equal(await page.locator('[role=alert] li').count(), 2);
    await checkPage(page);
    await page.locator('#vraag').selectOption(QUESTION);
    await page.locator('#dubbel').fill('100');
    await page.locator('#zaad').fill('');
    for (const name of ['codeur-a', 'codeur-b']) {
      await page.getByLabel(name).check();
    }
    await page.getByRole('button', { name: 'Trekken en verdelen' }).click();
    assert.equal(page.served.status, 200, await main(page));
    await checkPage(page);
    await takePictures(page, 'coding-round');
    await page.getByRole('link', { name: 'Het codeboek' }).click();
    await checkPage(page);
    await takePictures(page, 'coding-book');
    await visit(`${AT}/verloren`, page);
    assert.ok((await main(page)).includes('Alle coderingen gingen mee.'));
  });

  it('a coder codes by keyboard alone, without JavaScript', LONG, async () => {
    const page = await openPage(browser, { javaScriptEnabled: false });
    await page.context().addCookies(await people['codeur-a'].context().cookies());
    await page.goto(`${SERVICE}${AT}/werk`);
    await checkPage(page, { axe: false });
    await tabTo(page, () => /\/beheer\/coderen\//.test(document.activeElement?.getAttribute('href') ?? ''));
    await enter(page);
    await tabTo(page, () => document.activeElement?.id === 'zin-1');
    await page.keyboard.press('Space');
    await tabTo(page, () => document.activeElement?.id === 'code-natuurlijkheid');
    await page.keyboard.press('Space');
    await tabTo(page, () => document.activeElement?.value === 'opslaan');
    await enter(page);
    assert.ok((await main(page)).includes('Wat u al hebt gecodeerd'));
    await page.context().close();
  });

  it('a coder chooses words in the text with a mouse, and by keyboard', LONG, async () => {
    const page = people['codeur-b'];
    await visit(`${AT}/werk`, page);
    assert.doesNotMatch(page.served.headers['content-security-policy'], /script/, 'no other page runs any');
    // The one with a character of two UTF-16 units in front of the words.
    const task = page.locator('main a[href^="/beheer/coderen/"]').filter({ hasText: 'Het klimaat' }).first();
    await page.goto(SERVICE + (await task.getAttribute('href')));
    await checkPage(page);
    assert.match(page.served.headers['content-security-policy'], /; script-src 'self'$/);
    const text = page.locator('#stuk');
    const places = async () => [await page.locator('#van').inputValue(), await page.locator('#tot').inputValue()];
    await page.locator('#zin-1').check();
    await text.scrollIntoViewIfNeeded();
    const box = await text.boundingBox();
    await page.mouse.dblclick(box.x + 75, box.y + 22);
    assert.deepEqual(await places(), ['4', '11'], 'klimaat');
    assert.equal(await page.locator('#zin-1').isChecked(), false, 'one way of saying where');
    assert.match(await page.locator('#gekozen').innerText(), /Gekozen: klimaat$/);
    await takePictures(page, 'coding-chosen');
    await page.locator('#zin-1').check();
    assert.deepEqual(await places(), ['', '']);
    await page.locator('#zin-1').uncheck();
    // From the start of the text over its first three words.
    await text.focus();
    await text.evaluate((element) => element.setSelectionRange(0, 0));
    for (let i = 0; i < 'Het klimaat '.length + 1; i++) await page.keyboard.press('Shift+ArrowRight');
    assert.deepEqual(await places(), ['0', '13']);
    for (const key of ['x', 'Backspace', 'Control+x', 'Control+v', 'Enter']) await page.keyboard.press(key);
    assert.equal(await text.inputValue(), ANSWERS[3], 'the text stays');
    assert.deepEqual(await places(), ['0', '13']);
    await page.locator('#code-natuurlijkheid').check();
    await submit(page);
    await page.getByText('Wat u al hebt gecodeerd').waitFor();
    assert.equal(await page.locator('main ol q').innerText(), 'Het klimaat \u{1F30D}');
    await page.getByRole('link', { name: 'Wijzigen 1' }).click();
    await checkPage(page);
    assert.match(await main(page), /Het klimaat/);
    await page.getByRole('button', { name: 'Weghalen 1' }).click();
    await checkPage(page);
  });

  it('codes: what is wrong, what stands, changing, taking away, done', LONG, async () => {
    const page = people['codeur-a'];
    await visit(`${AT}/werk`, page);
    await takePictures(page, 'coding-queue');
    await page.locator('main a[href^="/beheer/coderen/"]').first().click();
    await checkPage(page);
    await takePictures(page, 'coding-task');
    await page.locator('summary', { hasText: 'stukje van een zin' }).click();
    await page.locator('#woorden').fill('staat er niet');
    await submit(page);
    assert.equal(page.served.status, 400);
    await checkPage(page);
    await takePictures(page, 'coding-task-wrong');
    await page.getByRole('link', { name: 'Wijzigen 1' }).click();
    await checkPage(page);
    await page.getByRole('button', { name: 'Weghalen 1' }).click();
    await checkPage(page);
    for (const name of ['codeur-a', 'codeur-b']) {
      // Whoever fills in the form meanwhile may be asked the same question: there are at least as many answers.
      for (let n = 0; ; n++) {
        await people[name].goto(`${SERVICE}${AT}/werk`);
        const next = people[name].locator('main p a[href^="/beheer/coderen/"]').first();
        if (n >= ANSWERS.length && (await next.count()) === 0) break;
        await next.click();
        await people[name].locator('#zin-1').check();
        await people[name].locator(n === 2 && name === 'codeur-b' ? '#code-veiligheid' : '#code-natuurlijkheid').check();
        await people[name].locator('#toepassing').selectOption('kweekvlees');
        await Promise.all([people[name].waitForNavigation(), people[name].getByRole('button', { name: 'Klaar, volgende stuk' }).click()]);
      }
      await visit(`${AT}/werk`, people[name]);
      assert.ok((await main(people[name])).includes('U heeft alles gecodeerd.'));
    }
  });

  it('a researcher decides, sees how well two agree, and finds again', LONG, async () => {
    const page = people.onderzoeker;
    await visit(`${AT}/verschillen`, page);
    await takePictures(page, 'coding-doubles');
    await page.locator('main li a').first().click();
    await checkPage(page);
    await page.locator('input[name=neem]').first().check();
    await takePictures(page, 'coding-decide');
    await submit(page);
    await checkPage(page);
    assert.ok((await main(page)).includes('beslist'));
    for (const [path, name] of [['overeenstemming', 'agreement'], ['terugvinden?waarde=natuurlijkheid&uitsplitsen=gender', 'find'], ['schattingen', 'estimates'], ['stemmen', 'voices']]) {
      await visit(`${AT}/${path}`, page);
      assert.doesNotMatch(await page.locator('body').innerText(), /[{}]/);
      await takePictures(page, `coding-${name}`);
    }
  });

  it('in English, and in forced colours: every stop can be seen', LONG, async () => {
    const page = await openPage(browser, { locale: 'en' });
    await page.context().addCookies(await people.onderzoeker.context().cookies());
    for (const path of ['/beheer/codering', AT, `${AT}/verschillen`, `${AT}/overeenstemming`, `${AT}/terugvinden`, `${AT}/schattingen`, `${AT}/stemmen`]) {
      await visit(`${path}?taal=en`, page);
      await page.emulateMedia({ forcedColors: 'active', colorScheme: 'dark' });
      assert.deepEqual((await tabStops(page)).filter((stop) => !stop.visible), [], path);
      await page.emulateMedia({ forcedColors: 'none', colorScheme: 'light' });
    }
    await page.context().close();
  });
});
