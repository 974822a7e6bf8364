// Taking part as a citizen does: one page after another, by clicking or by keyboard alone.
import { SERVICE } from './browser.mjs';

export async function begin(page, variant = 'volledig') {
  await page.goto(`${SERVICE}/`);
  await page.locator(`button[name=versie][value=${variant}]`).click();
}

// What a person might do on any page of the form: the first real choice of every group, a word in every box.
export async function fillPage(page, { words = 'Dit is mijn mening.' } = {}) {
  const groups = await page.$$eval('main input[type=radio], main input[type=checkbox]', (inputs) => {
    const seen = new Map();
    for (const input of inputs) {
      if (!seen.has(input.name)) {
        seen.set(input.name, []);
      }
      seen.get(input.name).push({ id: input.id, type: input.type, value: input.value });
    }
    return [...seen.entries()].map(([name, options]) => ({ name, options }));
  });
  for (const { name, options } of groups) {
    const real = options.filter((o) => o.value !== 'weet-ik-niet' && o.value !== 'jonger-dan-16');
    const count = options[0].type === 'checkbox' ? (name === 'waarden-top3' ? 3 : 1) : 1;
    for (const option of real.slice(0, count)) {
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
