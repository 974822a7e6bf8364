// Somebody who fills in the form: every page once, with the first answer that will do.
import { Agent, request } from 'node:http';
import { ROUND } from './product.mjs';

const agent = new Agent({ keepAlive: true, maxSockets: 8 });
let address = 0;

// {status, headers, bytes}
function exchange(port, method, path, headers, body) {
  return new Promise((done, fail) => {
    const sent = request({ host: '127.0.0.1', port, method, path, headers, agent }, (reply) => {
      const parts = [];
      reply.on('data', (part) => parts.push(part));
      reply.on('end', () => done({ status: reply.statusCode, headers: reply.headers, bytes: Buffer.concat(parts) }));
      reply.on('error', fail);
    });
    sent.on('error', fail);
    sent.end(body);
  });
}

export const get = (port, path, headers = {}) => exchange(port, 'GET', path, headers);

const attribute = (tag, name) => new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1];

// The fields of a page's form, filled in.
function fill(html) {
  const form = /<form method="post" action="\/vragen\/.*?<\/form>/s.exec(html)?.[0] ?? '';
  const fields = new URLSearchParams({ token: attribute(/<input type="hidden" name="token"[^>]*>/.exec(form)?.[0] ?? '', 'value') ?? '' });
  const chosen = new Map();
  for (const [tag] of form.matchAll(/<(?:input|textarea)[^>]*>/g)) {
    const name = attribute(tag, 'name');
    const type = attribute(tag, 'type') ?? 'textarea';
    const value = attribute(tag, 'value');
    const most = type === 'checkbox' ? (name.startsWith('waarden-top3') ? 3 : 1) : 1;
    if (['radio', 'checkbox'].includes(type) && value !== 'jonger-dan-16' && (chosen.get(name) ?? 0) < most) {
      chosen.set(name, (chosen.get(name) ?? 0) + 1);
      fields.append(name, value);
    } else if (type === 'textarea') {
      fields.append(name, 'Ik vind gezondheid belangrijk, en ik wil weten wie er beslist. '.repeat(3).trim());
    }
  }
  return fields;
}

// A participation just begun: its cookie, its headers, and the page it is on.
export async function begin(port, variant = 'volledig') {
  address += 1;
  const headers = { 'X-Forwarded-For': `10.${(address >> 16) & 255}.${(address >> 8) & 255}.${address & 255}`, 'Sec-Fetch-Site': 'same-origin' };
  const form = { ...headers, 'Content-Type': 'application/x-www-form-urlencoded' };
  const begun = await exchange(port, 'POST', '/deelname', form, `ronde=${ROUND}&versie=${variant}`);
  if (begun.status !== 303) throw new Error(`beginning gave ${begun.status}`);
  const cookie = begun.headers['set-cookie'][0].split(';')[0];
  return { cookie, headers: { ...headers, Cookie: cookie }, page: begun.headers.location };
}

// Shows and answers one page; gives what was posted and where it led.
export async function answer(port, { headers }, page) {
  const shown = await get(port, page, headers);
  if (shown.status !== 200) throw new Error(`${page} gave ${shown.status}`);
  const html = shown.bytes.toString('utf8');
  const form = { ...headers, 'Content-Type': 'application/x-www-form-urlencoded' };
  let fields = fill(html);
  let sent = await exchange(port, 'POST', page, form, fields.toString());
  if (sent.status === 400) {
    fields = new URLSearchParams({ token: fields.get('token') }); // every question may be left open
    sent = await exchange(port, 'POST', page, form, fields.toString());
  }
  if (sent.status !== 303) throw new Error(`posting ${page} gave ${sent.status}`);
  return { html, body: fields.toString(), next: sent.headers.location };
}

// Answers all pages; gives them in order.
export async function walk(port, participation) {
  const pages = [];
  for (let page = participation.page; page.startsWith('/vragen/'); ) {
    const { html, next } = await answer(port, participation, page);
    pages.push({ page, html });
    if (pages.length > 200) throw new Error('the form has no end');
    page = next;
  }
  return pages;
}
