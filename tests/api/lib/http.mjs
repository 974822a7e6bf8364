// Requests as they are, not as a browser would make them; and what every answer of the API must be.
import assert from 'node:assert/strict';
import { Agent, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { check } from './schema.mjs';

const agent = new Agent({ keepAlive: false });
let address = 0;

// {status, headers, bytes, text, json}. body: a string or bytes, or an object that is sent as JSON. Each request comes from an address of its
// own (the service trusts this proxy), so that limits do not slow the tests; `from` keeps one.
export function request(service, method, path, { headers = {}, body, from, chunked = false } = {}) {
  address += 1;
  const forwarded = from ?? `10.${(address >> 16) & 255}.${(address >> 8) & 255}.${address & 255}`;
  const isObject = body !== undefined && typeof body === 'object' && !Buffer.isBuffer(body);
  const bytes = body === undefined ? undefined : Buffer.from(isObject ? JSON.stringify(body) : body);
  const all = { 'X-Forwarded-For': forwarded, ...(isObject ? { 'Content-Type': 'application/json' } : {}), ...headers };
  if (bytes && !chunked) {
    all['Content-Length'] = bytes.length;
  }
  return new Promise((done, fail) => {
    const sent = httpRequest({ host: '127.0.0.1', port: service.port, method, path, headers: all, agent }, (reply) => {
      const parts = [];
      reply.on('data', (part) => parts.push(part));
      reply.on('error', fail);
      reply.on('end', () => {
        const got = Buffer.concat(parts);
        const text = got.toString('utf8');
        const isJson = /^application\/(problem\+)?json$/.test(reply.headers['content-type'] ?? '');
        done({ method, path, status: reply.statusCode, headers: reply.headers, bytes: got, text, json: isJson && text ? JSON.parse(text) : undefined });
      });
    });
    sent.on('error', fail);
    sent.setTimeout(120_000, () => sent.destroy(new Error(`no answer: ${method} ${path}`)));
    sent.end(bytes);
  });
}

// These bytes on a connection of their own, and everything that comes back until the other side closes or nothing comes for `wait` ms.
export function raw(service, bytes, wait = 1000) {
  return new Promise((done, fail) => {
    const socket = connect(service.port, '127.0.0.1');
    const parts = [];
    let timer;
    const end = () => {
      clearTimeout(timer);
      socket.destroy();
      done(Buffer.concat(parts).toString('latin1'));
    };
    const rewind = () => {
      clearTimeout(timer);
      timer = setTimeout(end, wait);
    };
    socket.on('connect', () => socket.write(bytes));
    socket.on('data', (part) => {
      parts.push(part);
      rewind();
    });
    socket.on('end', end);
    socket.on('error', (error) => (error.code === 'ECONNRESET' ? end() : fail(error)));
    rewind();
  });
}

// ---- what every answer must be ----

export function checkHeaders(reply) {
  const label = `${reply.method} ${reply.path}: ${reply.status}`;
  const expected = {
    'api-version': '1.0.0',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  };
  for (const [name, value] of Object.entries(expected)) {
    assert.equal(reply.headers[name], value, `${label}: ${name}`);
  }
  assert.ok(reply.headers['cache-control'], `${label}: Cache-Control`);
  assert.equal(reply.headers.server, undefined, `${label}: Server`);
  assert.match(reply.headers['x-request-id'], /^[0-9a-f]{16}$/, label);
}

export function checkProblem(reply, status) {
  const label = `${reply.method} ${reply.path}: ${reply.text.slice(0, 400)}`;
  assert.equal(reply.status, status, label);
  checkHeaders(reply);
  assert.equal(reply.headers['content-type'], 'application/problem+json', label);
  assert.equal(reply.headers['cache-control'], 'no-store', label);
  assert.equal(reply.json.status, status, label);
  assert.doesNotMatch(reply.text, /SQLSTATE|libpq|postgres|\.c:\d/i, label);
  check({ $ref: '#/components/schemas/Probleem' }, reply.json, label);
  return reply.json;
}

// An API of one service: `get`, `post`, ... give replies that were checked against the description.
export function apiOf(service, openapi) {
  const templates = Object.keys(openapi.paths).map((template) => ({
    template,
    pattern: new RegExp(`^/v1${template.replace(/\{[^}]+\}/g, '[^/]+').replace('.', '\\.')}$`),
  }));
  const call = async (method, path, options) => {
    const reply = await request(service, method, `/v1${path}`, options);
    const found = templates.filter(({ pattern }) => pattern.test(`/v1${path}`.split('?')[0]));
    const label = `${method} ${path}: ${reply.status} ${reply.text.slice(0, 400)}`;
    checkHeaders(reply);
    assert.equal(found.length, 1, label);
    const described = openapi.paths[found[0].template][method.toLowerCase()].responses[reply.status];
    assert.ok(described, `not described: ${label}`);
    if (reply.status >= 400) {
      checkProblem(reply, reply.status);
    } else if (described.content) {
      check(described.content['application/json'].schema, reply.json, label);
    } else {
      assert.equal(reply.text, '', label);
    }
    for (const name of Object.keys(described.headers ?? {})) {
      if (openapi.components.headers[name]?.required !== false) assert.ok(reply.headers[name.toLowerCase()], `${label}: ${name}`);
    }
    return reply;
  };
  const withKey = (key, options) => ({ ...options, headers: { Authorization: `Bearer ${key}`, ...options?.headers } });
  const withCode = (code, options) => ({ ...options, headers: { Deelnamecode: code, ...options?.headers } });
  return {
    call,
    get: (path, options) => call('GET', path, options),
    begin: (round, body = {}) => call('POST', `/rondes/${round}/deelnames`, withKey(service.keys.intake, { body })),
    send: (round, code, body, options) => call('POST', `/rondes/${round}/inzendingen`, withKey(service.keys.intake, withCode(code, { body, ...options }))),
    readOwn: (round, code) => call('GET', `/rondes/${round}/inzending`, withCode(code)),
    correct: (round, code, body, options) => call('PUT', `/rondes/${round}/inzending`, withCode(code, { body, ...options })),
    withdraw: (round, code) => call('DELETE', `/rondes/${round}/inzending`, withCode(code)),
    table: (round, query, key = service.keys.analyst) => call('GET', `/rondes/${round}/tabel?${new URLSearchParams(query)}`, withKey(key)),
  };
}

// {pointer: code} of a problem's errors.
export const faultsOf = (problem) => Object.fromEntries(problem.errors.map((error) => [error.pointer ?? error.parameter, error.code]));
