// A report from draft to print: two secretaries bring it to everybody; it is read on a screen, on paper and as a file, held against its schema, and
// verified by the command and by openssl.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { inflateSync } from 'node:zlib';
import Ajv2020 from 'ajv/dist/2020.js';
import { recordsOf } from '../api/lib/csv.mjs';
import { SERVICE, checkPage, openPage, startBrowser, takePictures } from './lib/browser.mjs';
import { addAccount, choosePassword, signIn, submit, zevenstem } from './lib/staff.mjs';

const LONG = { timeout: 400_000 };
const ROUND = 'voorbeeld-verzonnen-2';
const main = (page) => page.locator('main').innerText();
const SCHEMA = new URL('../../config/reference/report.schema.json', import.meta.url);
const INVENTED = /invented_data *= *1/.test(process.env.ZEVENSTEM_TEST_SETTINGS ?? '');

// How many letters stand on each sheet: glyphs that its content shows.
function sheetsOf(pdf) {
  const file = pdf.toString('latin1');
  const content = (number) => {
    const at = file.search(new RegExp(`(^|\\n)${number} 0 obj\\b`));
    const from = file.indexOf('stream\n', at) + 7;
    const length = Number(/\/Length (\d+)/.exec(file.slice(at, from))[1]);
    return inflateSync(pdf.subarray(from, from + length)).toString('latin1');
  };
  return [...file.matchAll(/\/Type \/Page\b[^s][\s\S]*?\/Contents (\d+) 0 R/g)].map(([, number]) =>
    [...content(number).matchAll(/<([0-9A-Fa-f]+)>\s*(?:Tj|[-\d.\s<>A-Fa-f]*\]\s*TJ)/g)].reduce((sum, [, glyphs]) => sum + glyphs.length / 4, 0));
}

// Numbers as they stand in a document (a fraction is a text there), a file or a page, alike; null: there is none. 0 is never -0.
const asNumber = (value) => (value === undefined || value === null || value === '' ? null : Number(value));
const ofCell = (cell, name) => asNumber(cell[name] ?? cell[`${name}MinderDan`]);
// Of a page in English, row by row of its first table: "less than 1.2 %" and "1,203" are 1.2 and 1203.
const rowsOf = (html) =>
  [.../<tbody[^]*?<\/tbody>/.exec(html)[0].matchAll(/<tr[^]*?<\/tr>/g)].map(([row]) =>
    [...row.matchAll(/<td[^>]*>([^<]*)/g)].map(([, text]) => asNumber(/-?\d[\d,]*(?:\.\d+)?/.exec(text)?.[0].replaceAll(',', ''))));
const sorted = (rows) => rows.map((row) => JSON.stringify(row)).sort();

