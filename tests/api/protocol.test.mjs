// What a linter cannot see: every address of the description against the running service.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { apiOf, checkHeaders, checkProblem, faultsOf, raw, request } from './lib/http.mjs';
import { PROGRAM, openapi, startService } from './lib/service.mjs';

const ROUND = 'ronde-1';
const FILLED = { '{ronde}': ROUND, '{consultatie}': 'biotechnologie-2026' };
const addresses = Object.entries(openapi.paths).map(([template, operations]) => ({
  path: `/v1${template.replace(/\{[^}]+\}/g, (name) => FILLED[name])}`,
  methods: Object.keys(operations).map((method) => method.toUpperCase()),
  operations,
}));
const QUERY = { haalTabelOp: '?variabele=houding-algemeen' };
let service;
let api;

before(async () => {
  service = await startService({ rounds: { [ROUND]: {} } });
  api = apiOf(service, openapi);
});
after(() => service?.stop());

const withRights = (options = {}) => ({ ...options, headers: { Authorization: `Bearer ${service.keys.every}`, Deelnamecode: '0000-0000-0000-0000', ...options.headers } });

test('the type of a problem leads to a page that explains it', async () => {
  const refused = await api.get('/rondes?onzin=1');
  const type = new URL(refused.json.type);
  assert.ok(refused.json.type.startsWith(`${service.url}/problemen/`));
  for (const [language, words] of [['nl', 'Onbekende parameters worden geweigerd'], ['en', 'Unknown parameters are refused']]) {
    const page = await request(service, 'GET', type.pathname, { headers: { 'Accept-Language': language } });
    assert.equal(page.status, 200);
    assert.match(page.headers['content-type'], /^text\/html/);
    assert.ok(page.text.includes(words), page.text);
  }
  const all = await request(service, 'GET', '/problemen');
  assert.ok(all.text.includes(type.pathname));
  assert.equal((await request(service, 'GET', '/problemen/onzin')).status, 404);
});

test('every type of a problem has its page in both languages', async () => {
  const page = (path, language) => request(service, 'GET', path, { headers: { 'Accept-Language': language } });
  const heading = ({ text }) => text.match(/<h1[^>]*>([^<]+)</)?.[1];
  const paths = [...(await page('/problemen', 'nl')).text.matchAll(/href="(\/problemen\/[a-z-]+)"/g)].map(([, path]) => path);
  assert.ok(paths.length > 20, `${paths.length} types`);
  for (const path of paths) {
    const dutch = await page(path, 'nl');
    const english = await page(path, 'en');
    assert.deepEqual([dutch.status, english.status], [200, 200], path);
    assert.match(dutch.text, /<html lang="nl"/, path);
    assert.match(english.text, /<html lang="en"/, path);
    assert.ok(heading(english) && heading(english) !== heading(dutch), `${path}: "${heading(english)}" in both`);
  }
});

describe('the description', () => {
  test('is open to every website, may be cached, and is what the source says', async () => {
    const reply = await api.get('/openapi.json', { headers: { Origin: 'https://elders.voorbeeld.nl' } });
    assert.equal(reply.status, 200);
    assert.equal(reply.headers['access-control-allow-origin'], '*');
    assert.equal(reply.headers['cache-control'], 'public, max-age=3600');
    assert.deepEqual(reply.json.paths, openapi.paths);
    assert.equal(reply.json.info.contact.email, 'hulp@voorbeeld.nl');
    assert.equal(reply.json.info.version, '1.0.0');
    const again = await api.get('/openapi.json', { headers: { 'If-None-Match': reply.headers.etag } });
    assert.equal(again.status, 304);
    assert.equal(again.text, '');
    assert.equal(again.headers['access-control-allow-origin'], '*');
    assert.equal((await api.get('/openapi.json', { headers: { 'If-None-Match': '"anders"' } })).status, 200);
  });

  test('is reached from the root, and so is everything public', async () => {
    const root = (await api.get('/')).json;
    for (const { href } of Object.values(root._links)) {
      assert.ok(href.startsWith(service.url), href);
      const reply = await request(service, 'GET', href.slice(service.url.length));
      assert.equal(reply.status, 200, href);
    }
  });

  test('fits the public answers', async () => {
    const consultations = (await api.get('/consultaties')).json.consultaties;
    assert.deepEqual(consultations.map(({ code }) => code), ['biotechnologie-2026']);
    const rounds = (await api.get('/consultaties/biotechnologie-2026')).json.rondes;
    assert.deepEqual((await api.get('/rondes')).json.rondes, rounds);
    assert.deepEqual((await api.get(`/rondes/${ROUND}`)).json, rounds[0]);
    assert.equal(rounds[0].status, 'open');
    const codebook = (await api.get(`/rondes/${ROUND}/variabelen`)).json.variabelen;
    const known = new Set(codebook.map(({ code }) => code));
    assert.equal(known.size, codebook.length);
    const { blokken } = (await api.get(`/rondes/${ROUND}/vragenlijst`)).json;
    const named = blokken.flatMap(({ paginas }) => paginas.flatMap(({ onderdelen }) => onderdelen.flatMap((part) => part.variabelen ?? [])));
    assert.deepEqual(named.filter((code) => !known.has(code)), []);
  });
});

