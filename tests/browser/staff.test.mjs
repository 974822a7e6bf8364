// Every page of staff: signing in, own account, help by code, typing over, accounts, keys, the log, as each role sees them.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assertFocus, SERVICE, checkPage, openPage, startBrowser, tabStops, takePictures } from './lib/browser.mjs';
import { enter, tabTo } from './lib/citizen.mjs';
import { arrived, inDays, publishTypes, said } from './lib/publish.mjs';
import { PASSWORD, addAccount, choosePassword, oneTimeCode, setFactorUp, signIn, submit, zevenstem } from './lib/staff.mjs';

const LONG = { timeout: 180_000 };
const main = (page) => page.locator('main').innerText();
const id = (page) => page.evaluate(() => document.activeElement?.id);

describe('staff', { skip: SERVICE ? false : 'ZEVENSTEM_URL is not set' }, () => {
  let browser;
  let boss;
  let secret;
  before(async () => {
    browser = await startBrowser();
    boss = await openPage(browser);
  });
  after(() => browser?.close());

  const visit = async (path, page = boss) => {
    await page.goto(SERVICE + path);
    await checkPage(page);
  };

  it('signs in for the first time: name, password, one of its own, second factor, recovery codes', LONG, async () => {
    const password = addAccount('baas', 'beheerder');
    await visit('/beheer/inloggen');
    await takePictures(boss, 'staff-login');
    await signIn(boss, 'baas', 'dit is het niet');
    assert.equal(boss.served.status, 400);
    await checkPage(boss);
    await signIn(boss, 'baas', password);
    await checkPage(boss);
    await boss.locator('#nieuw').fill('kort');
    await submit(boss);
    assert.equal(boss.served.status, 400);
    await checkPage(boss);
    await choosePassword(boss);
    assert.ok(boss.url().endsWith('/beheer/account/tweede-factor'));
    await checkPage(boss);
    await boss.locator('main form[action$="/begin"] button').click();
    await checkPage(boss);
    await takePictures(boss, 'staff-factor');
    await submit(boss); // without a password
    assert.equal(boss.served.status, 400);
    assert.equal(await boss.locator('#huidig-fout').count(), 1);
    await checkPage(boss);
    secret = await setFactorUp(boss);
    assert.equal(await boss.locator('main code').count(), 10);
    await checkPage(boss);
    await boss.locator('main a[href="/beheer"]').click();
    await checkPage(boss);
    await takePictures(boss, 'staff-home');
  });

  it('signs in by keyboard alone, with the code of the app', LONG, async () => {
    const page = await openPage(browser, { javaScriptEnabled: false });
    await page.goto(`${SERVICE}/beheer/inloggen`);
    await tabTo(page, () => document.activeElement?.id === 'naam');
    await page.keyboard.type('baas');
    await page.keyboard.press('Tab');
    assert.equal(await id(page), 'wachtwoord');
    await page.keyboard.type(PASSWORD);
    await enter(page);
    assert.match(page.url(), /inloggen\/code/);
    await checkPage(page, { axe: false });
    await tabTo(page, () => document.activeElement?.id === 'code');
    await page.keyboard.type(oneTimeCode(secret, Math.floor(Date.now() / 30_000) + 1)); // that of now was used
    await enter(page);
    assert.match(page.url(), /\/beheer$/);
    await tabTo(page, () => document.activeElement?.getAttribute('href') === '/beheer/accounts');
    await enter(page);
    assert.match(page.url(), /\/beheer\/accounts$/);
    await page.context().close();
  });

  it('signs out who guesses the password', LONG, async () => {
    const page = await openPage(browser);
    const own = '/beheer/account/wachtwoord';
    await signIn(page, 'rader', addAccount('rader', 'lezer'));
    await choosePassword(page);
    await page.goto(SERVICE + own);
    await page.locator('#huidig').fill('dit is het niet');
    await page.locator('#nieuw').fill(`${PASSWORD} en meer`);
    await page.locator('#herhaling').fill(`${PASSWORD} en meer`);
    const form = Object.fromEntries(await page.evaluate(() => [...new FormData(document.querySelector('main form'))]));
    const headers = { 'Sec-Fetch-Site': 'same-origin' };
    const guesses = await Promise.all(Array.from({ length: 9 }, () => page.request.post(SERVICE + own, { form, headers })));
    assert.deepEqual(guesses.map((reply) => reply.status()), Array(9).fill(400));
    await submit(page); // the tenth
    assert.equal(page.served.status, 403);
    assert.match(await main(page), /te vaak een verkeerd wachtwoord/);
    await checkPage(page);
    await page.locator('main a[href="/beheer/inloggen"]').click();
    await signIn(page, 'rader');
    assert.match(page.url(), /\/beheer$/);
    await page.context().close();
  });

  it('its own account, help by code, typing over', LONG, async () => {
    for (const path of ['/beheer', '/beheer/account', '/beheer/account/wachtwoord', '/beheer/account/tweede-factor', '/beheer/hulp', '/beheer/invoer']) {
      await visit(path);
    }
    await visit('/beheer/hulp');
    await boss.locator('#code').fill('K7QF-2M9X-0TRB-W4HE');
    await submit(boss);
    assert.equal(boss.served.status, 400);
    await checkPage(boss);
    await visit('/beheer/invoer');
    await boss.locator('main a[href*="kanaal=papier"]').first().click();
    await checkPage(boss);
    // By keyboard alone: the stream is not stated, then it is, by its first letters.
    await tabTo(boss, () => document.activeElement?.textContent === 'Toon de vragen');
    await enter(boss);
    assert.equal(boss.served.status, 400);
    assert.equal(await boss.locator('[role=alert] a[href="#werving"]').count(), 1);
    await checkPage(boss, { axe: false }); // very long: 140 questions of one kind
    await takePictures(boss, 'staff-entry-stream');
    await tabTo(boss, () => document.activeElement?.id === 'werving');
    await boss.keyboard.type('Voor');
    await boss.keyboard.press('Tab');
    assert.equal(await id(boss), 'ontvangen');
    assert.equal(await boss.locator('#ontvangen').inputValue(), await boss.locator('#ontvangen').getAttribute('max'));
    await tabTo(boss, () => document.activeElement?.textContent === 'Toon de vragen');
    await enter(boss);
    assert.equal(boss.served.status, 200);
    assert.match(boss.url(), /werving=organisatie/);
    assert.equal(await boss.locator('#werving').inputValue(), 'organisatie');
    await checkPage(boss, { axe: false });
    await takePictures(boss, 'staff-entry');
  });

  it('types one form after another without the mouse: from the first answer on, and Enter stores nothing', LONG, async () => {
    const page = await openPage(browser, { javaScriptEnabled: false });
    await page.context().addCookies(await boss.context().cookies());
    await page.goto(`${SERVICE}/beheer/invoer/biotechnologie-2026-1?kanaal=telefoon&werving=open&versie=kern&onderwerp_1=kweekvlees`);
    for (const _ of [1, 2]) {
      await page.locator('#v1:focus').waitFor();
      await page.keyboard.type('1');
      await page.keyboard.press('Enter');
      assert.equal(page.served.status, 200);
      await assertFocus(page, () => document.activeElement?.id, 'v1');
      await tabTo(page, () => document.activeElement?.textContent === 'Opslaan en volgende');
      await enter(page);
      assert.equal(page.served.status, 200);
      assert.match(page.url(), /invoer\/biotechnologie-2026-1$/);
      assert.equal(await page.locator('#v1').inputValue(), '');
      // The code is seen, and heard, where the next form begins: it is shown once.
      assert.match(await page.locator('#bewaard').innerText(), /[0-9A-Z]{4}(-[0-9A-Z]{4}){3}/);
      assert.equal(await page.locator('#v1').getAttribute('aria-describedby'), 'bewaard');
      await page.waitForTimeout(300); // it scrolls there
      assert.ok(await page.locator('#bewaard strong').evaluate((e) => e.getBoundingClientRect().top >= 0));
      await checkPage(page, { axe: false });
    }
    await page.locator('#v1').fill('77');
    await tabTo(page, () => document.activeElement?.textContent === 'Opslaan en volgende');
    await enter(page);
    assert.equal(page.served.status, 400);
    await page.locator('[role=alert]:focus').waitFor();
    // From the summary to the answer, and from there to a button that stores: not past as many answers as there are below it.
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.locator('#v1:focus').waitFor();
    await page.keyboard.press('Control+A');
    await page.keyboard.type('1');
    await page.keyboard.press('Tab');
    assert.match(await page.evaluate(() => document.activeElement.textContent), /^Opslaan en volgende/);
    await checkPage(page, { axe: false });
    await enter(page);
    assert.equal(page.served.status, 200);
    await page.locator('#v1:focus').waitFor();
    assert.match(await page.locator('#bewaard').innerText(), /[0-9A-Z]{4}(-[0-9A-Z]{4}){3}/);
    await page.context().close();
  });

  it('accounts: adding, all that is wrong, one account, each question before it is done', LONG, async () => {
    await visit('/beheer/accounts/nieuw');
    await submit(boss);
    assert.equal(boss.served.status, 400);
    assert.equal(await boss.locator('[role=alert] li').count(), 2);
    await checkPage(boss);
    await takePictures(boss, 'staff-account-wrong');
    await boss.locator('#naam').fill('jan');
    await boss.locator('#rol').selectOption('onderzoeker');
    await submit(boss);
    assert.match(await boss.locator('main code').innerText(), /^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$/);
    await checkPage(boss);
    await takePictures(boss, 'staff-handed-out');
    await visit('/beheer/accounts');
    await takePictures(boss, 'staff-accounts');
    await visit('/beheer/accounts?zoek=niemand');
    await visit('/beheer/accounts?zoek=ja');
    await boss.locator('main table a').click();
    await checkPage(boss);
    await boss.locator('#rol').selectOption('analist');
    await submit(boss);
    assert.ok((await main(boss)).includes('analist (alle consultaties)'));
    await checkPage(boss);
    await takePictures(boss, 'staff-account');
    await boss.getByRole('button', { name: 'Account uitzetten' }).click();
    await checkPage(boss);
    await boss.getByRole('button', { name: 'Ja, zet het account uit' }).click();
    assert.ok((await main(boss)).includes('Dit account is uitgezet.'));
    await checkPage(boss);
    await boss.getByRole('button', { name: 'Nieuw wachtwoord geven' }).click();
    await checkPage(boss);
    await boss.getByRole('button', { name: 'Ja, geef een nieuw wachtwoord' }).click();
    await checkPage(boss);
    const password = await boss.locator('main code').innerText();
    const jan = await openPage(browser);
    await signIn(jan, 'jan', password);
    await choosePassword(jan);
    await visit('/beheer', jan);
    assert.equal(await jan.locator('a[href="/beheer/accounts"]').count(), 0);
    await jan.goto(`${SERVICE}/beheer/accounts`);
    assert.equal(jan.served.status, 403);
    await checkPage(jan);
    await boss.goto(`${SERVICE}/beheer/accounts?zoek=jan`);
    await boss.locator('main table a').click();
    await boss.getByRole('button', { name: 'Overal uitloggen' }).click();
    await jan.goto(`${SERVICE}/beheer`);
    assert.ok(jan.url().includes('/inloggen'));
    await jan.context().close();
    await boss.goto(`${SERVICE}/beheer/accounts?zoek=baas`);
    await boss.locator('main table a').click();
    await checkPage(boss);
    assert.equal(await boss.locator('main form').count(), 0, 'nobody handles their own account');
  });

  it('rounds and proposals: the list, one round, a text that is no proposal', LONG, async () => {
    await visit('/beheer/rondes');
    assert.doesNotMatch(await boss.locator('body').innerText(), /[{}]/);
    await takePictures(boss, 'staff-rounds');
    await boss.locator('main table a').first().click();
    await checkPage(boss);
    await takePictures(boss, 'staff-round');
    await visit('/beheer/voorstellen');
    await boss.locator('#pakket').fill('{"consultation": 1}');
    await submit(boss);
    assert.equal(boss.served.status, 400);
    await checkPage(boss);
    await takePictures(boss, 'staff-proposal-wrong');
  });

  it('a round: changed when somebody else did so first, what is wrong, made public when sure, closed', LONG, async () => {
    const round = publishTypes('te-wijzigen', await boss.screenshot()).split('/').pop();
    const path = `/beheer/rondes/${round}-1`;
    await arrived(boss, SERVICE + path, (text) => text.includes('Ronde sluiten'));
    await checkPage(boss);
    const other = await openPage(browser);
    await other.context().addCookies(await boss.context().cookies());
    await other.goto(SERVICE + path);
    await boss.locator('#tussenstand').selectOption('gesloten');
    await submit(boss);
    assert.equal(boss.served.status, 200);
    assert.ok(boss.url().endsWith(path));
    // Who is second is told what is so now, keeps what was chosen, and can go on from there.
    const day = inDays(30);
    await other.locator('#laatste-dag').fill(day);
    await submit(other);
    assert.equal(other.served.status, 409);
    await other.locator('[role=alert]:focus').waitFor();
    assert.match(await main(other), /Tussenstand: eerst alleen voor analisten, nu voor niemand/);
    assert.equal(await other.locator('#laatste-dag').inputValue(), day);
    assert.equal(await other.locator('#tussenstand').inputValue(), 'gesloten', 'what was left alone follows the round');
    await checkPage(other);
    await takePictures(other, 'staff-round-conflict');
    await other.locator('#laatste-dag').fill('2020-01-31');
    await submit(other);
    assert.equal(other.served.status, 400);
    assert.equal(await other.locator('[role=alert] a[href="#laatste-dag"]').count(), 1);
    await checkPage(other);
    await takePictures(other, 'staff-round-wrong');
    await other.locator('#laatste-dag').fill(day);
    await other.locator('#tussenstand').selectOption('openbaar');
    await submit(other);
    await checkPage(other);
    await takePictures(other, 'staff-round-sure');
    await submit(other);
    assert.ok(other.url().endsWith(path));
    await arrived(other, SERVICE + path, (text) => text.includes(said(day)) && text.includes('Tussenstand: openbaar'));
    await other.getByRole('button', { name: 'Ronde sluiten' }).click();
    await checkPage(other);
    await submit(other);
    await arrived(other, SERVICE + path, (text) => text.includes('Stand: gesloten'));
    assert.equal(await other.locator('main form').count(), 0);
    await checkPage(other);
    await boss.goto(`${SERVICE}/beheer/logboek?handeling=round.`);
    await other.context().close();
  });

  it('keys: all that is wrong, one that is shown once, the list, revoking', LONG, async () => {
    await visit('/beheer/sleutels/nieuw');
    await boss.locator('#dagen').fill('veel');
    await submit(boss);
    assert.equal(await boss.locator('[role=alert] li').count(), 3);
    await checkPage(boss);
    await takePictures(boss, 'staff-key-wrong');
    await boss.locator('#houder').fill('Universiteit');
    await boss.locator('#bereik-1').check();
    await boss.locator('#doel').fill('Onderzoek naar houding');
    await boss.locator('#dagen').fill('30');
    await submit(boss);
    assert.match(await boss.locator('main code').innerText(), /^zs_[\w-]{32}$/);
    await checkPage(boss);
    await takePictures(boss, 'staff-key-issued');
    await visit('/beheer/sleutels');
    await takePictures(boss, 'staff-keys');
    await boss.locator('tr', { hasText: 'Universiteit' }).getByRole('button').click();
    await checkPage(boss);
    await boss.getByRole('button', { name: 'Ja, trek de sleutel in' }).click();
    assert.ok((await boss.locator('tr', { hasText: 'Universiteit' }).innerText()).includes('ingetrokken'));
    await checkPage(boss);
  });

  it('the log: as it stands, asked for by what was done, wrong days, nothing found, as a file', LONG, async () => {
    zevenstem('audit', 'verify');
    await visit('/beheer/logboek');
    assert.ok((await main(boss)).includes('De keten was heel.'));
    await takePictures(boss, 'staff-log');
    await boss.locator('#handeling').selectOption('key.revoke');
    await submit(boss);
    assert.equal(await boss.locator('main tbody tr').count(), 1);
    await checkPage(boss);
    await visit('/beheer/logboek?van=ooit');
    assert.equal(boss.served.status, 400);
    await visit('/beheer/logboek?wie=niemand');
    const [file] = await Promise.all([boss.waitForEvent('download'), boss.getByRole('button', { name: 'Downloaden als CSV' }).click()]);
    assert.equal(file.suggestedFilename(), 'logboek.csv');
  });

  it('in English, and in forced colours: every stop can be seen', LONG, async () => {
    const page = await openPage(browser, { locale: 'en' });
    await page.context().addCookies(await boss.context().cookies());
    for (const path of ['/beheer', '/beheer/account', '/beheer/hulp', '/beheer/invoer', '/beheer/accounts', '/beheer/accounts/nieuw', '/beheer/accounts/1', '/beheer/sleutels', '/beheer/sleutels/nieuw', '/beheer/logboek', '/beheer/rondes', '/beheer/voorstellen']) {
      await visit(`${path}?taal=en`, page);
      assert.equal(await page.locator('html').getAttribute('lang'), 'en');
      await page.emulateMedia({ forcedColors: 'active', colorScheme: 'dark' });
      assert.deepEqual((await tabStops(page)).filter((stop) => !stop.visible), [], path);
      await page.emulateMedia({ forcedColors: 'none', colorScheme: 'light' });
    }
    await page.context().close();
  });
});
