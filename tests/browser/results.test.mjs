// Pages of results in a browser: a round of the real questionnaire, answered by people of people.mjs and released.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { checkPage, openPage, overflowFaults, PHONE, SERVICE, startBrowser, tabStops, takePictures, takePrint } from './lib/browser.mjs';
import { peopleOf } from './lib/people.mjs';
import { arrived, publishResults } from './lib/publish.mjs';

const CODE = 'uitkomst';
const ROOT = `/uitkomsten/${CODE}`;
const KINDS = {
  list: '/uitkomsten',
  consultation: ROOT,
  scale: `${ROOT}/vraag/houding-algemeen`,
  'scale-groups': `${ROOT}/vraag/houding-algemeen?groep=leeftijd`,
  answers: `${ROOT}/vraag/elders-tempo`,
  'answer-groups': `${ROOT}/vraag/kweekvlees_bekend?groep=leeftijd&filter=gender:vrouw`,
  'two-groups': `${ROOT}/vraag/elders-tempo?groep=gender&groep2=leeftijd`,
  series: `${ROOT}/vraag/vertrouwen`,
  multiple: `${ROOT}/vraag/waarden-top3`,
  option: `${ROOT}/vraag/waarden-top3_veiligheid?groep=gender`,
  value: `${ROOT}/waarde/gezondheid`,
  application: `${ROOT}/toepassing/kweekvlees`,
  who: `${ROOT}/wie`,
  invited: `${ROOT}/wie?werving=uitnodiging`,
  method: `${ROOT}/methode`,
  embargo: `${ROOT}?ronde=${CODE}-2`,
};
const REFUSED = { 'not-yet': [`${ROOT}/wie?ronde=${CODE}-2`, 404], 'no-such-group': [`${ROOT}/vraag/houding-algemeen?groep=kwaliteit`, 400] };
let browser;

const visit = async (path, options) => {
  const page = await openPage(browser, options);
  await page.goto(SERVICE + path);
  return page;
};

