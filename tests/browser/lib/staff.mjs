// Staff with a browser: an account made by the command, signing in, and an authenticator.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { SERVICE } from './browser.mjs';

export const PASSWORD = 'een boot op het kanaal';
export const zevenstem = (...args) => execFileSync(process.env.ZEVENSTEM_BINARY, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
// The password for one time.
export const addAccount = (name, role, ...more) => zevenstem('account', 'add', name, '--role', role, ...more);

// RFC 4648 and RFC 6238, as an authenticator has them.
function base32(text) {
  let bits = '';
  for (const letter of text.replace(/[\s=]/g, '')) {
    bits += 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0');
  }
  return Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
}
export function oneTimeCode(secret, step = Math.floor(Date.now() / 30_000)) {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', base32(secret)).update(counter).digest();
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

export const submit = (page) => page.locator('main form button.nl-button--primary').first().click();

export async function signIn(page, name, password = PASSWORD) {
  await page.goto(`${SERVICE}/beheer/inloggen`);
  await page.locator('#naam').fill(name);
  await page.locator('#wachtwoord').fill(password);
  await submit(page);
}

export async function choosePassword(page) {
  assert.ok(page.url().endsWith('/beheer/account/wachtwoord'), page.url());
  await page.locator('#nieuw').fill(PASSWORD);
  await page.locator('#herhaling').fill(PASSWORD);
  await submit(page);
}

// From the page of the second factor on; leaves the page with the recovery codes. Gives the secret.
export async function setFactorUp(page) {
  await page.locator('main form[action$="/begin"] button').click();
  const secret = await page.locator('main code').innerText();
  await page.locator('#code').fill(oneTimeCode(secret));
  await page.locator('#huidig').fill(PASSWORD);
  await submit(page);
  return secret;
}