describe('every address', () => {
  test('with a slash behind it is 404, and no redirect', async () => {
    for (const { path } of addresses) {
      if (path === '/v1/') {
        checkProblem(await request(service, 'GET', '/v1'), 404);
        continue;
      }
      const reply = await request(service, 'GET', `${path}/`, withRights());
      checkProblem(reply, 404);
      assert.equal(reply.headers.location, undefined);
    }
  });

  test('refuses other methods with 405 and says which it knows', async () => {
    for (const { path, methods } of addresses) {
      const allow = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS'].filter((method) => method === 'OPTIONS' || methods.includes(method === 'HEAD' ? 'GET' : method)).join(', ');
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND'].filter((name) => !methods.includes(name))) {
        const reply = await request(service, method, path, withRights());
        checkProblem(reply, 405);
        assert.equal(reply.headers.allow, allow, `${method} ${path}`);
      }
      const options = await request(service, 'OPTIONS', path);
      assert.equal(options.status, 204);
      assert.equal(options.headers.allow, allow);
      checkHeaders(options);
    }
  });

  test('answers HEAD as GET, without a body', async () => {
    for (const { path, methods, operations } of addresses.filter(({ methods }) => methods.includes('GET'))) {
      const target = path + (QUERY[operations.get.operationId] ?? '');
      const get = await request(service, 'GET', target, withRights());
      const head = await request(service, 'HEAD', target, withRights());
      assert.equal(head.status, get.status, path);
      assert.equal(head.text, '');
      assert.equal(head.headers['content-type'], get.headers['content-type']);
      assert.equal(head.headers['content-length'], get.headers['content-length']);
      checkHeaders(head);
      assert.ok(methods.length > 0);
    }
  });

  test('gives 406 for a form it does not have', async () => {
    for (const { path, methods } of addresses) {
      for (const method of methods) {
        const headers = { Accept: 'image/png, audio/ogg;q=0.9' };
        checkProblem(await request(service, method, path, withRights({ headers })), 406);
      }
    }
    const any = await request(service, 'GET', '/v1/rondes', { headers: { Accept: 'application/*;q=0.1' } });
    assert.equal(any.status, 200);
    assert.equal(any.headers['content-type'], 'application/json');
  });

  test('gives 400 for parameters that it does not know, or that stand twice', async () => {
    for (const { path, methods } of addresses.filter(({ methods }) => methods.includes('GET'))) {
      const problem = checkProblem(await request(service, 'GET', `${path}?sleutel=x&a%5B%5D=1&a%5B%5D=2`, withRights()), 400);
      assert.ok(problem.errors.length >= 3, path);
      assert.deepEqual(faultsOf(problem).sleutel, 'onbekend');
      assert.ok(methods.length > 0);
    }
    const all = await request(service, 'GET', '/v1/consultaties/biotechnologie-2026/tabellen?variabele=foo&groepeerOp=bar&gewogen=ja&gewogen=nee&x=1&weergave=mooi', withRights());
    assert.deepEqual(faultsOf(checkProblem(all, 400)), { gewogen: 'onbekend', x: 'onbekend', weergave: 'onbekend', variabele: 'onbekend', groepeerOp: 'onbekend' });
    assert.match(all.json.type, /problemen\/parameters$/);
    assert.deepEqual(all.json.errors.map(({ parameter, code }) => `${parameter} ${code}`).slice(0, 2), ['gewogen dubbel', 'x onbekend']);
    const other = await request(service, 'GET', '/v1/consultaties/biotechnologie-2026/tabellen?ronde=foo&variabele=bar&gewogen=ja', withRights());
    assert.deepEqual(faultsOf(checkProblem(other, 400)), { ronde: 'onbekend', gewogen: 'onbekend' }, 'what stands in a codebook is not known without a round');
    assert.match(other.json.type, /problemen\/ongeldige-invoer$/);
    const paged = await request(service, 'GET', '/v1/signalen?stand=foo&paginaGrootte=0&cursor=x&y=2', withRights());
    assert.deepEqual(faultsOf(checkProblem(paged, 400)), { y: 'onbekend', stand: 'keuze', paginaGrootte: 'bereik', cursor: 'onbekend' });
    const twice = await request(service, 'GET', `/v1/rondes/${ROUND}/tabel?variabele=gender&variabele=gender`, withRights());
    assert.deepEqual(faultsOf(checkProblem(twice, 400)), { variabele: 'dubbel' });
  });

  test('that is right and has nothing yet says so, by a name of its own', async () => {
    for (const [path, type] of [
      [`/v1/rondes/${ROUND}/passages`, 'niet-gecodeerd'],
      [`/v1/rondes/${ROUND}/coderingen`, 'niet-gecodeerd'],
      [`/v1/rondes/${ROUND}/overeenstemming`, 'niet-gecodeerd'],
      ['/v1/waardenkaart', 'geen-waardenkaart'],
      [`/v1/waardenkaart/citaten?ronde=${ROUND}`, 'geen-waardenkaart'],
    ]) {
      assert.equal(checkProblem(await request(service, 'GET', path, withRights()), 404).type, `${service.url}/problemen/${type}`, path);
    }
    assert.match(checkProblem(await request(service, 'GET', '/v1/rondes/foo/passages', withRights()), 404).type, /geen-adres$/);
  });

  test('that takes `ronde` refuses one that there is not as it does any parameter', async () => {
    for (const what of ['tabellen', 'gewichten', 'codeboek', 'tabellenboek', 'exporten', 'gesprekken']) {
      const reply = await request(service, 'GET', `/v1/consultaties/biotechnologie-2026/${what}?ronde=foo`, withRights());
      assert.equal(faultsOf(checkProblem(reply, 400)).ronde, 'onbekend', what);
    }
    checkProblem(await request(service, 'GET', '/v1/consultaties/foo/codeboek?ronde=foo', withRights()), 404);
    const none = await request(service, 'GET', '/v1/consultaties/biotechnologie-2026/exporten?k=1', withRights());
    assert.deepEqual(faultsOf(checkProblem(none, 400)), { ronde: 'verplicht', k: 'bereik' });
  });

  test('that takes a body takes JSON alone (415), and not too much of it (413)', async () => {
    const key = { Authorization: `Bearer ${service.keys.intake}`, Deelnamecode: '0000-0000-0000-0000' };
    for (const { path, operations } of addresses) {
      for (const method of ['post', 'put'].filter((name) => operations[name]?.requestBody.content['application/json'])) {
        const send = (options) => request(service, method.toUpperCase(), path, { ...options, headers: { ...key, ...options.headers } });
        for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/json; charset=iso-8859-1', 'application/jsonx']) {
          checkProblem(await send({ body: '{}', headers: { 'Content-Type': type } }), 415);
        }
        checkProblem(await send({ body: '{}' }), 415);
        checkProblem(await send({ body: '{}', headers: { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' } }), 415);
        const big = { body: ' '.repeat(64 * 1024 + 1), headers: { 'Content-Type': 'application/json' } };
        checkProblem(await send(big), 413);
        checkProblem(await send({ ...big, chunked: true }), 413);
      }
    }
    checkProblem(await request(service, 'GET', '/v1/rondes', { body: '{}', headers: { 'Content-Type': 'application/json' } }), 413);
  });

  test('is refused when it is escaped to look like another', async () => {
    for (const path of ['/v1%2Frondes', '/v1/rondes%00', `/v1/rondes/${ROUND}%2Fvragenlijst`, '/v1/rondes/%ff', '/v1/rondes/%zz']) {
      checkProblem(await request(service, 'GET', path), 400);
    }
    for (const path of ['/v1/onbekend', '/v1/rondes/onbekend', '/v1/rondes/..', '/v1/consultaties/x', `/v1/rondes/${ROUND}/x`, "/v1/rondes/'%20OR%201=1--"]) {
      checkProblem(await request(service, 'GET', path), 404);
    }
  });
});

describe('keys', () => {
  test('are asked for where the description says so', async () => {
    for (const { path, operations } of addresses) {
      for (const [method, operation] of Object.entries(operations).filter(([, { security }]) => security.length > 0)) {
        // An empty way in beside the key: who shows none gets the public's answer.
        const optional = operation.security.some((way) => Object.keys(way).length === 0);
        for (const authorization of [...(optional ? [] : [undefined]), 'Bearer', 'Bearer zs_onzin', `Basic ${service.keys.intake}`, `Bearer ${service.keys.intake}x`]) {
          const reply = await request(service, method, path, authorization ? { headers: { Authorization: authorization } } : {});
          checkProblem(reply, 401);
          assert.match(reply.headers['www-authenticate'], /^Bearer /);
        }
        const forAnalysts = operation.tags.some((tag) => ['Uitkomsten', 'Waardenkaart'].includes(tag));
        const other = forAnalysts ? service.keys.intake : service.keys.analyst;
        checkProblem(await request(service, method, path, { headers: { Authorization: `Bearer ${other}` } }), 403);
      }
    }
  });

  test('of analysts and for microdata say what for, and the list shows it', () => {
    for (const scope of ['analist', 'microdata', 'inname,microdata']) {
      const refused = service.run(['key', 'issue', '--scopes', scope, '--label', 'doelloos']);
      assert.equal(refused.status, 2);
      assert.match(refused.err, /--purpose/);
      assert.equal(refused.out, '');
    }
    for (const purpose of ['', 'een\nregel', 'a'.repeat(501)]) {
      assert.equal(service.run(['key', 'issue', '--scopes', 'analist', '--label', 'doelloos', '--purpose', purpose]).status, 2, purpose);
    }
    service.must('key', 'issue', '--scopes', 'analist', '--label', 'met-doel', '--purpose', 'één "vraag"');
    service.must('key', 'issue', '--scopes', 'inname', '--label', 'zonder-doel');
    const lines = service.must('key', 'list').split('\n');
    assert.match(lines.find((line) => line.includes('met-doel')), /één "vraag"/);
    assert.match(lines.find((line) => line.includes('zonder-doel')), /\(no purpose\)/);
    assert.ok(!lines.some((line) => line.includes('doelloos')));
    assert.equal(service.sql("SELECT details->>'doel' FROM zs.audit_event WHERE action = 'key.issue' AND object LIKE '%:met-doel'"), 'één "vraag"');
  });

  test('that are revoked stop within seconds', async () => {
    const key = service.must('key', 'issue', '--scopes', 'analist', '--label', 'kort', '--purpose', 'kort kijken');
    const { json, status } = await retryUntil(() => api.table(ROUND, { variabele: 'gender' }, key), 200);
    assert.equal(status, 200, JSON.stringify(json));
    const id = service.must('key', 'list').split('\n').find((line) => line.includes('kort')).trim().split(/\s+/)[0];
    service.must('key', 'revoke', id);
    assert.equal((await retryUntil(() => api.table(ROUND, { variabele: 'gender' }, key), 401)).status, 401);
  });
});

test('serves on a socket file, and doctor says what goes with it', async () => {
  const socketPath = join(service.folder, 'http.sock');
  const config = join(service.folder, 'op-een-bestand.conf');
  const own = readFileSync(join(service.folder, 'zevenstem.conf'), 'utf8').replace('[server]', `[server]\nlisten_address = unix:${socketPath}`);
  writeFileSync(config, own);
  assert.match(service.run(['doctor', '--config', config]).out, /^warn +proxies +trusted_proxies lacks unix: though the proxy comes by a socket file/m);
  writeFileSync(config, own.replace('trusted_proxies = 127.0.0.1', 'trusted_proxies = unix:'));
  assert.doesNotMatch(service.run(['doctor', '--config', config]).out, /trusted_proxies/);
  const child = spawn(PROGRAM, ['serve', '--config', config], { stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { out: '', err: '' };
  child.stdout.on('data', (piece) => (said.out += piece));
  child.stderr.on('data', (piece) => (said.err += piece));
  const ended = once(child, 'exit');
  const ask = (path, headers = {}) =>
    new Promise((done) => {
      const asked = http.request({ socketPath, path, headers, agent: false }, (reply) => reply.resume().on('end', () => done(reply)));
      asked.on('error', () => done({})).end();
    });
  for (let tries = 0; (await ask('/gereed')).statusCode !== 200; tries++) {
    assert.ok(tries < 300 && child.exitCode === null, said.err.slice(-2000));
    await sleep(100);
  }
  assert.match(said.out, new RegExp(`^Zevenstem \\S+ listens on unix:${socketPath}$`, 'm'));
  const reply = await ask('/v1/consultaties', { 'X-Forwarded-For': '198.51.100.7' });
  assert.equal(reply.statusCode, 200);
  assert.ok(reply.headers['api-version']);
  child.kill('SIGTERM');
  assert.deepEqual(await ended, [0, null], said.err.slice(-2000));
  assert.ok(!existsSync(socketPath));
  assert.doesNotMatch(said.err, /Sanitizer|runtime error|198\.51\.100\.7/);
});

test('takes the socket that systemd hands over, for this process alone', async () => {
  const path = join(service.folder, 'systemd.sock');
  const holder = net.createServer().listen(path);
  await once(holder, 'listening');
  const start = (pid, count) => {
    const child = spawn('sh', ['-c', `export LISTEN_PID=${pid} LISTEN_FDS=${count}; exec "$0" serve --config "$1"`, PROGRAM, config], { stdio: ['ignore', 'pipe', 'pipe', holder._handle.fd] });
    const first = new Promise((done) => child.stdout.once('data', done));
    let errors = '';
    child.stderr.on('data', (piece) => (errors += piece));
    const closed = once(child, 'close');
    return { child, closed, said: Promise.race([first, closed.then(() => errors)]) };
  };
  const config = join(service.folder, 'van-systemd.conf');
  writeFileSync(config, readFileSync(join(service.folder, 'zevenstem.conf'), 'utf8').replace(/^port = .*$/m, 'port = 0'));
  for (const [pid, count, says, status] of [['$$', 1, `unix:${path}\n`, 0], ['1', 1, 'http://127.0.0.1:', 0], ['$$', 2, 'LISTEN_FDS is 2', 2]]) {
    const { child, closed, said } = start(pid, count);
    const first = String(await said);
    assert.ok(first.includes(says), `${first} instead of ${says}`);
    child.kill('SIGTERM');
    assert.equal((await closed)[0], status, says);
  }
  assert.ok(existsSync(path));
  holder.close();
});

test('doctor names the rounds that were released with other protection', () => {
  assert.match(service.must('doctor'), /^ok +protection /m);
  service.sql(`INSERT INTO zs.release (round_id, number, log_pos, questionnaire_version, threshold, noise_reach, noise_variance, program, dimensions, sha256)
    SELECT id, 1, 0, questionnaire_version, 10, 6, 3, 'test', '{leeftijd,gender,postcode,opleiding}', sha256('') FROM zs.round WHERE code = '${ROUND}'`);
  assert.match(service.must('doctor'), new RegExp(`^warn +protection +round ${ROUND} was first released with k = 10, D = 6, V = 3:`, 'm'));
});

async function retryUntil(ask, status) {
  const until = Date.now() + 5000;
  for (;;) {
    const reply = await ask();
    if (reply.status === status || Date.now() > until) {
      return reply;
    }
    await new Promise((done) => setTimeout(done, 100));
  }
}

describe('bad senders', () => {
  const head = (length, extra = '') =>
    `POST /v1/rondes/${ROUND}/inzendingen HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${service.keys.intake}\r\nDeelnamecode: 0000-0000-0000-0000\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n${extra}\r\n`;

  test('a body that stops halfway stores nothing and hurts nobody', async () => {
    const before = service.sql('SELECT count(*) FROM zs.response');
    assert.equal(await raw(service, `${head(100)}{"houding-algemeen":`, 500), '');
    assert.equal(service.sql('SELECT count(*) FROM zs.response'), before);
    assert.equal((await api.get('/rondes')).status, 200);
  });

  test('a body of 10 MB is refused before it is read', async () => {
    assert.match(await raw(service, `${head(10 * 1024 * 1024)}{`, 500), /^HTTP\/1.1 413 /);
  });

  test('headers that stand twice, or disagree, are refused', async () => {
    for (const extra of ['Content-Length: 3\r\n', 'Transfer-Encoding: chunked\r\n', 'Authorization: Bearer x\r\n', 'Content-Type: text/plain\r\n']) {
      assert.match(await raw(service, `${head(2, extra)}{}`, 500), /^HTTP\/1.1 400 /, extra);
    }
  });
});
