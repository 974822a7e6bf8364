// Chromium for the tests: starting it, pages that record what goes wrong, and checkPage, which every page must pass.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { HtmlValidate } from 'html-validate';
import { chromium } from 'playwright-core';

export const BUILD = process.env.ZEVENSTEM_BUILD ?? join(process.cwd(), '..', '..', 'build');
export const SERVICE = process.env.ZEVENSTEM_URL ?? null; // no slash at the end
const SCREENSHOTS = join(BUILD, 'screenshots');
const AXE_TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
export const DESKTOP = { width: 1280, height: 900 };
export const PHONE = { width: 320, height: 640 };

export function startBrowser(more = []) {
  return chromium.launch({
    // Chromium without its windows: less than half the processor time of the whole one with --headless. The program itself, since the
    // script in /usr/bin stands between it and signals.
    executablePath: process.env.ZEVENSTEM_CHROMIUM ?? '/usr/lib/chromium/chromium-headless-shell',
    chromiumSandbox: process.getuid() !== 0,
    args: [
      '--headless',
      ...(process.getuid() === 0 ? ['--no-sandbox'] : []),
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      ...more,
    ],
  });
}

// A page in a context of its own. page.problems collects console errors and warnings (content policy violations are among them),
// script errors and failed requests; page.served is the last HTML document that arrived and its status.
// options are Playwright's: {javaScriptEnabled: false}, {forcedColors: 'active'}, {locale}, {viewport}, ...
export async function openPage(browser, options = {}) {
  const context = await browser.newContext({ viewport: DESKTOP, locale: 'nl-NL', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  page.problems = [];
  page.served = null;
  page.on('console', (message) => {
    const expected = /Failed to load resource: the server responded with a status of [45]/.test(message.text());
    if (['error', 'warning'].includes(message.type()) && !expected) {
      page.problems.push(`console ${message.type()}: ${message.text()}`);
    }
  });
  page.on('pageerror', (error) => page.problems.push(`script error: ${error.message}`));
  page.on('requestfailed', (request) => {
    if (request.failure()?.errorText !== 'net::ERR_ABORTED') {
      page.problems.push(`request failed: ${request.url()} ${request.failure()?.errorText}`);
    }
  });
  page.on('response', (response) => {
    const request = response.request();
    if (request.isNavigationRequest() && request.frame() === page.mainFrame() && ![301, 302, 303].includes(response.status())) {
      page.served = { status: response.status(), headers: response.headers(), html: response.text().catch(() => null) };
    } else if (response.status() >= 400 && !request.isNavigationRequest()) {
      page.problems.push(`${response.status()} for ${response.url()}`);
    }
  });
  return page;
}

const htmlValidate = new HtmlValidate({
  extends: ['html-validate:recommended', 'html-validate:document'],
  rules: {
    // the error summary's h2 stands before the h1
    'heading-level': ['error', { minInitialRank: 'any' }],
    'form-dup-name': ['error', { shared: ['radio', 'checkbox', 'submit'] }],
    'require-sri': ['error', { target: 'crossorigin' }],
    // written by hand and by templates; neither is a fault
    'no-trailing-whitespace': 'off',
    'long-title': ['error', { maxlength: 70 }],
    'no-inline-style': 'error',
    'prefer-native-element': ['error', { exclude: ['region', 'alert', 'radiogroup', 'img'] }], // img: a chart of words and SVG
    // a label around its control that also names it: voice control and old readers each want one of the two
    'no-redundant-for': 'off',
  },
});

export async function htmlFaults(html) {
  const report = await htmlValidate.validateString(html);
  return report.results.flatMap((result) =>
    result.messages.map((m) => `html ${m.line}:${m.column} ${m.ruleId}: ${m.message}`));
}

// axe itself, put into the page by the debugger, which no content policy stops. Its Playwright package opens a second page for each
// run, which takes six times as long; our pages have no frames.
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export async function axeFaults(page) {
  await page.evaluate(AXE);
  const violations = await page.evaluate(async (tags) => {
    const result = await globalThis.axe.run(document, { runOnly: tags, resultTypes: ['violations'], preload: false });
    return result.violations.map((v) => ({ id: v.id, help: v.help, nodes: v.nodes.map((n) => ({ html: n.html, failureSummary: n.failureSummary })) }));
  }, AXE_TAGS);
  return violations.flatMap((v) => v.nodes.map((n) => `axe ${v.id}: ${v.help}: ${n.html.slice(0, 160)} ${n.failureSummary ?? ''}`));
}

// What is wider than the window, as faults; the window is restored.
export async function overflowFaults(page, size = PHONE) {
  const before = page.viewportSize();
  await page.setViewportSize(size);
  const faults = await page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width && document.body.scrollWidth <= width) {
      return [];
    }
    const wide = [...document.querySelectorAll('body *')]
      .filter((e) => e.getBoundingClientRect().right > width + 0.5 && !e.closest('.zs-scroll, .zs-hidden'))
      .slice(0, 5)
      .map((e) => e.outerHTML.slice(0, 120));
    return [`overflow at ${width}px: page is ${document.documentElement.scrollWidth}px wide: ${wide.join(' | ')}`];
  });
  await page.setViewportSize(before);
  return faults;
}

