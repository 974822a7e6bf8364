// Taking part as a citizen does: one page after another, by clicking or by keyboard alone.
import { SERVICE } from './browser.mjs';

export async function begin(page, variant = 'volledig', start = '/') {
  await page.goto(SERVICE + start);
  await page.locator(`button[name=versie][value=${variant}]`).click();
}

// How many boxes to tick: what the page itself asks for ("Kies er 3." is three, not one).
const wanted = (group) => (group.type === 'checkbox' && group.name === 'waarden-top3' ? 3 : 1);

// The groups of radios and boxes on the page, in order: [{name, type, options: [{id, value}]}], real answers only.
export function groupsOn(page) {
  return page.$$eval('main input[type=radio], main input[type=checkbox]', (inputs) => {
    const groups = new Map();
    for (const input of inputs) {
      if (!groups.has(input.name)) {
        groups.set(input.name, { name: input.name, type: input.type, options: [] });
      }
      if (!['weet-ik-niet', 'jonger-dan-16'].includes(input.value)) {
        groups.get(input.name).options.push({ id: input.id, value: input.value });
      }
    }
    return [...groups.values()];
  });
}

// What a person might do on any page of the form: the first real choice of every group, a word in every box.
export async function fillPage(page, { words = 'Dit is mijn mening.' } = {}) {
  for (const group of await groupsOn(page)) {
    for (const option of group.options.slice(0, wanted(group))) {
      await page.locator(`[id="${option.id}"]`).check();
    }
  }
  for (const box of await page.$$('main textarea')) {
    await box.fill(words);
  }
}

export async function next(page) {
  await page.locator('main form button.nl-button--primary').first().click();
}

// From the page that is shown to the check page; calls `each(page, path)` on every page of the form. Gives the paths seen.
export async function walkToCheck(page, each = async () => {}) {
  const paths = [];
  for (let i = 0; i < 120 && !page.url().includes('/controle'); i++) {
    const path = new URL(page.url()).pathname;
    paths.push(path);
    await each(page, path);
    await fillPage(page);
    await next(page);
    await page.waitForLoadState('load');
    if (new URL(page.url()).pathname === path) {
      throw new Error(`${path} did not go on: ${await page.locator('main').innerText()}`);
    }
  }
  return paths;
}

// ---- by keyboard alone ----

// Presses Tab until `found` (run in the page) holds for what has the focus.
export async function tabTo(page, found, most = 120) {
  for (let i = 0; i < most; i++) {
    await page.keyboard.press('Tab');
    if (await page.evaluate(found)) {
      return;
    }
  }
  throw new Error(`not reached by Tab on ${page.url()}`);
}

export async function enter(page) {
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
}

// Answers the page that is shown and sends it: Tab to each group, Space, the arrows; text is typed.
export async function answerByKeyboard(page, words = 'Dit vind ik.') {
  let ticked = 0;
  for (let i = 0; i < 160; i++) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(() => {
      const e = document.activeElement;
      return { type: e.type ?? '', name: e.name ?? '', value: e.value ?? '', main: Boolean(e.closest('main')), primary: e.classList.contains('nl-button--primary') };
    });
    if (!at.main) {
      continue;
    }
    if (at.type === 'radio') {
      await page.keyboard.press('Space');
      await page.keyboard.press('ArrowDown'); // the first age band would end it
    } else if (at.type === 'checkbox' && at.value !== 'weet-ik-niet' && ticked < wanted({ type: at.type, name: at.name })) {
      await page.keyboard.press('Space');
      ticked++;
    } else if (at.type === 'textarea' && !at.name.endsWith('_tekst')) {
      await page.keyboard.type(words);
    } else if (at.primary) {
      await enter(page);
      return;
    }
  }
  throw new Error(`no button to go on with on ${page.url()}`);
}
