// Back to citizens: what was heard and what was done with it, as page, as JSON and as a feed that is valid by RFC 4287.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { apiOf, checkProblem, faultsOf, request } from './lib/http.mjs';
import { openapi, startService } from './lib/service.mjs';

const PAGE = '/consultaties/biotechnologie-2026/wat-er-mee-gebeurt';
const ATOM = 'http://www.w3.org/2005/Atom';

// Signals 1 (passed on, one of two answered), 2 (not passed on), 3 (done; another application), 4 (not public), 5 (of no consultation).
const SIGNALS = `
INSERT INTO zs.signal (source, title, body, consultation, value_codes, applications, state, is_public, created_at, created_by, changed_by)
  SELECT 'open-dag', 'Signaal ' || n || ' & <meer>', 'Tekst ' || n, CASE WHEN n < 5 THEN 'biotechnologie-2026' END, ARRAY['veiligheid'] || CASE WHEN n = 3 THEN ARRAY['keuzevrijheid'] ELSE '{}' END,
    ARRAY[CASE WHEN n = 3 THEN 'gentherapie' ELSE 'kweekvlees' END], (ARRAY['doorgeleid', 'niet-doorgeleid', 'teruggekoppeld', 'gewogen', 'gewogen'])[n], n <> 4,
    '2020-01-01T10:00:00Z'::timestamptz + n * interval '1 day', 'a', 'a' FROM generate_series(1, 5) AS n;
INSERT INTO zs.signal_step (signal_id, from_state, to_state, told, ground, reference, created_at, created_by) VALUES
  (1, 'opgevangen', 'gewogen', 'Omdat het telt.', 'mandaat', 'Mandaat 1', '2020-02-01T10:00:00Z', 'a'),
  (1, 'gewogen', 'doorgeleid', NULL, NULL, NULL, '2020-02-02T10:00:00Z', 'a'),
  (2, 'opgevangen', 'niet-doorgeleid', 'Dit gebeurt al.', 'mandaat', 'Mandaat 2', '2020-02-03T10:00:00Z', 'a'),
  (3, 'beantwoord', 'teruggekoppeld', 'Het kan' || chr(1) || 'nu.', NULL, NULL, '2020-02-04T10:00:00Z', 'a');
INSERT INTO zs.signal_forward (signal_id, kind, item, addressee, question, role, due_day, state, created_at, created_by) VALUES
  (1, 'departement', NULL, 'Ministerie van LVVN', 'Kan dit?', 'faciliteren', '2030-03-01', 'geantwoord', '2020-02-02T10:00:00Z', 'a'),
  (1, 'departement', NULL, 'Ministerie van VWS', 'En dit?', 'faciliteren', '2030-04-01', 'gevraagd', '2020-02-02T11:00:00Z', 'a');
INSERT INTO zs.signal_link (forward_id, token_hash, expires_at, created_by) VALUES (1, sha256('1'), now(), 'a'), (1, sha256('2'), now(), 'a');
INSERT INTO zs.signal_answer (forward_id, link_id, outcome, reason, answered_by, answered_at, returned_at, returned_by, returned_why) VALUES
  (1, 1, 'niet', 'Dit zegt niets.', 'Jan', '2020-03-01T10:00:00Z', '2020-03-02T10:00:00Z', 'a', 'Leeg'),
  (1, 2, 'deels', 'Het mag van Europa.', 'Directie Dieren', '2020-03-05T10:00:00Z', NULL, NULL, NULL)`;

// What an XPath finds in the feed, `a:` being the namespace of Atom: text as xmllint prints it.
const xpath = (xml, query) =>
  execFileSync('xmllint', ['--nonet', '--xpath', query.replaceAll(/\ba:([a-z]+)/g, `*[namespace-uri()='${ATOM}' and local-name()='$1']`), '-'], { input: xml, encoding: 'utf8' }).trim();