describe('pages of results', { skip: SERVICE ? false : 'ZEVENSTEM_URL is not set' }, () => {
  before(async () => {
    browser = await startBrowser();
    publishResults(CODE, peopleOf(2400, 7), peopleOf(900, 8));
    const page = await openPage(browser);
    await arrived(page, `${SERVICE}${ROOT}/wie`, (text) => text.includes('Wie deden mee?'));
    await page.context().close();
  });
  after(() => browser?.close());

  for (const [name, path] of Object.entries(KINDS)) {
    it(`${name} is accessible, valid, and fits a phone`, async () => {
      const page = await visit(path);
      assert.equal(page.served.status, 200);
      await checkPage(page);
      await takePictures(page, `results-${name}`);
      await page.context().close();
    });
  }
  it('in English no word of ours is Dutch', async () => {
    const page = await openPage(browser, { locale: 'en' });
    for (const path of Object.values(KINDS)) {
      await page.goto(SERVICE + path);
      assert.equal(await page.locator('html').getAttribute('lang'), 'en');
      assert.doesNotMatch(await page.locator('main').innerText(), /\b(mensen|cijfers|uitkomsten|meedoen|bandbreedte|iedereen)\b/i, path);
    }
    await page.context().close();
  });
  for (const [name, [path, status]] of Object.entries(REFUSED)) {
    it(`${name} is refused on a page that helps on`, async () => {
      const page = await visit(path);
      assert.equal(page.served.status, status);
      await checkPage(page);
      await takePictures(page, `results-${name}`);
      await page.getByRole('link', { name: 'Alle uitkomsten van deze consultatie' }).click();
      assert.equal(page.served.status, 200);
      await page.context().close();
    });
  }

  it('charts show the numbers of the table beside them', async () => {
    for (const path of [KINDS.answers, KINDS['answer-groups'], KINDS.multiple]) {
      const page = await visit(path);
      const panel = page.locator('.zs-panel').first();
      const drawn = await panel.locator('.zs-chart__value').allInnerTexts();
      const column = path === KINDS.answers ? 1 : 2;
      const shares = await panel.locator('table').first().locator(`tbody tr > :nth-child(${column + 1})`).evaluateAll((cells) => cells.map((c) => c.firstChild.data));
      assert.ok(drawn.length >= 3);
      for (const value of drawn) {
        assert.ok(shares.includes(value.trim()), `${path}: ${value} is not in ${shares}`);
      }
      await page.context().close();
    }
  });

  it('what the CBS counts together is told of each group that is in it', async () => {
    const page = await visit(KINDS.who);
    await page.getByRole('cell', { name: /^\d+(,\d+)?\s% \(samen: 16 of 17 jaar, 18 tot en met 24 jaar\)$/ }).waitFor();
    await page.getByText('Niet in de grafiek: 16 of 17 jaar, 18 tot en met 24 jaar. Het CBS telt die groepen samen.').waitFor();
    await page.context().close();
  });
  it('the page of a value tells of that value, and of no one topic', async () => {
    const page = await visit(`${ROOT}/waarde/keuzevrijheid`);
    const titles = await page.locator('.zs-chart__title').allInnerTexts();
    assert.match(titles[0], /^Naar schatting \d+ van de 100 deelnemers kiezen “Zelf kunnen kiezen” \(tussen \d+ en \d+\)\.$/);
    assert.ok(titles.length > 1);
    assert.deepEqual([...new Set(titles.slice(1))], ['Alle onderwerpen naast elkaar']);
    await page.context().close();
  });
  it('groups have a short name in the form, and a round its whole name', async () => {
    const page = await visit(KINDS.scale);
    assert.deepEqual(await page.getByLabel('Per groep').locator('option').allInnerTexts(), ['Geen groepen', 'Leeftijd', 'Gender', 'Provincie', 'Hoogste diploma']);
    await page.context().close();
  });
  it('a question of two rounds is followed over time', async () => {
    const page = await visit(KINDS.scale);
    assert.equal(await page.locator('.zs-chart__panel').count(), 6, 'a line for each answer');
    assert.match(await page.locator('.zs-panel').nth(1).locator('table').first().innerText(), /Nulmeting[\s\S]*Eerste ronde/);
    await page.context().close();
    const before = await visit(`${KINDS.scale}?ronde=${CODE}-0`);
    assert.equal(await before.locator('.zs-chart__panel').count(), 0, 'there is none before');
    await before.context().close();
  });

  it('says how much groups differ, as the API does, and how many were compared', async () => {
    for (const [path, maat] of [[KINDS['scale-groups'], 'gemiddelde'], [`${KINDS.answers}?groep=leeftijd`, 'aandeel'], [KINDS.option, 'aandeel']]) {
      const page = await visit(path);
      const panel = page.locator('.zs-panel').first();
      await panel.getByText('Bekijk de verschillen').click();
      const said = await panel.locator('details tbody tr').evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.innerText)));
      const links = panel.locator('p', { hasText: 'Alle verschillen als' }).locator('a');
      const [csv, reply] = await Promise.all((await links.evaluateAll((all) => all.map((link) => link.href))).map((href) => page.request.get(href)));
      assert.deepEqual([csv.status(), reply.status()], [200, 200]);
      assert.equal((await csv.text()).trim().split('\r\n').length, 1 + (await reply.json()).verschillen.length, 'a line each');
      const answer = await reply.json();
      const labels = new Map((await page.request.get(`${SERVICE}/v1/consultaties/${CODE}/codeboek`).then((r) => r.json())).variabelen.flatMap(({ categorieen = [], code }) => categorieen.map((one) => [`${code}:${one.code}`, one.label.nl])));
      const heading = await panel.locator('h2').first().innerText();
      const told = answer.verschillen.filter((one) => one.maat === maat && (maat !== 'aandeel' || heading.includes(`“${one.label ?? one.antwoord}”`)));
      const variable = answer.groepeerOp[0].code;
      const number = (cell) => Number(cell.replace(',', '.').replace('−', '-'));
      assert.equal(said.length, told.length, path);
      let clear = 0;
      for (const [at, { groep, tegenover, verschil, zonderNul }] of told.entries()) {
        const [one, other, value, range, sure] = said[at];
        assert.deepEqual([one, other], [labels.get(`${variable}:${groep[variable]}`), labels.get(`${variable}:${tegenover[variable]}`)]);
        if (verschil.waarde === null) continue;
        assert.equal(number(value), verschil.waarde, path);
        assert.deepEqual(range.split(' tot ').map(number), verschil.bandbreedte, path);
        assert.equal(sure, zonderNul ? 'ja' : 'nee');
        clear += zonderNul ? 1 : 0;
      }
      const compared = told.filter(({ verschil }) => verschil.waarde !== null).length;
      assert.ok(compared > 0);
      assert.match(await panel.innerText(), new RegExp(`Aantal vergelijkingen: ${compared}\\. Aantal duidelijke verschillen: ${clear}\\.`));
      await checkPage(page);
      await takePictures(page, `results-differences-${maat}`);
      await page.context().close();
    }
    const rounds = await visit(KINDS.scale);
    assert.match(await rounds.locator('.zs-panel').nth(1).innerText(), /Verschillen tussen rondes[\s\S]*Aantal vergelijkingen: \d/);
    await rounds.context().close();
  });

  it('choices are made by keyboard, without script, and stand in the address', async () => {
    const page = await visit(KINDS.scale, { javaScriptEnabled: false });
    await page.getByLabel('Per groep').focus();
    await page.keyboard.type('Gend');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Laat zien' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/groep=gender/);
    assert.equal(await page.getByLabel('Per groep').inputValue(), 'gender');
    assert.match(await page.locator('table').first().innerText(), /Vrouw/);
    const stops = await tabStops(page);
    assert.deepEqual(stops.filter((stop) => !stop.visible), []);
    await page.context().close();
  });

  it('the other language keeps what was chosen, and is kept on the next page', async () => {
    const page = await visit(KINDS['scale-groups']);
    await page.getByRole('link', { name: 'English' }).click();
    assert.match(page.url(), /groep=leeftijd/);
    assert.equal(await page.getByLabel('By group').inputValue(), 'leeftijd');
    await page.getByRole('link', { name: 'How we count' }).first().click();
    assert.equal(await page.locator('html').getAttribute('lang'), 'en');
    await page.context().close();
  });

  it('the same table comes as CSV and JSON', async () => {
    const page = await visit(KINDS['scale-groups']);
    const addresses = await page.locator('.zs-panel a').evaluateAll((links) => links.map((link) => link.href));
    const csv = await page.request.get(addresses.find((href) => href.includes('/csv')));
    assert.equal(csv.status(), 200);
    const json = await page.request.get(addresses.find((href) => href.includes('/v1/')));
    assert.equal(json.status(), 200);
    const table = await json.json();
    const shown = await page.locator('table').first().locator('tbody tr').count();
    assert.equal(table.rijen.length, shown, 'as many groups, everybody among them');
    await page.context().close();
  });

  it('forced colours and letters of twice the size', async () => {
    const large = await startBrowser(['--blink-settings=defaultFontSize=32']);
    try {
      for (const path of [KINDS['scale-groups'], KINDS.who]) {
        const page = await openPage(large, { viewport: { width: 640, height: 900 }, forcedColors: 'active' });
        await page.goto(SERVICE + path);
        assert.deepEqual(await overflowFaults(page, { width: 640, height: 900 }), []);
        await page.context().close();
      }
    } finally {
      await large.close();
    }
    const page = await visit(KINDS['scale-groups'], { forcedColors: 'active', viewport: PHONE });
    await checkPage(page);
    await page.context().close();
  });

  it('on paper there are charts, tables and who answered, and no forms', async () => {
    for (const name of ['scale-groups', 'value', 'who']) {
      const page = await visit(KINDS[name]);
      await page.setViewportSize({ width: 718, height: 1000 });
      await takePrint(page, `results-${name}`);
      await page.emulateMedia({ media: 'print' });
      assert.equal(await page.locator('.zs-choices').first().isVisible(), false);
      assert.ok(await page.locator('.zs-chart').first().isVisible());
      assert.ok(await page.locator('table').first().isVisible());
      assert.match(await page.locator('main').innerText(), /mensen gaven antwoord/);
      const wide = await page.evaluate(() => [...document.querySelectorAll('.zs-scroll')].filter((e) => e.scrollWidth > e.clientWidth + 1).length);
      assert.equal(wide, 0, `${name}: paper does not scroll`);
      assert.equal((await page.pdf({ format: 'A4' })).subarray(0, 5).toString(), '%PDF-');
      await page.context().close();
    }
  });

  it('no page says more than it knows', async () => {
    const page = await openPage(browser);
    for (const path of Object.values(KINDS)) {
      await page.goto(SERVICE + path);
      assert.doesNotMatch(await page.content(), /nederlanders|de burger|representatief|foutmarge/i, path);
    }
    await page.context().close();
  });
});
