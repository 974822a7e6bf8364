// Charts of every kind (preview_charts.c): readable and whole on a phone and a desktop, in forced colours and on paper.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { BUILD, checkPage, DESKTOP, openPage, overflowFaults, PHONE, startBrowser, takePictures, takePrint } from './lib/browser.mjs';
import { startPreview } from './lib/preview-server.mjs';

const TABLET = { width: 768, height: 1024 };
const PAPER = { width: 718, height: 1000 }; // A4 in CSS px, less the printer's edges
let browser;
let preview;

before(async () => {
  [browser, preview] = await Promise.all([startBrowser(), startPreview(BUILD)]);
});
after(async () => {
  await browser?.close();
  await preview?.stop();
});

async function visit(options) {
  const page = await openPage(browser, options);
  await page.goto(`${preview.url}/charts`);
  return page;
}

// Every text of a chart as the browser laid it out: HTML words by their lines, SVG texts by their box; and the drawing each stands in.
function texts(page) {
  return page.evaluate(() => {
    const found = [];
    for (const chart of document.querySelectorAll('.zs-chart')) {
      const frame = chart.getBoundingClientRect();
      const words = document.createTreeWalker(chart, NodeFilter.SHOW_TEXT);
      for (let node = words.nextNode(); node; node = words.nextNode()) {
        const range = document.createRange();
        range.selectNodeContents(node);
        const svg = node.parentElement.closest('svg');
        const boxes = svg ? [node.parentElement.getBoundingClientRect()] : [...range.getClientRects()];
        for (const box of boxes.filter((b) => b.width > 0)) {
          found.push({
            chart: chart.querySelector('[id]').id, text: node.data, left: box.left, right: box.right, top: box.top, bottom: box.bottom,
            frameLeft: frame.left, frameRight: frame.right, size: parseFloat(getComputedStyle(node.parentElement).fontSize),
          });
        }
      }
    }
    return found;
  });
}

// Letters leave some of their line's height empty: lines that touch are no fault.
const meets = (a, b) =>
  a.chart === b.chart && Math.min(a.right, b.right) - Math.max(a.left, b.left) > 0.5 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4;

async function textFaults(page, least = 16) {
  const all = await texts(page);
  assert.ok(all.length > 80, `${all.length} texts`);
  const faults = [];
  all.forEach((a, i) => {
    if (a.size < least) {
      faults.push(`${a.chart}: "${a.text}" has letters of ${a.size} px`);
    }
    if (a.left < a.frameLeft - 0.5 || a.right > a.frameRight + 0.5) {
      faults.push(`${a.chart}: "${a.text}" from ${a.left} to ${a.right} is outside ${a.frameLeft} to ${a.frameRight}`);
    }
    for (const b of all.slice(i + 1).filter((other) => meets(a, other))) {
      faults.push(`${a.chart}: "${a.text}" and "${b.text}" overlap`);
    }
  });
  return faults;
}

// Where marks came, as parts of the drawing that holds them.
function marks(page, selector) {
  return page.evaluate((css) => [...document.querySelectorAll(css)].map((mark) => {
    const plot = mark.closest('.zs-chart__plot, .zs-chart__time').getBoundingClientRect();
    const box = mark.getBoundingClientRect();
    return { from: (box.left - plot.left) / plot.width, to: (box.right - plot.left) / plot.width, top: box.top >= plot.top - 1, bottom: box.bottom <= plot.bottom + 1 };
  }), selector);
}

describe('charts', () => {
  it('are accessible and fit a phone', async () => {
    const page = await visit();
    await checkPage(page);
    await takePictures(page, 'charts');
    await page.setViewportSize(TABLET);
    await page.screenshot({ path: join(BUILD, 'screenshots', 'charts-768.png'), fullPage: true });
    await page.setViewportSize(PAPER);
    await takePrint(page, 'charts');
    await page.context().close();
  });

  it('are named by their message and are not a second reading of the table', async () => {
    const page = await visit();
    const drawing = page.getByRole('img', { name: /^Mensen die meededen zien vooral kansen voor de gezondheid 834 mensen/ });
    assert.equal(await drawing.count(), 1);
    assert.equal(await page.getByRole('img').count(), 7, 'one a chart');
    assert.equal(await page.locator('figure').count(), 7);
    await page.context().close();
  });

  it('no text is small, outside its chart or over another', async () => {
    const page = await visit();
    for (const size of [PHONE, { width: 375, height: 700 }, { width: 704, height: 900 }, TABLET, DESKTOP]) {
      await page.setViewportSize(size);
      assert.deepEqual(await textFaults(page), [], `at ${size.width} px`);
    }
    await page.emulateMedia({ media: 'print' });
    await page.setViewportSize(PAPER);
    assert.deepEqual(await textFaults(page, 14.5), [], 'on paper, at 11 points');
    await page.context().close();
  });

  it('letters of twice the size', async () => {
    const large = await startBrowser(['--blink-settings=defaultFontSize=32']);
    try {
      const page = await openPage(large, { viewport: { width: 640, height: 900 } });
      await page.goto(`${preview.url}/charts`);
      assert.ok((await texts(page)).every((text) => text.size >= 32), 'letters did grow');
      assert.deepEqual(await textFaults(page), []);
      assert.deepEqual(await overflowFaults(page, { width: 640, height: 900 }), []);
    } finally {
      await large.close();
    }
  });

  it('marks lie where their figures say, on every screen', async () => {
    const page = await visit();
    for (const size of [PHONE, TABLET, DESKTOP]) {
      await page.setViewportSize(size);
      const bars = await marks(page, '.zs-chart__bar');
      assert.deepEqual(bars.map((bar) => (bar.to * 80).toFixed(1)), ['61.8', '44.2', '38.5', '12.1', '2.3', '0.0'], `at ${size.width} px`);
      const dots = await marks(page, '.zs-chart__plot .zs-chart__dot-1');
      assert.deepEqual(dots.slice(0, 4).map((dot) => Math.round((dot.from + dot.to) * 50)), [71, 66, 58, 53]);
      const parts = await marks(page, '.zs-chart__plot [class*="__part-"]');
      assert.ok(parts.length === 3 * 6 + 2 * 7 + 10 && parts.every((part) => part.from > -0.01 && part.to < 1.01));
      const stages = (await marks(page, 'figure:has(#signalen-title) .zs-chart__plot .zs-chart__part-f3')).map((part) => Math.round(part.to * 100));
      assert.deepEqual(stages, [88, 60, 44, 42, 42], 'what went on from each stage');
      const all = [...bars, ...dots, ...parts, ...(await marks(page, '.zs-chart__time circle'))];
      assert.ok(all.every((mark) => mark.top && mark.bottom), 'within the height of its row');
    }
    await page.context().close();
  });

  it('answers and series differ without colour', async () => {
    for (const options of [{ forcedColors: 'active' }, { forcedColors: 'active', colorScheme: 'dark' }]) {
      const page = await visit(options);
      for (const chart of await page.locator('figure:has(.zs-chart__keys)').all()) {
        const seen = new Map();
        for (const key of await chart.locator('.zs-chart__keys .zs-chart__key').all()) {
          const look = (await key.screenshot()).toString('base64');
          assert.ok(!seen.has(look), `${await key.locator('xpath=..').innerText()} looks as ${seen.get(look)}`);
          seen.set(look, await key.locator('xpath=..').innerText());
        }
      }
      await page.context().close();
    }
  });

  it('add little to a page', () => {
    const html = readFileSync(join(BUILD, 'preview', 'charts.html'));
    assert.ok(gzipSync(html, { level: 6 }).length < 6_600, 'seven of them');
  });
});
