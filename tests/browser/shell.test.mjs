// The page shell, the style sheet and the error pages alone, without a service.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { assertFocus, BUILD, checkPage, openPage, PHONE, startBrowser, tabStops, takePictures, takePrint } from './lib/browser.mjs';
import { startPreview } from './lib/preview-server.mjs';

const pages = readdirSync(join(BUILD, 'preview')).filter((f) => f.endsWith('.html')).map((f) => f.slice(0, -5));
let browser;
let preview;

before(async () => {
  [browser, preview] = await Promise.all([startBrowser(), startPreview(BUILD)]);
});
after(async () => {
  await browser?.close();
  await preview?.stop();
});

async function visit(name, options) {
  const page = await openPage(browser, options);
  await page.goto(`${preview.url}/${name}`);
  return page;
}

describe('every page of the preview', () => {
  for (const name of pages) {
    it(`${name} is accessible, valid, and fits a phone`, async () => {
      const page = await visit(name);
      await checkPage(page);
      await takePictures(page, `shell-${name}`);
      await page.context().close();
    });
  }
  it('there are pages', () => assert.ok(pages.length >= 8));
});

describe('without script', () => {
  it('focus goes to the error summary by itself, its link leads to the field', async () => {
    const page = await visit('choice-error', { javaScriptEnabled: false });
    await assertFocus(page, () => document.activeElement.getAttribute('role'), 'alert');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await assertFocus(page, () => document.activeElement.id, 'q1-1');
    await page.context().close();
  });
  it('the skip link shows itself and leads to the content', async () => {
    const page = await visit('choice', { javaScriptEnabled: false });
    await page.keyboard.press('Tab');
    const box = await page.locator('.nl-skip-link').boundingBox();
    assert.ok(box.y >= 0 && box.height >= 43.5, JSON.stringify(box));
    await page.keyboard.press('Enter');
    await assertFocus(page, () => document.activeElement.id, 'inhoud');
    await page.context().close();
  });
});

describe('keyboard', () => {
  it('every stop shows where the focus is, in reading order', async () => {
    const page = await visit('choice');
    const stops = await tabStops(page);
    assert.deepEqual(stops.filter((s) => !s.visible), []);
    assert.deepEqual(stops.map((s) => s.type || s.href), [
      '#inhoud', '/', '/c/biotechnologie-2026?taal=en', '/vorige', 'radio', 'submit', 'submit', 'submit',
      '/tafel', '/privacy', '/toegankelijkheid', '/contact',
    ]);
    await page.context().close();
  });
});

describe('what a tick looks like', () => {
  for (const forcedColors of ['none', 'active']) {
    it(`a chosen answer differs from one that is not (forced colours ${forcedColors})`, async () => {
      const page = await visit('choice', { forcedColors, viewport: PHONE });
      const chosen = await page.locator('#q1-2').screenshot();
      const other = await page.locator('#q1-3').screenshot();
      assert.ok(!chosen.equals(other));
      await page.context().close();
    });
  }
});

describe('print', () => {
  for (const name of ['receipt', 'paper']) {
    it(`${name} leaves out what paper cannot use`, async () => {
      const page = await visit(name);
      await takePrint(page, `shell-${name}`);
      await page.emulateMedia({ media: 'print' });
      for (const gone of ['.nl-skip-link', '.utrecht-page-footer', '.zs-header__language']) {
        for (const element of await page.locator(gone).all()) {
          assert.equal(await element.isVisible(), false, gone);
        }
      }
      assert.ok(await page.locator('h1').isVisible());
      const pdf = await page.pdf({ format: 'A4' });
      assert.equal(pdf.subarray(0, 5).toString(), '%PDF-');
      await page.context().close();
    });
  }
});

describe('style sheet', () => {
  const classes = (text) => new Set([...text.matchAll(/class="([^"]*)"/g)].flatMap((m) => m[1].replace(/\{\{[^}]*\}\}/g, ' ').split(/\s+/)));
  const read = (name) => {
    const file = readdirSync(join(BUILD, 'assets')).find((f) => new RegExp(`^${name}\\.[0-9a-f]{8}\\.css$`).test(f));
    return readFileSync(join(BUILD, 'assets', file), 'utf8');
  };
  const sheet = read('zevenstem');
  const charts = read('charts');

  it('is small enough', () => {
    assert.ok(gzipSync(sheet, { level: 9 }).length < 9_600);
    assert.ok(gzipSync(charts, { level: 9 }).length < 3_500);
    for (const name of pages.filter((page) => page !== 'charts')) { // results, not somebody's first page: charts.test.mjs
      const html = gzipSync(readFileSync(join(BUILD, 'preview', `${name}.html`)), { level: 6 }).length;
      assert.ok(html + gzipSync(sheet, { level: 9 }).length < 15_000 - 600, `${name}: ${html}`);
    }
  });
  it('that of charts is loaded where there are charts alone', () => {
    for (const name of pages) {
      const html = readFileSync(join(BUILD, 'preview', `${name}.html`), 'utf8');
      assert.equal(/href="\/assets\/charts\.[0-9a-f]{8}\.css"/.test(html), name === 'charts', name);
    }
    assert.doesNotMatch(sheet, /zs-chart__/);
  });
  it('loads nothing from elsewhere', () => {
    assert.doesNotMatch(sheet + charts, /url\(|@import|data:/);
  });
  it('knows every class that the templates use', () => {
    const known = new Set([...(sheet + charts).matchAll(/\.(-?[A-Za-z_][\w-]*)/g)].map((m) => m[1]));
    const vocabulary = new Set(readFileSync('../../deploy/build/assets/classes.txt', 'utf8').split('\n'));
    const root = '../..';
    const files = [];
    const walk = (dir) => {
      for (const entry of readdirSync(dir, { withFileTypes: true })) {
        if (entry.isDirectory()) {
          walk(join(dir, entry.name));
        } else if (entry.name.endsWith('.mustache')) {
          files.push(join(dir, entry.name));
        }
      }
    };
    walk(join(root, 'src'));
    walk('preview');
    const unknown = files.flatMap((file) =>
      [...classes(readFileSync(file, 'utf8'))]
        .filter((name) => name && !name.endsWith('--') && !known.has(name) && !vocabulary.has(name))
        .filter((name) => !(name.endsWith('-') && [...known].some((k) => k.startsWith(name)))) // goes on in a value
        .map((name) => `${file}: ${name}`));
    assert.deepEqual(unknown, []);
  });
});