// Text that is higher than its own box, so that it lies over what comes next, on a phone; the window is restored. No rule of axe sees it.
export async function overlapFaults(page, size = PHONE) {
  const before = page.viewportSize();
  await page.setViewportSize(size);
  const faults = await page.evaluate(() =>
    [...document.querySelectorAll('main :is(td, th, li, dt, dd, p, h1, h2, h3, legend, label)')]
      .filter((e) => e.clientHeight > 0 && e.scrollHeight > e.clientHeight + 8 && getComputedStyle(e).overflowY === 'visible' && !e.closest('.zs-hidden'))
      .slice(0, 5)
      .map((e) => `${e.scrollHeight}px of text in ${e.clientHeight}px: ${e.outerHTML.slice(0, 120)}`));
  await page.setViewportSize(before);
  return faults;
}

// Controls that stand alone (not links in running text) are 44 px high or wide enough to hit; the whole label counts. One that is for
// nobody (aria-hidden) is not hit.
export async function targetFaults(page) {
  return page.evaluate(() => {
    const small = [];
    for (const e of document.querySelectorAll('button, input:not([type=hidden]), select, textarea, a.zs-target, a.zs-brand, summary')) {
      const box = (e.closest('label') ?? e).getBoundingClientRect();
      if (box.width > 0 && !e.closest('[aria-hidden="true"]') && (box.height < 43.5 || box.width < 24)) {
        small.push(`target of ${Math.round(box.width)}x${Math.round(box.height)}: ${e.outerHTML.slice(0, 120)}`);
      }
    }
    return small;
  });
}

// Everything a page must be. Call it after the page has been loaded by openPage's page. axe: false for a very long page of a kind that
// axe sees elsewhere.
export async function checkPage(page, { axe = true } = {}) {
  const html = page.served ? await page.served.html : null;
  const title = await page.title();
  const faults = [
    ...page.problems,
    ...(html ? await htmlFaults(html) : ['no HTML was recorded']),
    ...(/\{\{| \}\}/.test(html ?? '') ? ['a piece of a template is shown'] : []),
    ...(title.length === 0 || [...title].length > 70 ? [`title "${title}" has ${[...title].length} characters`] : []),
    ...((await page.locator('h1').count()) === 1 ? [] : ['there is not exactly one h1']),
    ...((await page.locator('html[lang]').count()) === 1 ? [] : ['html has no lang']),
    ...(axe ? await axeFaults(page) : []),
    ...(await overflowFaults(page)),
    ...(await targetFaults(page)),
  ];
  assert.deepEqual(faults, [], `${page.url()}\n${faults.join('\n')}`);
}

// The focus is on the element of which `read`, called in the page, gives `expected`. Autofocus is given as the page is next drawn and not
// before its load is over (HTML, "update the rendering"), and a link to a part of the page likewise: so it is waited for, 5 s at most.
export async function assertFocus(page, read, expected) {
  let found;
  for (const end = Date.now() + 5000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 20))) {
    found = await page.evaluate(read);
    if (found === expected) return;
  }
  assert.equal(found, expected, 'what has the focus');
}

// The elements that Tab stops at, in order, with whether the focus can be seen there: {name, tag, type, href, visible}.
export async function tabStops(page, most = 60) {
  await page.evaluate(() => document.activeElement?.blur());
  const stops = [];
  for (let i = 0; i < most; i++) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(() => {
      const e = document.activeElement;
      if (!e || e === document.body) {
        return null;
      }
      const style = getComputedStyle(e);
      const box = e.getBoundingClientRect();
      return {
        tag: e.localName,
        type: e.type ?? null,
        href: e.getAttribute('href'),
        name: (e.labels?.[0] ?? e).textContent.trim().replace(/\s+/g, ' '),
        visible: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 && box.width > 0 && box.height > 0,
      };
    });
    if (!stop) {
      break;
    }
    stops.push(stop);
  }
  return stops;
}

// Pictures for people to look at: build/screenshots/<name>-desktop.png, -320.png and -contrast.png.
export async function takePictures(page, name) {
  mkdirSync(SCREENSHOTS, { recursive: true });
  const before = page.viewportSize();
  const take = (kind) => page.screenshot({ path: join(SCREENSHOTS, `${name}-${kind}.png`), fullPage: true });
  await page.setViewportSize(DESKTOP);
  await take('desktop');
  await page.setViewportSize(PHONE);
  await take('320');
  await page.setViewportSize(DESKTOP);
  await page.emulateMedia({ forcedColors: 'active', colorScheme: 'dark' });
  await take('contrast');
  await page.emulateMedia({ forcedColors: 'none', colorScheme: 'light' });
  await page.setViewportSize(before);
}

// What a printer gets, as PNG of the print style: build/screenshots/<name>-print.png.
export async function takePrint(page, name) {
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.emulateMedia({ media: 'print' });
  await page.screenshot({ path: join(SCREENSHOTS, `${name}-print.png`), fullPage: true });
  await page.emulateMedia({ media: 'screen' });
}

// Bytes over the wire of a first visit, compressed as served: pages stay under 15 kB with all assets.
export async function transferBytes(browser, url) {
  const page = await openPage(browser);
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  let bytes = 0;
  session.on('Network.loadingFinished', (event) => {
    bytes += event.encodedDataLength;
  });
  await page.goto(url, { waitUntil: 'networkidle' });
  await page.context().close();
  return bytes;
}