describe('back to citizens', () => {
  let service;
  let api;
  let untold; // the feed while there is nothing to tell
  before(async () => {
    service = await startService({ rounds: { 'biotechnologie-2026-1': {}, 'biotechnologie-2026-2': { opens: 60, draft: true }, proef: { pilot: true, opens: -10 } } });
    api = apiOf(service, openapi);
    untold = (await request(service, 'GET', `${PAGE}/feed/nl`)).text;
    service.sql(SIGNALS);
    service.sql(`UPDATE zs.signal SET published_at = '2020-01-20T10:00:00Z' WHERE is_public`);
  });
  after(() => service.stop());

  const html = async (path) => (await request(service, 'GET', path)).text;

  test('the API tells rounds and signals with all that happened, and whose turn it is', async () => {
    const { json } = await api.get('/consultaties/biotechnologie-2026/terugkoppeling');
    assert.deepEqual(json.rondes.map(({ code, stand }) => [code, stand]), [['biotechnologie-2026-1', 'nu'], ['biotechnologie-2026-2', 'straks']]);
    assert.ok(json.rondes.every((round) => !('gehoord' in round)), 'nothing is told under embargo');
    assert.deepEqual(json.signalen.map(({ nummer, aanZet }) => [nummer, aanZet]), [[3, 'niemand'], [2, 'niemand'], [1, 'gevraagden']]);
    const one = json.signalen[2];
    assert.deepEqual(one.wachtOp, [{ geadresseerde: 'Ministerie van VWS', uiterlijk: '2030-04-01' }]);
    assert.deepEqual(one.gebeurtenissen.map(({ sleutel, wat, op }) => [sleutel, wat, op]), [
      ['begin/1', 'gehoord', '2020-01-20T10:00:00Z'], // it was caught before it became public
      ['stap/1', 'besproken', '2020-02-01T10:00:00Z'],
      ['doorgeleiding/1', 'doorgegeven', '2020-02-02T10:00:00Z'],
      ['doorgeleiding/2', 'doorgegeven', '2020-02-02T11:00:00Z'],
      ['antwoord/2', 'antwoord', '2020-03-05T10:00:00Z'],
    ]);
    assert.equal(one.gebeurtenissen[4].toelichting, 'Het mag van Europa.');
    assert.doesNotMatch(JSON.stringify(json), /Directie Dieren|Dit zegt niets|Signaal 4|Signaal 5/);
  });

  test('by value, by application, and page by page', async () => {
    const numbers = async (query) => (await api.get(`/consultaties/biotechnologie-2026/terugkoppeling?${query}`)).json.signalen.map(({ nummer }) => nummer);
    assert.deepEqual(await numbers('waarde=keuzevrijheid'), [3]);
    assert.deepEqual(await numbers('toepassing=kweekvlees'), [2, 1]);
    assert.deepEqual(await numbers('toepassing=kweekvlees&waarde=keuzevrijheid'), []);
    assert.deepEqual(await numbers('paginaGrootte=2'), [3, 2]);
    assert.deepEqual(await numbers('paginaGrootte=2&cursor=1'), [1]);
    const wrong = await request(service, 'GET', '/v1/consultaties/biotechnologie-2026/terugkoppeling?waarde=geld&toepassing=');
    assert.deepEqual(faultsOf(checkProblem(wrong, 400)), { waarde: 'keuze', toepassing: 'bereik' });
    checkProblem(await request(service, 'GET', '/v1/consultaties/onbekend/terugkoppeling'), 404);
  });

  test('the page says the same in plain states, and links by value and application', async () => {
    const page = await html(PAGE);
    for (const words of ['Deze ronde loopt nu', 'Deze ronde komt nog', 'doorgegeven aan</strong> <span lang="nl">Ministerie van VWS', 'antwoord gekregen van', 'niet doorgegeven. De reden:', 'Dit gebeurt al.',
      'De tafel wacht op antwoord van:', 'De tafel geeft door, het kabinet besluit.', `href="${PAGE}?waarde=keuzevrijheid"`, `rel="alternate" type="application/atom+xml"`]) {
      assert.ok(page.includes(words), words);
    }
    assert.doesNotMatch(page, /Directie Dieren|Dit zegt niets|Signaal 4|Signaal 5/);
    const some = await html(`${PAGE}?waarde=keuzevrijheid&toepassing=gentherapie`);
    assert.match(some, /Signaal 3/);
    assert.doesNotMatch(some, /Signaal [12]/);
    assert.ok(some.includes(`href="${PAGE}?waarde=keuzevrijheid&amp;toepassing=gentherapie&amp;taal=en"`), 'what was chosen outlives the language');
    assert.match(await html(`${PAGE}?waarde=%3Cscript%3E`), /Signaal 1/);
    assert.match(await html(`${PAGE}?taal=en`), /passed on to/);
    assert.equal((await request(service, 'GET', '/consultaties/onbekend/wat-er-mee-gebeurt')).status, 404);
    for (const path of ['/', '/signalen', '/signalen/1', '/uitkomsten/biotechnologie-2026']) {
      assert.ok((await html(path)).includes(`href="${PAGE}"`), path);
    }
  });

  test('the feed has all that RFC 4287 demands', async () => {
    for (const language of ['nl', 'en']) {
      const { status, headers, text: xml } = await request(service, 'GET', `${PAGE}/feed/${language}`);
      assert.equal(status, 200);
      assert.equal(headers['content-type'], 'application/atom+xml; charset=utf-8');
      const count = (query) => Number(xpath(xml, `count(${query})`));
      // 4.1.1: exactly one id, title and updated, an author, at most one alternate of a type and language, a link to itself.
      assert.equal(count('/a:feed'), 1);
      for (const one of ['id', 'title', 'updated', 'author', 'subtitle']) assert.equal(count(`/a:feed/a:${one}`), 1, one);
      assert.equal(count('/a:feed/a:author/a:name'), 1);
      assert.equal(xpath(xml, 'string(/a:feed/a:link[@rel="self"]/@href)'), `${service.url}${PAGE}/feed/${language}`);
      // 4.1.2: the same of each entry; without content it has an alternate.
      const entries = count('/a:feed/a:entry');
      assert.equal(entries, 9);
      for (const one of ['id', 'title', 'updated', 'summary', 'link[@rel="alternate"]']) assert.equal(count(`/a:feed/a:entry[count(a:${one}) = 1]`), entries, one);
      assert.equal(count('//*[namespace-uri() != "' + ATOM + '"]'), 0);
      // 4.2.6: ids are IRIs, and none is another's. RFC 4151: a name, a date, and what is named.
      const ids = xpath(xml, '//a:id/text()').split(/\s+/);
      assert.equal(new Set(ids).size, entries + 1);
      for (const id of ids) assert.match(id, /^tag:[a-z0-9.-]+,2026:biotechnologie-2026\/(nl|en)(\/signaal\/\d+\/[a-z]+\/\d+)?$/);
      // 3.3: times as RFC 3339 writes them, the newest first, and the feed is as new as its newest.
      const times = xpath(xml, '//a:entry/a:updated/text()').split(/\s+/);
      for (const time of times) assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      assert.deepEqual(times, [...times].sort().reverse());
      assert.equal(xpath(xml, 'string(/a:feed/a:updated)'), times[0]);
      assert.ok(xml.includes('Het kan nu.'), 'what XML cannot hold is a blank');
      assert.ok(xml.includes('Signaal 1 &amp; &lt;meer&gt;'));
    }
    assert.equal((await request(service, 'GET', `${PAGE}/feed/fr`)).status, 404);
  });

  test('a feed that tells nothing yet is as old as the first round that anybody knows of', async () => {
    const { json } = await api.get('/consultaties/biotechnologie-2026/terugkoppeling');
    assert.equal(xpath(untold, 'string(/a:feed/a:updated)'), json.rondes[0].opentOp, 'and not as old as a pilot');
  });

  test('the feed changes when a step becomes public, and keeps its ids', async () => {
    const first = await request(service, 'GET', `${PAGE}/feed/nl`);
    assert.match(first.headers.etag, /^"[0-9a-f]{32}"$/);
    const again = await request(service, 'GET', `${PAGE}/feed/nl`, { headers: { 'If-None-Match': first.headers.etag } });
    assert.equal(again.status, 304);
    service.sql('UPDATE zs.signal SET is_public = true WHERE id = 4');
    const later = await request(service, 'GET', `${PAGE}/feed/nl`, { headers: { 'If-None-Match': first.headers.etag } });
    assert.equal(later.status, 200);
    const ids = (reply) => [...reply.text.matchAll(/<id>([^<]+)/g)].map(([, id]) => id);
    assert.deepEqual(ids(later).filter((id) => !ids(first).includes(id)).length, 1);
    assert.ok(ids(first).every((id) => ids(later).includes(id)));
    // It was caught years ago, and is told of from now on.
    const updated = /<updated>([^<]+)/.exec(later.text)[1];
    assert.ok(Date.now() - Date.parse(updated) < 600_000, updated);
    service.sql('UPDATE zs.signal SET is_public = false WHERE id = 4');
    assert.deepEqual(ids(await request(service, 'GET', `${PAGE}/feed/nl`)), ids(first));
  });

  describe('a vote on an answer', () => {
    const PATH = '/signalen/1/antwoorden/2/oordeel';
    const tokenOf = async (path = PATH) => new RegExp(`action="${path}"[^]*?name="token" value="([^"]+)"`).exec(await html('/signalen/1'))?.[1];
    const vote = (fields, { path = PATH, headers = { 'Sec-Fetch-Site': 'same-origin' }, ...more } = {}) =>
      request(service, 'POST', path, { body: new URLSearchParams(fields).toString(), headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers }, ...more });
    const counted = () => service.sql('SELECT answer_id, clear_count, unclear_count FROM zs.signal_answer_vote');

    test('is taken without a cookie, and told from enough of them on', async () => {
      const token = await tokenOf();
      for (let i = 0; i < 9; i++) {
        const { status, headers } = await vote({ token, duidelijk: i % 3 ? 'ja' : 'nee' });
        assert.equal(status, 303);
        assert.equal(headers.location, '/signalen/1?oordeel=dank');
        assert.equal(headers['set-cookie'], undefined);
      }
      assert.match(await html('/signalen/1?oordeel=dank'), /Uw stem telt mee/);
      assert.match(await html('/signalen/1'), /nog te weinig stemmen/);
      assert.equal((await api.get('/signalen/1')).json.doorgeleidingen[0].antwoord.oordelen, undefined);
      assert.equal((await vote({ token, duidelijk: 'ja' })).status, 303);
      const page = await html('/signalen/1');
      assert.match(page, /Aantal keer ja: 7\. Aantal keer nee: 3\./);
      assert.match(page, /geen onderzoek/);
      const wanted = { duidelijk: 7, onduidelijk: 3 };
      assert.deepEqual((await api.get('/signalen/1')).json.doorgeleidingen[0].antwoord.oordelen, wanted);
      const told = (await api.get('/consultaties/biotechnologie-2026/terugkoppeling')).json.signalen.find(({ nummer }) => nummer === 1);
      assert.deepEqual(told.gebeurtenissen.at(-1).oordelen, wanted);
      assert.match(await html(PAGE), /Aantal keer ja: 7\./);
    });

    test('is refused without our form, without a choice, and on what nobody can read', async () => {
      const token = await tokenOf();
      assert.equal((await vote({ duidelijk: 'ja' })).status, 400);
      assert.equal((await vote({ token })).status, 400);
      assert.equal((await vote({ token, duidelijk: 'misschien' })).status, 400);
      assert.equal((await vote({ token: `${token.slice(0, -2)}AA`, duidelijk: 'ja' })).status, 400);
      assert.equal((await vote({ token, duidelijk: 'ja' }, { headers: { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://elders.voorbeeld' } })).status, 403);
      assert.equal((await vote({ token, duidelijk: 'ja' }, { path: '/signalen/2/antwoorden/2/oordeel' })).status, 400, 'a token is for one answer');
      assert.ok(!(await html('/signalen/1')).includes('/antwoorden/1/oordeel'), 'what was sent back is not voted on');
      service.sql('UPDATE zs.signal SET is_public = false WHERE id = 1');
      assert.equal((await vote({ token, duidelijk: 'ja' })).status, 404);
      service.sql(`UPDATE zs.signal SET is_public = true WHERE id = 1`);
      assert.equal(counted(), '2|7|3');
    });

    test('comes from one address a class at a time, and no more', async () => {
      const token = await tokenOf();
      const replies = await Promise.all(Array.from({ length: 60 }, () => vote({ token, duidelijk: 'ja' }, { from: '10.99.0.1' })));
      const taken = replies.filter(({ status }) => status === 303).length;
      assert.ok(taken >= 30 && taken < 40, `${taken} taken`);
      assert.ok(replies.every(({ status }) => status === 303 || status === 429));
      assert.equal(counted(), `2|${7 + taken}|3`);
    });
  });
});
