// Somebody of the staff in a browser without JavaScript: an account of the command line, signed in with a second factor.
import { createHmac } from 'node:crypto';

const PASSWORD = 'een boot op het kanaal';

function bytesOf(base32) {
  const bits = [...base32.replace(/\s/g, '')].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
}

// RFC 6238: six digits, half a minute.
function codeOf(base32) {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000)));
  const hash = createHmac('sha1', bytesOf(base32)).update(counter).digest();
  return String((hash.readUInt32BE(hash[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

const LETTERS = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
const plain = (text) => text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name) => LETTERS[name]);

// What stands hidden in the form of a page that goes to `action`, by name.
function hiddenOf(page, action) {
  const forms = page.split('<form ').slice(1).map((form) => form.split('</form>')[0]);
  const own = forms.find((form) => plain(/action="([^"]*)"/.exec(form)?.[1] ?? '') === action) ?? '';
  return Object.fromEntries([...own.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)].map(([, name, value]) => [name, plain(value)]));
}

export class Staff {
  constructor(port) {
    this.origin = `http://127.0.0.1:${port}`;
    this.jar = new Map();
  }

  get cookie() {
    return [...this.jar].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  async ask(path, body) {
    const headers = { Cookie: this.cookie, ...(body ? { 'Content-Type': 'application/x-www-form-urlencoded', 'Sec-Fetch-Site': 'same-origin' } : {}) };
    const reply = await fetch(this.origin + path, { method: body ? 'POST' : 'GET', headers, body, redirect: 'manual' });
    for (const line of reply.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      this.jar.set(name, value);
    }
    this.page = await reply.text();
    this.status = reply.status;
    if (reply.status >= 400) throw new Error(`${path}: ${reply.status}\n${this.page}`);
    return this.page;
  }

  // The form of `page` that goes to `action`, with what stands hidden in it; and once more where it is asked whether that is sure.
  async post(page, action, fields) {
    await this.ask(page);
    await this.send(action, { ...hiddenOf(this.page, action), ...fields });
    if (this.status === 200 && hiddenOf(this.page, action).zeker) await this.send(action, hiddenOf(this.page, action));
    return this.page;
  }

  // Of a list the field comes as often as it has entries.
  send(action, fields) {
    const entries = Object.entries(fields).flatMap(([name, value]) => [value].flat().map((one) => [name, one]));
    return this.ask(action, new URLSearchParams(entries).toString());
  }

  // With a password that was handed out.
  async signIn(name, given) {
    const factor = '/beheer/account/tweede-factor';
    await this.post('/beheer/inloggen', '/beheer/inloggen', { naam: name, wachtwoord: given });
    await this.post('/beheer/account/wachtwoord', '/beheer/account/wachtwoord', { nieuw: PASSWORD, herhaling: PASSWORD });
    await this.post(factor, `${factor}/begin`, {});
    const [, secret] = /<code translate="no">([A-Z2-7 ]+)</.exec(await this.ask(factor));
    await this.post(factor, factor, { code: codeOf(secret), huidig: PASSWORD });
  }
}
