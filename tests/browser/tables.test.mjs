// Live tables in the back office: an analyst asks a question by its form, with the keyboard alone and without scripts, and shares the address.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { SERVICE, checkPage, openPage, overflowFaults, overlapFaults, startBrowser, takePictures } from './lib/browser.mjs';
import { peopleOf } from './lib/people.mjs';
import { publishResults } from './lib/publish.mjs';
import { addAccount, choosePassword, signIn, submit } from './lib/staff.mjs';

const LONG = { timeout: 300_000 };
const CODE = 'zoeken';
const QUESTION = 'kweekvlees_aanvaardbaar';

describe('live tables', { skip: SERVICE ? false : 'ZEVENSTEM_URL is not set' }, () => {
  let browser, page;
  before(async () => {
    publishResults(CODE, peopleOf(900, 7), peopleOf(300, 8));
    browser = await startBrowser();
    page = await openPage(browser);
    await signIn(page, 'tess.tabel', addAccount('tess.tabel', 'analist'));
    await choosePassword(page);
  });
  after(() => browser?.close());

  async function look(name) {
    await checkPage(page);
    assert.deepEqual(await overflowFaults(page), [], page.url());
    assert.deepEqual(await overlapFaults(page), [], page.url());
    await takePictures(page, name);
  }

  it('are asked for by a form, and have an address', LONG, async () => {
    await page.goto(`${SERVICE}/beheer`);
    await page.getByRole('main').getByRole('link', { name: 'Tabellen', exact: true }).click();
    await look('tables-rounds');
    await page.getByRole('main').locator(`a[href="/beheer/tabellen/${CODE}-1"]`).click();
    await look('tables-form');
    await page.selectOption('#keuze-groepeerOp', 'gender');
    await submit(page);
    assert.match(await page.locator('[role="alert"]').innerText(), /Kies een vraag\./);
    assert.equal(await page.locator('#keuze-variabele').getAttribute('aria-invalid'), 'true');
    await page.selectOption('#keuze-groepeerOp', '');
    assert.match(await page.locator('#keuze-variabele option[value="kweekvlees_effect_veiligheid"]').innerText(), /^Kweekvlees: Hoe veilig het is \(/);
    await page.selectOption('#keuze-variabele', QUESTION);
    await submit(page);
    assert.match(await page.locator('[role="alert"]').innerText(), /waarvoor u deze cijfers gebruikt/);
    await look('tables-fault');
    await page.selectOption('#keuze-groepeerOp2', 'gender');
    await page.selectOption('#keuze-gewogen', 'true');
    await page.fill('#keuze-doel', 'een brief aan de Kamer');
    await submit(page);
    const address = new URL(page.url());
    assert.equal(address.searchParams.get('groepeerOp'), 'gender');
    assert.deepEqual([...address.searchParams].filter(([, value]) => value === ''), []);
    assert.ok((await page.locator('table').count()) >= 2);
    await look('tables-table');
    const shared = await page.locator('a', { hasText: '/beheer/tabellen/' }).getAttribute('href');
    assert.equal(new URL(shared).searchParams.get('doel'), null);
    const path = await page.locator('a[href*="/json?"]').getAttribute('href');
    const file = await (await page.context().request.get(SERVICE + path)).json();
    assert.equal(file.weergave, 'analist');
    assert.equal(file.variabele.code, QUESTION);
  });

  it('stand in short on the page of the round', LONG, async () => {
    await page.goto(`${SERVICE}/beheer/rondes/${CODE}-1`);
    await look('tables-round');
    assert.ok((await page.locator('table').count()) > 5);
    await page.goto(`${SERVICE}/beheer/rondes/${CODE}-2`);
    assert.match(await page.locator('main').innerText(), /te weinig inzendingen/);
    await look('tables-round-empty');
  });
});
