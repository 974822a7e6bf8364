// Each role follows every link of the back office that it is shown, beside rounds of invented data with conversations and codings: no link
// leads to a page that is refused or is not there, and a page of every kind is what a page must be.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { SERVICE, checkPage, openPage, overlapFaults, startBrowser, tabStops } from './lib/browser.mjs';
import { addAccount, choosePassword, setFactorUp, signIn, zevenstem } from './lib/staff.mjs';

const LONG = { timeout: 600_000 };
const ROLES = ['beheerder', 'onderzoeker', 'codeur', 'analist', 'tafelsecretaris', 'lezer'];
const EACH = 2; // pages of a kind that a role visits

// What stands for a round, a conversation, a number is left out, and of a question its answers.
function kindOf(address) {
  const { pathname, searchParams } = new URL(address, SERVICE);
  const steps = pathname.split('/').slice(1);
  const named = steps.map((step, i) => (i > 1 && (/\d/.test(step) || steps[1] === 'waardenkaart') ? '*' : step));
  return `/${named.join('/')}?${[...new Set(searchParams.keys())].sort().join('&')}`;
}

describe('roles', { skip: SERVICE ? false : 'ZEVENSTEM_URL is not set' }, () => {
  const looked = new Set(); // kinds of which a page was looked at, by whichever role
  let browser;
  before(async () => {
    const config = join(dirname(process.env.ZEVENSTEM_CONFIG), 'uitproberen.conf');
    writeFileSync(config, readFileSync(process.env.ZEVENSTEM_CONFIG, 'utf8').replace('[service]', '[service]\ninvented_data = 1'));
    zevenstem('example', 'load', '--config', config);
    browser = await startBrowser();
  });
  after(() => browser?.close());

  async function enter(role) {
    const page = await openPage(browser);
    await signIn(page, `loopt.${role}`, addAccount(`loopt.${role}`, role));
    await choosePassword(page);
    if (role === 'beheerder') await setFactorUp(page);
    return page;
  }

  async function look(page, kind) {
    if (looked.has(kind)) return;
    looked.add(kind);
    await checkPage(page);
    assert.deepEqual(await overlapFaults(page), [], page.url());
    // The button of a field for a day shows its focus itself.
    assert.deepEqual((await tabStops(page)).filter(({ visible, type }) => !visible && type !== 'date'), [], page.url());
  }

  // The document at the address; null for a file to keep.
  async function open(page, address, from) {
    const answer = await page.goto(SERVICE + address).catch((error) => {
      if (!/Download is starting/.test(error.message)) throw error;
      return null;
    });
    assert.equal(answer?.status() ?? 200, 200, `${address}, to which ${from} leads`);
    return answer?.headers()['content-type']?.startsWith('text/html') ? answer : null;
  }

  for (const role of ROLES) {
    it(`${role} is led to nothing that is closed`, LONG, async () => {
      const page = await enter(role);
      const times = new Map();
      const known = new Set(['/beheer']);
      const waiting = [['/beheer', 'signing in']];
      while (waiting.length > 0) {
        const [address, from] = waiting.shift();
        const kind = kindOf(address);
        times.set(kind, (times.get(kind) ?? 0) + 1);
        if (times.get(kind) > EACH || !(await open(page, address, from))) continue;
        const links = await page.locator('a[href^="/beheer"]').evaluateAll((all) => all.map((link) => link.getAttribute('href').replace(/#.*/, '')));
        await look(page, kind);
        for (const link of links.filter((link) => !known.has(link) && !/[?&]taal=/.test(link))) {
          known.add(link);
          waiting.push([link, address]);
        }
      }
      assert.ok(times.size >= 5, [...times.keys()].join(' '));
      await page.context().close();
    });
  }
});
