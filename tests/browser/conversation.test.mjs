// An interview from nothing to what may be published of it: planned, agreed to, brought in as a document, made anonymous, coded by two,
// decided, measured, taken along, given back to who spoke, and taken back by who withdraws. Each page on a telephone too, with axe.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { SERVICE, checkPage, openPage, overlapFaults, startBrowser, takePictures } from './lib/browser.mjs';
import { addAccount, choosePassword, signIn, submit, zevenstem } from './lib/staff.mjs';

const LONG = { timeout: 240_000 };
const CONSULTATION = 'biotechnologie-2026';
const ROUND = 'biotechnologie-2026-1';
const FIELD = `/beheer/veldwerk/${ROUND}`;
const CODING = `/beheer/codering/${ROUND}`;
const asset = (path) => new URL(`../../${path}`, import.meta.url).pathname;
const DOCX = readFileSync(asset('tests/unit/formats/transcripts/gesprek.docx'));

// Draws, decides and takes along all that is coded in the round: on a service of its own.
const ALONE = SERVICE && process.env.ZEVENSTEM_TEST_ALONE;

describe('an interview', { skip: ALONE ? false : 'ZEVENSTEM_URL or ZEVENSTEM_TEST_ALONE is not set' }, () => {
  let browser;
  let page; // the researcher's
  let conversation;
  const people = {};
  const main = (of = page) => of.locator('main').innerText();
  const look = async (of = page) => {
    await checkPage(of);
    assert.deepEqual(await overlapFaults(of), [], of.url());
  };
  const visit = async (path, of = page) => {
    await of.goto(SERVICE + path);
    await look(of);
  };
  const fill = async (values, of = page) => {
    for (const [name, value] of Object.entries(values)) {
      for (const one of [value].flat()) {
        const field = of.locator(`main [name="${name}"]`);
        const type = await field.first().getAttribute('type');
        if (type === 'checkbox' || type === 'radio') await of.locator(`main [name="${name}"][value="${one}"]`).check();
        else if ((await field.first().evaluate((element) => element.tagName)) === 'SELECT') await field.first().selectOption(one);
        else await field.first().fill(one);
      }
    }
  };
  const come = async (name, role) => {
    const password = addAccount(name, role);
    const own = await openPage(browser);
    await signIn(own, name, password);
    await choosePassword(own);
    people[name] = own;
    return own;
  };
  const press = async (name, of = page) => {
    await of.getByRole('button', { name }).first().click();
    await look(of);
  };

  before(async () => {
    browser = await startBrowser();
    zevenstem('guide', 'publish', asset('config/guides/interview-biotechnologie.json'), '--consultation', CONSULTATION);
    zevenstem('codebook', 'publish', 'zeven-waarden', '--consultation', CONSULTATION);
    page = await come('hele-weg', 'onderzoeker');
    await come('eerste-codeur', 'codeur');
    await come('tweede-codeur', 'codeur');
  });
  after(async () => {
    await browser?.close();
  });

  it('has a guide and forms that print, and a plan of who should come', LONG, async () => {
    await visit(FIELD);
    const guide = await page.locator('main a[href^="/beheer/leidraden/"]').first().getAttribute('href').catch(() => null);
    if (guide) await visit(guide);
    await visit('/beheer/toestemming/1');
    await visit('/beheer/toestemming/1?groot=ja');
    await visit(`${FIELD}/plan`);
    await visit(`${FIELD}/plan/opzet`);
    await fill({ soort: 'interview', samenstelling: 'gemengd', reden: 'Wij willen verschillen horen.' });
    await submit(page);
    await look();
    await takePictures(page, 'interview-plan');
  });

  it('is planned with its practical matters', LONG, async () => {
    await visit(`${FIELD}/nieuw`);
    await page.locator('main [name="leidraad"]').selectOption({ index: 1 });
    await fill({ soort: 'interview', status: 'gepland', datum: '2026-11-20', taal: 'nl', vorm: 'telefoon', gespreksleider: 'Jannie Bos', toegankelijkheid: ['ringleiding', 'tolk'], vergoeding: 'cadeaubon', vergoedingCent: '2500', brievenOp: '2026-11-01' });
    await submit(page);
    await look();
    conversation = new URL(page.url()).pathname;
    assert.match(await main(), /Ringleiding/);
    await visit(`${conversation}/laden`);
    assert.equal(await page.locator('main form').count(), 0, 'nobody came yet');
    await visit(`${conversation}/deelnemers`);
    await fill({ naam: 'Grietje Kuipers', stand: 'gekomen', leeftijdsgroep: '16-17' });
    await submit(page);
    await look();
  });

  it('has spoken consent, and where its recording is', LONG, async () => {
    await visit(conversation);
    await visit(await page.locator('main a[href$="/toestemming"]').first().getAttribute('href'));
    await page.locator('main [name="formulier"]').selectOption({ index: 1 });
    await fill({ gegevenOp: '2026-11-20', wijze: 'mondeling', deelname: 'ja', opname: 'ja', archief: 'ja' });
    await submit(page);
    await look();
    await visit(`${conversation}/opnamen`);
    await fill({ opnamesoort: 'geluid', bewaarplaats: 'Recorder 3, kluis', vernietigenVoor: '2026-11-21' });
    await submit(page);
    await look();
  });

  it('is loaded from a document, by who is who', LONG, async () => {
    await visit(`${conversation}/laden`);
    await fill({ bron: 'opname' });
    await page.locator('main [type=file]').setInputFiles({ name: 'gesprek.docx', mimeType: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document', buffer: DOCX });
    await submit(page);
    await look();
    await takePictures(page, 'interview-who');
    for (const select of await page.locator('main select[name^="spreker-"]').all()) {
      const name = await page.locator(`label[for="${await select.getAttribute('id')}"]`).innerText();
      await select.selectOption(/Interviewer/.test(name) ? 'moderator' : /Zoë/.test(name) ? { label: 'P1' } : 'onbekend');
    }
    await submit(page);
    await look();
    assert.ok(page.url().endsWith('/tekst'), await main());
    await takePictures(page, 'interview-text');
    assert.match(await main(), /kweekvlees/);
    assert.doesNotMatch(await main(), /dit is geschrapt/, 'what was struck out is not there');
  });

  it('is searched for personal data', LONG, async () => {
    await visit(`${conversation}/persoonsgegevens`);
    await takePictures(page, 'interview-personal');
    for (let n = 0; n < 3 && (await page.locator('main input[name^="weg-"]').count()) > 0; n++) {
      for (const box of await page.locator('main input[name^="weg-"]').all()) await box.check();
      await submit(page);
      await look();
    }
    await visit(`${FIELD}/persoonsgegevens`);
  });

  it('is coded twice, blind; decided; and measured', LONG, async () => {
    await visit(CODING);
    await fill({ grens: '0,667' });
    await submit(page);
    await look();
    await page.locator('#vraag').selectOption('gesprekken');
    await page.locator('#dubbel').fill('100');
    for (const name of ['eerste-codeur', 'tweede-codeur']) await page.getByLabel(name).check();
    await takePictures(page, 'interview-draw');
    await press('Trekken en verdelen');
    for (const [at, name] of ['eerste-codeur', 'tweede-codeur'].entries()) {
      const own = people[name];
      for (let n = 0; n < 30; n++) {
        await own.goto(`${SERVICE}${CODING}/werk`);
        const next = own.locator('main p a[href^="/beheer/coderen/"]').first();
        if ((await next.count()) === 0) break;
        await next.click();
        await own.locator('#zin-1').check();
        await own.locator(n === 0 && at === 1 ? '#code-veiligheid' : '#code-natuurlijkheid').check();
        await own.locator('#toepassing').selectOption('kweekvlees');
        await own.locator('#richting').selectOption('tegen');
        if (n === 0) await look(own);
        await Promise.all([own.waitForNavigation(), own.getByRole('button', { name: 'Klaar, volgende stuk' }).click()]);
      }
      await visit(`${CODING}/werk`, own);
      assert.match(await main(own), /U heeft alles gecodeerd/);
    }
    await visit(`${CODING}/verschillen`);
    await page.locator('main li a').first().click();
    await look();
    await page.locator('input[name=neem]').first().check();
    await submit(page);
    await look();
    await visit(`${CODING}/overeenstemming`);
    assert.match(await main(), /Natuurlijkheid/);
    await takePictures(page, 'interview-agreement');
    for (const path of ['terugvinden?waarde=natuurlijkheid&methode=interview', 'terugvinden?zoek=kweekvlees', 'schattingen', 'stemmen', 'campagnes', 'verloren', 'uitwisselen']) {
      await visit(`${CODING}/${path}`).catch((error) => { throw new Error(`${path}: ${error.message}`); });
    }
  });

  it('is taken along and recognised', LONG, async () => {
    await visit(`${CODING}/uitwisselen`);
    await fill({ vorm: 'qdpx', doel: 'Tweede lezing' });
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Bestand maken' }).click()]);
    const path = await download.path();
    await visit(`${CODING}/uitwisselen`);
    await page.locator('main [type=file]').first().setInputFiles({ name: 'terug.qdpx', mimeType: 'application/zip', buffer: readFileSync(path) });
    await press('Nakijken');
    await takePictures(page, 'interview-exchange');
    assert.match(await main(), /Alles uit dit bestand staat hier al/);
  });

  it('goes when who spoke withdraws', LONG, async () => {
    await visit(conversation);
    await press(/^Terugtrekken/);
    await takePictures(page, 'interview-withdraw');
    await press(/Terugtrekken/);
    await visit(`${conversation}/tekst`);
    assert.match(await main(), /\[weggelaten op verzoek\]/);
    await visit(`${CODING}/terugvinden?waarde=natuurlijkheid&methode=interview`);
    assert.match(await main(), /Mensen: 0/);
    await visit(`${CODING}/overeenstemming`);
  });
});
