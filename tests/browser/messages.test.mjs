// Telling the table something, reading it back and withdrawing it; and what the secretary does with it.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { SERVICE, checkPage, openPage, startBrowser, takePictures } from './lib/browser.mjs';
import { addAccount, choosePassword, signIn, submit, zevenstem } from './lib/staff.mjs';

const LONG = { timeout: 180_000 };
const main = (page) => page.locator('main').innerText();

describe('messages', { skip: SERVICE ? false : 'ZEVENSTEM_URL is not set' }, () => {
  let browser;
  let page;
  let citizen;
  let code;
  let number;
  before(async () => {
    browser = await startBrowser();
    zevenstem('agenda', 'publish', new URL('../../config/agenda/uitvoeringsagenda-2026.json', import.meta.url).pathname);
    citizen = await openPage(browser);
    page = await openPage(browser);
    await signIn(page, 'berichten', addAccount('berichten', 'tafelsecretaris'));
    await choosePassword(page);
  });
  after(() => browser?.close());

  const write = async (fields) => {
    for (const [name, value] of Object.entries(fields)) {
      const radios = citizen.locator(`input[type="radio"][name="${name}"]`);
      if (await radios.count() > 0) {
        await citizen.locator(`#${name}-${value}`).check();
        continue;
      }
      const field = citizen.locator(`#${name}`);
      await ((await field.evaluate(({ tagName }) => tagName)) === 'SELECT' ? field.selectOption(value) : field.fill(value));
    }
    await submit(citizen);
    await checkPage(citizen);
  };

  it('a citizen writes: what is wrong is said, and what was typed stays', LONG, async () => {
    await citizen.goto(`${SERVICE}/laat-iets-weten`);
    await checkPage(citizen);
    await takePictures(citizen, 'message');
    await citizen.locator('#waarden-veiligheid').check();
    await write({ tekst: 'Ik maak me zorgen.\nMijn mail is jan@voorbeeld.nl.' });
    await takePictures(citizen, 'message-wrong');
    assert.equal(await citizen.locator('a[href="#afzender-burger"]').innerText(), 'Kies voor wie u schrijft.');
    assert.equal(await citizen.locator('#waarden-veiligheid').isChecked(), true);
    await write({ afzender: 'burger', toepassing: 'kweekvlees' });
    await takePictures(citizen, 'message-sent');
    code = (await citizen.locator('.zs-code__value').innerText()).trim();
    assert.match(code, /^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$/);
    assert.match(await main(citizen), /Ik maak me zorgen\./);
    await citizen.reload();
    assert.equal((await citizen.locator('.zs-code__value').innerText()).trim(), code);
  });

  it('in English too, and for an organisation', LONG, async () => {
    for (const path of ['/laat-iets-weten?taal=en', '/laat-iets-weten/bericht?taal=en', '/berichten?taal=en', '/berichten?taal=nl']) {
      await citizen.goto(SERVICE + path);
      await checkPage(citizen);
      await takePictures(citizen, `message${path.replace(/\W+/g, '-')}`);
    }
    await citizen.goto(`${SERVICE}/laat-iets-weten`);
    await write({ afzender: 'organisatie', organisatie: 'De Voorbeeldbond', tekst: 'Onze leden willen kunnen kiezen.' });
    assert.match(await main(citizen), /De Voorbeeldbond/);
  });

  it('the secretary reads it, takes personal data out, and makes a signal of it', LONG, async () => {
    await page.goto(`${SERVICE}/beheer`);
    await checkPage(page);
    await page.locator('nav a[href="/beheer/berichten"]').click();
    await checkPage(page);
    await takePictures(page, 'messages-staff');
    number = /(\d+)$/.exec(await page.locator('main section:has-text("jan@voorbeeld.nl") h2 a').getAttribute('href'))[1];
    const follow = async (more) => {
      await page.goto(`${SERVICE}/beheer/berichten/${number}`);
      await page.locator(`main a[href="/beheer/berichten/${number}/${more}"]`).click();
      await checkPage(page);
    };
    await follow('persoonsgegevens');
    await takePictures(page, 'message-personal');
    await submit(page);
    assert.match(await main(page), /\[e-mailadres\]/);
    await follow('merken');
    await submit(page);
    await follow('signaal');
    await submit(page);
    await checkPage(page);
    await follow('terzijde');
    await takePictures(page, 'message-aside');
    await follow('nieuw-signaal');
    await page.locator('#bron').selectOption('burgerconsultatie');
    await page.locator('#titel').fill('Mensen maken zich zorgen');
    await page.locator('#tekst').fill('Mensen schrijven dat zij zich zorgen maken.');
    await page.locator('#waarom').fill('Iemand schreef dit uit eigen beweging.');
    await submit(page);
    await checkPage(page);
    await takePictures(page, 'message-evidence');
    assert.match(await main(page), /Een bericht telt in geen enkel cijfer mee\./);
    await page.goto(`${SERVICE}/beheer/berichten/${number}`);
    await checkPage(page);
    await takePictures(page, 'message-staff');
  });

  it('and who wrote it sees what became of it, and withdraws it', LONG, async () => {
    await citizen.goto(`${SERVICE}/laat-iets-weten/bericht`);
    await checkPage(citizen);
    await citizen.locator('#code').fill('dit is niets');
    await submit(citizen);
    await checkPage(citizen);
    await citizen.locator('#code').fill(code.toLowerCase());
    await submit(citizen);
    await checkPage(citizen);
    await takePictures(citizen, 'message-own');
    assert.match(await main(citizen), /Iemand van de tafel heeft uw bericht gelezen\./);
    assert.match(await main(citizen), /\[e-mailadres\]/);
    await citizen.locator('main form[action$="/intrekking"] button').click();
    await checkPage(citizen);
    await takePictures(citizen, 'message-sure');
    await citizen.locator('main form[action$="/intrekking"] button').click();
    await checkPage(citizen);
    assert.match(await main(citizen), /U heeft dit bericht ingetrokken\./);
    assert.ok(!citizen.url().includes(code), 'the code is in no address');
  });
});