describe('report', { skip: SERVICE && INVENTED ? false : 'no service with invented data' }, () => {
  let browser;
  let writer;
  let approver;
  let everybody;
  let folder;
  const path = (name) => join(folder, name);
  const get = async (address) => {
    const reply = await fetch(SERVICE + address);
    assert.equal(reply.status, 200, address);
    return Buffer.from(await reply.arrayBuffer());
  };

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'rapport-'));
    browser = await startBrowser();
    zevenstem('example', 'load');
    zevenstem('weights', 'make', '--round', ROUND, '--stream', 'open');
    zevenstem('release', 'make', '--round', 'voorbeeld-verzonnen-1');
    zevenstem('release', 'make', '--round', ROUND);
    zevenstem('agenda', 'publish', new URL('../../config/agenda/uitvoeringsagenda-2026.json', import.meta.url).pathname);
    [writer, approver, everybody] = [await openPage(browser), await openPage(browser), await openPage(browser)];
    for (const [page, name] of [[writer, 'schrijft'], [approver, 'keurt']]) {
      await signIn(page, name, addAccount(name, 'tafelsecretaris'));
      await choosePassword(page);
    }
  }, LONG);
  after(() => browser?.close());

  const post = async (page, address, fields) => {
    await page.goto(SERVICE + address);
    await checkPage(page);
    for (const [name, value] of Object.entries(fields)) {
      const field = page.locator(`[name="${name}"]`);
      if ((await field.evaluate((e) => e.tagName)) === 'SELECT') await field.selectOption(value);
      else if ((await field.getAttribute('type')) === 'checkbox') await field.check();
      else await field.fill(value);
    }
    await submit(page);
  };
  const step = (page, number, to, more = {}) => post(page, `/beheer/rapporten/${number}/stap`, { naar: to, ...more });

  it('is written by one, approved by another, and made public once it is sure', LONG, async () => {
    for (let tries = 0; ; tries++) {
      const reply = await writer.goto(`${SERVICE}/beheer/waardenkaart/${ROUND}`);
      if (reply.status() === 200 && (await writer.locator('.zs-heat').count()) > 0) break;
      assert.ok(tries < 60, 'no value map');
      await writer.waitForTimeout(1000);
    }
    await writer.locator('form[action$="/publiceren"] button').click();
    await submit(writer);
    await post(writer, '/beheer/signalen/nieuw', { bron: 'kamer', titel: 'Mensen willen weten wat zij eten', tekst: 'Dat zeggen zij.', consultatie: 'voorbeeld-verzonnen', openbaar: true });
    await post(writer, '/beheer/ander-onderzoek/nieuw', {
      wie: 'Het Instituut', titel: 'Een eerder rapport', jaar: '2024', methode: 'Online, met een panel.', bevolking: '1.200 mensen van 18 jaar en ouder.',
      vraag: 'Wat vindt u van kweekvlees?', uitkomst: '43 procent vindt kweekvlees aanvaardbaar.', bladzijde: '12', adres: 'https://example.nl/rapport',
    });
    await checkPage(writer);
    await takePictures(writer, 'report-source');
    assert.match(zevenstem('report', 'make', '--round', ROUND), /^draft 1: \d+ sections, [\d.]+ MB, made in [\d.]+ s$/m);
    await post(writer, '/beheer/rapporten/1/teksten', {
      voorwoord: 'Voor u ligt wat wij hoorden.', samenvatting: '**Kort:** mensen verwachten veel, en willen weten wat zij eten.', summary: '**In short:** people expect a lot, and want to know what they eat.',
      over_waardenkaart: 'Let op de natuurlijkheid.',
    });
    await checkPage(writer);
    await takePictures(writer, 'report-staff');
    await writer.goto(`${SERVICE}/beheer/rapporten/1/voorbeeld`);
    assert.match(await main(writer), /Dit is een concept/);
    await step(writer, 1, 'voorgelegd');
    // Who wrote it is not offered to approve it.
    await writer.goto(`${SERVICE}/beheer/rapporten/1/stap`);
    assert.equal(await writer.locator('[name="naar"] option[value="goedgekeurd"]').count(), 0);
    await checkPage(writer);
    await step(approver, 1, 'goedgekeurd');
    await step(approver, 1, 'gepubliceerd');
    await checkPage(approver);
    await submit(approver);
    // No list has what was invented, but of its own consultation.
    await everybody.goto(`${SERVICE}/rapporten`);
    assert.equal(await everybody.locator('main a[href="/rapporten/1"]').count(), 0);
    await everybody.goto(`${SERVICE}/rapporten?consultatie=voorbeeld-verzonnen`);
    await checkPage(everybody);
    await everybody.locator('main a[href="/rapporten/1"]').click();
    await checkPage(everybody);
    await everybody.screenshot({ path: join(folder, 'report.png') }); // of all of it a picture would be thousands of lines high
    assert.match(await main(everybody), /43 procent vindt kweekvlees aanvaardbaar/);
    await everybody.goto(`${SERVICE}/rapporten/1?taal=en`);
    await checkPage(everybody, { axe: false });
    const heat = await everybody.locator('.zs-heat').innerText();
    assert.match(heat, /Biotechnology in general/);
    assert.doesNotMatch(heat, /Biotechnologie in het/);
    // No name of a value runs into the one beside it.
    const over = await everybody.evaluate(() =>
      [...document.querySelectorAll('.zs-heat th[scope="col"] span')].filter((name) => {
        const text = document.createRange();
        text.selectNodeContents(name);
        const [drawn, column] = [text.getBoundingClientRect(), name.closest('th').getBoundingClientRect()];
        return drawn.left < column.left - 2 || drawn.right > column.right + 2;
      }).map((name) => name.textContent));
    assert.deepEqual(over, []);
    await everybody.goto(`${SERVICE}/rapporten/1/cijfers?taal=nl`);
    await checkPage(everybody, { axe: false }); // thousands of cells, of the tables that were looked at above
    await everybody.goto(`${SERVICE}/rapporten/1/tabellen?taal=nl`);
    await checkPage(everybody);
  });

  it('prints, with nothing cut off and no sheet empty', LONG, async () => {
    await everybody.goto(`${SERVICE}/rapporten/1?taal=nl`);
    await everybody.getByRole('link', { name: 'Lees het hele afwegingskader' }).first().waitFor();
    const pdf = await everybody.pdf({ format: 'A4', margin: { top: '15mm', bottom: '15mm', left: '15mm', right: '15mm' }, tagged: true });
    writeFileSync(path('rapport.pdf'), pdf);
    if (process.env.ZEVENSTEM_SHOTS) writeFileSync(join(process.env.ZEVENSTEM_SHOTS, 'report.pdf'), pdf);
    const sheets = sheetsOf(pdf);
    assert.ok(sheets.length >= 5 && sheets.length < 200, `${sheets.length} sheets`);
    sheets.forEach((letters, i) => assert.ok(letters > 20, `sheet ${i + 1} has ${letters} letters`));
    // What is wider than the sheet would be cut off.
    await everybody.emulateMedia({ media: 'print' });
    // A container of a size is one piece: the edge of a sheet would cut its lines in two.
    assert.equal(await everybody.evaluate(() => getComputedStyle(document.documentElement).containerType), 'normal');
    await everybody.setViewportSize({ width: 680, height: 960 }); // of A4 less its margins, at 96 to the inch
    assert.equal(await everybody.evaluate(() => getComputedStyle(document.querySelector('main .zs-screen-only')).display), 'none', 'what leads to files stays off paper');
    const wide = await everybody.evaluate(() => [...document.querySelectorAll('main table, main figure')].filter((e) => e.getBoundingClientRect().right > window.innerWidth + 1).map((e) => e.innerText.slice(0, 60)));
    assert.deepEqual(wide, []);
  });

  it('is what its schema says, and what anybody can verify', LONG, async () => {
    writeFileSync(path('rapport.json'), await get('/rapporten/1/document'));
    writeFileSync(path('rapport.json.sig'), await get('/rapporten/1/handtekening'));
    assert.deepEqual(await get('/v1/rapporten/1'), readFileSync(path('rapport.json')));
    const document = JSON.parse(readFileSync(path('rapport.json')));
    const validate = new Ajv2020({ strict: false, allErrors: true }).compile(JSON.parse(readFileSync(SCHEMA)));
    const faults = (value) => {
      validate(value);
      return (validate.errors ?? []).map(({ instancePath, message, keyword }) => `${instancePath} ${keyword} ${message}`);
    };
    assert.deepEqual(faults(document).slice(0, 10), []);
    assert.notDeepEqual(faults({ ...document, delen: [{ deel: 'cijfers', ronde: ROUND, inhoud: {} }] }), []);
    assert.notDeepEqual(faults({ ...document, meer: 1 }), []);
    const key = JSON.parse(await get('/v1/ondertekening'));
    writeFileSync(path('key.pem'), key.pem);
    const openssl = () => spawnSync('openssl', ['pkeyutl', '-verify', '-pubin', '-inkey', path('key.pem'), '-rawin', '-in', path('rapport.json'), '-sigfile', path('rapport.json.sig')], { encoding: 'utf8' });
    assert.match(openssl().stdout, /Signature Verified Successfully/);
    const verify = (...more) => spawnSync(process.env.ZEVENSTEM_BINARY, ['report', 'verify', path('rapport.json'), ...more], { encoding: 'utf8' });
    const good = verify();
    assert.equal(good.status, 0, good.stderr);
    assert.match(good.stdout, /: genuine: report 1, signed with key [0-9a-f]{16}\nproven: \d+ tables are those of the [12] releases that it names .*\nnothing of it changed since$/m);
    assert.match(good.stdout, /^told by nothing that is stored, so that the signature alone stands for it:\n(?: {2}.*\n)* {2}what people wrote/m);
    const bare = spawnSync(process.env.ZEVENSTEM_BINARY, ['report', 'verify', path('rapport.json'), '--key', key.sleutel], { encoding: 'utf8', env: {} });
    assert.equal(bare.status, 0, bare.stderr);
    assert.match(bare.stdout, /: genuine: report 1,/);
    assert.equal(verify('--key', 'A'.repeat(43)).status, 1);
    assert.equal(verify('--key', 'kort').status, 2);
    // One byte.
    const bytes = readFileSync(path('rapport.json'));
    bytes[bytes.indexOf('43 procent')] = 0x35;
    writeFileSync(path('rapport.json'), bytes);
    assert.match(openssl().stdout + openssl().stderr, /Verification Failure/);
    const altered = verify();
    assert.equal(altered.status, 1);
    assert.match(altered.stderr, /NOT GENUINE: it was changed after it was signed/);
    // What was exported is the same again.
    assert.match(zevenstem('report', 'export', '--number', '1', '--out', path('nog.json')), /^wrote /);
    assert.deepEqual(readFileSync(path('nog.json')), await get('/rapporten/1/document'));
    assert.match(zevenstem('report', 'list'), /^report 1 +gepubliceerd /m);
    assert.match(zevenstem('report', 'key'), new RegExp(key.sleutel));
  });

  // The document, the API, its CSV and the page of the question, for every table of every stream; and of some the report's own CSV, which
  // tests/app walks whole.
  it('has every number as the API, the files and the pages have it', LONG, async () => {
    const text = async (address, accept) => {
      const reply = await fetch(SERVICE + address, { headers: { Accept: accept, 'Accept-Language': 'en' } });
      assert.equal(reply.status, 200, address);
      return (await reply.text()).replace(/^\ufeff/, '');
    };
    const { delen } = JSON.parse(await get('/v1/rapporten/1'));
    const sectionOf = (name) => delen.find(({ deel }) => deel === name).inhoud;
    const asks = new Set(sectionOf('verantwoording').codeboek.variabelen.filter(({ vraag, soort }) => vraag && soort !== 'tekst').map(({ code }) => code));
    let numbers = 0;
    const same = (told, other, where) => {
      assert.deepEqual(other, told, where);
      numbers += told.filter((value) => value !== null).length;
    };
    const walk = async ({ withFile, over, variabele: { code }, rijen: [line] }) => {
      const cells = line.cellen ?? [];
      const measures = Object.keys(line.maten);
      const asked = new URLSearchParams({ ronde: ROUND, werving: over.werving, gewogen: over.gewogen });
      const table = `/v1/consultaties/voorbeeld-verzonnen/tabellen?${asked}&variabele=${code}&maat=${[...(cells.length ? ['aandelen'] : []), ...measures]}`;
      const listed = asks.has(code); // what no question asks has no page, nor what people wrote
      const [json, file, own, page] = await Promise.all([
        text(table, 'application/json').then(JSON.parse), text(table, 'text/csv').then(recordsOf), withFile && text(`/rapporten/1/tabellen/${ROUND}.${over.werving}.${code}`, 'text/csv').then(recordsOf),
        listed && text(`/uitkomsten/voorbeeld-verzonnen/vraag/${code}?${asked}`, 'text/html')]);
      const where = `${over.werving} ${code}`;
      const [other] = json.rijen;
      if (withFile) assert.equal(own.length, cells.length + measures.length, where);
      for (const [i, cell] of cells.entries()) {
        const told = [cell.aantal, cell.percentage, ...(cell.bandbreedte ?? [null, null]), line.basis].map(asNumber);
        const record = file.find(({ antwoord }) => antwoord === cell.antwoord);
        const mine = withFile && own.find(({ maat, antwoord }) => maat === 'percentage' && antwoord === cell.antwoord);
        same(told, [other.cellen[i].aantal, other.cellen[i].percentage, ...(other.cellen[i].bandbreedte ?? [null, null]), other.basis].map(asNumber), where);
        same(told, [record.aantal, record.percentage, record.percentage_ondergrens, record.percentage_bovengrens, record.basis].map(asNumber), where);
        if (withFile) same(told, [mine.aantal, mine.waarde, mine.ondergrens, mine.bovengrens, mine.basis].map(asNumber), where);
      }
      for (const measure of measures) {
        const told = [line.maten[measure].waarde, ...(line.maten[measure].bandbreedte ?? [null, null])].map(asNumber);
        const mine = withFile && own.find(({ maat }) => maat === measure);
        same(told, [other.maten[measure].waarde, ...(other.maten[measure].bandbreedte ?? [null, null])].map(asNumber), `${where} ${measure}`);
        same(told, [file[0][measure], file[0][`${measure}_ondergrens`], file[0][`${measure}_bovengrens`]].map(asNumber), `${where} ${measure}`);
        if (withFile) same(told, [mine.waarde, mine.ondergrens, mine.bovengrens].map(asNumber), `${where} ${measure}`);
      }
      if (listed && cells.length > 0) {
        assert.deepEqual(sorted(rowsOf(page).slice(0, -1).map(([share, , count]) => [share, count])), sorted(cells.map((cell) => [ofCell(cell, 'percentage'), ofCell(cell, 'aantal')])), where);
      }
    };
    const tables = sectionOf('cijfers').delen.flatMap(({ over, tabellen }) => tabellen.map((table, i) => ({ ...table, over, withFile: i % 20 === 0 })));
    for (let i = 0; i < tables.length; i += 8) await Promise.all(tables.slice(i, i + 8).map(walk));
    // What is of no one question: who is missing, the value map, trends.
    const fileOf = (name) => text(`/rapporten/1/tabellen/${ROUND}.${name}`, 'text/csv').then(recordsOf);
    const estimate = (one) => [one?.waarde, ...(one?.bandbreedte ?? [null, null])].map(asNumber);
    const missing = await fileOf('wie-ontbreekt');
    const expected = sectionOf('respons').wie.flatMap(({ groepen }) => groepen.flatMap(({ rijen }) => rijen));
    assert.ok(expected.length > 20 && expected.length === missing.length, `${missing.length}`);
    expected.forEach((row, i) => {
      const one = missing[i];
      assert.equal(one.antwoord, row.antwoord);
      same([...estimate(row.aandeel), asNumber(row.verwacht), ...estimate(row.gewogen)],
        [one.aandeel, one.ondergrens, one.bovengrens, one.verwacht, one.gewogen, one.gewogen_ondergrens, one.gewogen_bovengrens].map(asNumber), `${one.variabele} ${one.antwoord}`);
    });
    const trends = await fileOf('trends');
    const points = sectionOf('trends').trends.flatMap(({ variabele, werving, rondes }) => rondes.map((point) => ({ ...point, variabele: variabele.code, werving })));
    assert.ok(points.length > 40 && points.length === trends.length, `${trends.length}`);
    points.forEach((point, i) => {
      const one = trends[i];
      assert.deepEqual([one.variabele, one.werving, one.ronde, Number(one.uitgave)], [point.variabele, point.werving, point.ronde, point.uitgave]);
      same([...estimate(point.schatting), ...estimate(point.verschil)], [one.waarde, one.ondergrens, one.bovengrens, one.verschil, one.verschil_ondergrens, one.verschil_bovengrens].map(asNumber), one.variabele);
    });
    const map = await fileOf('waardenkaart');
    const cells = sectionOf('waardenkaart').kaart.toepassingen.flatMap(({ toepassing, waarden }) => waarden.map((cell) => ({ toepassing, ...cell })));
    assert.ok(cells.length >= 35 && cells.length === map.length, `${map.length}`);
    cells.forEach((cell, i) => {
      const one = map[i];
      assert.deepEqual([one.toepassing, one.waarde, one.label, one.enquete_richting, one.interviews], [cell.toepassing, cell.waarde, cell.label, cell.enquete.richting ?? '', cell.interviews.stand]);
      same([cell.enquete.minderheid?.aandeel, cell.interviews.gesproken, cell.focusgroepen.tegen].map(asNumber), [one.minderheid, one.interviews_gesproken, one.focusgroepen_tegen].map(asNumber), `${one.toepassing} ${one.waarde}`);
    });
    // And every section that is a table has a file, with a name in the reader's language.
    const list = await text('/rapporten/1/tabellen', 'text/html');
    for (const words of [`${ROUND}.wie-ontbreekt</a> Who took part`, `${ROUND}.waardenkaart</a> Value map`, `${ROUND}.trends</a> What changed`, 'signalen</a> ']) assert.ok(list.includes(words), words);
    assert.ok(tables.length > 300 && numbers > 10_000, `${numbers} numbers of ${tables.length} tables`);
  });

  it('tells of a year what became of the agenda', LONG, async () => {
    zevenstem('report', 'make', '--year', '2026', '--title', 'Het jaar');
    await post(writer, '/beheer/rapporten/2/teksten', { titel: 'Het jaar 2026', samenvatting: 'Kort.', summary: 'Short.' });
    await step(writer, 2, 'voorgelegd');
    await step(approver, 2, 'goedgekeurd');
    await step(writer, 2, 'gepubliceerd');
    await submit(writer);
    await everybody.emulateMedia({ media: 'screen' });
    await everybody.goto(`${SERVICE}/rapporten/2?taal=nl`);
    await checkPage(everybody);
    const document = JSON.parse(await get('/v1/rapporten/2'));
    const validate = new Ajv2020({ strict: false }).compile(JSON.parse(readFileSync(SCHEMA)));
    assert.ok(validate(document), JSON.stringify(validate.errors?.slice(0, 5)));
    const agenda = JSON.parse(await get('/v1/agenda'));
    assert.deepEqual(document.delen.find(({ deel }) => deel === 'agenda').inhoud, agenda);
    const file = (await get('/rapporten/2/tabellen/agenda')).toString();
    assert.equal(file.trim().split('\r\n').length, 1 + agenda.paragrafen.flatMap(({ onderdelen }) => onderdelen).length);
    // Withdrawn: it stays, with its reason.
    await step(writer, 2, 'ingetrokken', { toelichting: 'Er stond een fout in de tekst.' });
    await submit(writer);
    await everybody.goto(`${SERVICE}/rapporten?taal=nl`);
    await checkPage(everybody);
    assert.match(await main(everybody), /Er stond een fout in de tekst\./);
  });
});
