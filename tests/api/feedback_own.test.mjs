// What became of one's own answers: what a code shows on the receipt page, before and after there are figures and signals.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { apiOf, request } from './lib/http.mjs';
import { openapi, startService } from './lib/service.mjs';

const PAGE = '/consultaties/biotechnologie-2026/wat-er-mee-gebeurt';

describe('what a code shows of its own answers', () => {
  const ROUND = 'biotechnologie-2026-1';
  const TEXTS = { code: '', cookie: '' };
  let service;
  let api;
  const html = async (path, headers = {}) => request(service, 'GET', path, { headers });
  const enter = async (code) => {
    const { status, headers } = await request(service, 'POST', '/verder', { body: new URLSearchParams({ code }).toString(), headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'Sec-Fetch-Site': 'same-origin' } });
    assert.equal(status, 303);
    return headers['set-cookie'].map((cookie) => cookie.split(';')[0]).join('; ');
  };
  const receipt = async (cookie) => (await html('/ontvangst', { Cookie: cookie })).text;
  const take = async (answers) => {
    const { code } = (await api.begin(ROUND, { variant: 'volledig' })).json;
    const sent = await api.send(ROUND, code, { variant: 'volledig', ...answers });
    assert.equal(sent.status, 201, sent.text);
    return code;
  };
  // A signal on a table of this round, as the secretary's page keeps it.
  const onTable = (number, title, filter, release) => service.sql(`INSERT INTO zs.signal (source, title, body, consultation, is_public, created_by, changed_by) VALUES ('burgerconsultatie', '${title}', 't', 'biotechnologie-2026', true, 'a', 'a');
    INSERT INTO zs.signal_evidence (signal_id, kind, round_id, why, asked, figures, created_by) SELECT ${number}, 'tabel', r.id, 'w', jsonb_build_object('variabele', 'houding-algemeen', 'antwoord', 'slecht', 'gewogen', false) || '${JSON.stringify(filter)}',
      '{"uitgave": 9, "regels": [{"groep": "alle", "uitgave": ${release}}]}', 'a' FROM zs.round AS r WHERE r.code = '${ROUND}'`);
  const onWords = (number, title, isPublic) => service.sql(`INSERT INTO zs.signal (source, title, body, consultation, is_public, created_by, changed_by) VALUES ('burgerconsultatie', '${title}', 't', 'biotechnologie-2026', ${isPublic}, 'a', 'a');
    INSERT INTO zs.signal_evidence (signal_id, kind, round_id, why, asked, passage_id, created_by) SELECT ${number}, 'passage', p.round_id, 'w', '{}', p.id, 'a' FROM zs.passage AS p WHERE p.body = 'Rust in de natuur'`);

  before(async () => {
    service = await startService({ ownReleases: true, rounds: { [ROUND]: { interim: 'openbaar' } } });
    api = apiOf(service, openapi);
    const top = ['veiligheid', 'gezondheid', 'natuurlijkheid', 'keuzevrijheid'];
    const person = (_, i) => JSON.stringify({ variant: 'kern', toepassing_toegewezen_1: 'vaccins', 'houding-algemeen': ['goed', 'slecht'][i % 2], gender: i % 2 ? 'vrouw' : 'man', ...Object.fromEntries(['brede-welvaart', ...top, 'rechtvaardigheid', 'legitimiteit'].map((value) => [`waarden-top3_${value}`, top.filter((one) => one !== top[i % 5]).slice(0, 3).includes(value)])) });
    writeFileSync(join(service.folder, 'mensen.jsonl'), Array.from({ length: 400 }, person).join('\n'));
    service.must('import', 'responses', join(service.folder, 'mensen.jsonl'), '--round', ROUND, '--channel', 'api');
    TEXTS.code = await take({ 'houding-algemeen': 'slecht', gender: 'vrouw', 'waarden-mist': 'Rust in de natuur' });
    TEXTS.cookie = await enter(TEXTS.code);
    await sleep(1500);
    assert.match(await receipt(TEXTS.cookie), /De tafel heeft uw antwoorden nog niet gebruikt\..*in de volgende cijfers/s);
    service.must('release', 'make', '--round', ROUND);
    for (let i = 0; i < 100 && !(await api.get('/consultaties/biotechnologie-2026/terugkoppeling')).json.rondes[0].gehoord; i++) await sleep(100);
  });
  after(() => service?.stop());

  test('headlines are those of the release, to the digit', async () => {
    const { gehoord } = (await api.get('/consultaties/biotechnologie-2026/terugkoppeling')).json.rondes[0];
    assert.equal(gehoord.uitgave, 1);
    assert.equal(gehoord.werving, 'open');
    assert.equal(gehoord.belangrijkst.length, 3);
    for (const { waarde, aandeel } of gehoord.belangrijkst) {
      const table = await request(service, 'GET', `/v1/consultaties/biotechnologie-2026/tabellen?ronde=${ROUND}&variabele=waarden-top3_${waarde}&maat=aandelen`);
      const cell = table.json.rijen[0].cellen.find(({ antwoord }) => antwoord === 'ja');
      assert.equal(aandeel, cell.percentage, waarde);
    }
    const page = (await html(PAGE)).text;
    assert.match(page, /De cijfers zijn van uitgave 1/);
    assert.ok(page.includes(`href="/uitkomsten/biotechnologie-2026?ronde=${ROUND}"`));
  });

  test('own words and figures are told apart, once each, and what is not public is counted only', async () => {
    onWords(1, 'Rust telt', true);
    onWords(2, 'Nog geheim', false);
    onTable(3, 'Velen vinden het slecht', {}, 1);
    onTable(4, 'Vrouwen vinden het slecht', { filter: 'gender:vrouw' }, 1);
    onTable(5, 'Mannen vinden het slecht', { filter: 'gender:man' }, 1);
    onTable(6, 'Later geteld', {}, 2);
    const reply = await html('/ontvangst', { Cookie: TEXTS.cookie });
    assert.equal(reply.headers['cache-control'], 'no-store');
    const [, words, figures] = /rusten op uw eigen woorden:(.*)telt mee in de cijfers van deze signalen:(.*)Uw antwoorden blijven van u/s.exec(reply.text);
    assert.match(words, /href="\/signalen\/1"/);
    assert.doesNotMatch(words, /signalen\/[2-9]/);
    assert.deepEqual([...figures.matchAll(/signalen\/(\d)/g)].map(([, number]) => number), ['4', '3']);
    assert.match(figures, /nog niet openbaar zijn\. Aantal: 1\./);
    assert.match(figures, /in uitgave 1\. Aantal vragen waarop u antwoord gaf: 2\./);
    assert.doesNotMatch(reply.text, /Nog geheim/);
  });

  test('somebody else, who came later, is told that nothing rests on them yet', async () => {
    const cookie = await enter(await take({ 'houding-algemeen': 'slecht', gender: 'vrouw' }));
    assert.match(await receipt(cookie), /De tafel heeft uw antwoorden nog niet gebruikt\..*in de volgende cijfers/s);
    assert.match((await html('/ontvangst?taal=en', { Cookie: cookie })).text, /The table has not used your answers yet\..*in the next figures/s);
  });

  test('a correction is told apart, and a withdrawal takes all of it away', async () => {
    const own = (await api.readOwn(ROUND, TEXTS.code)).json.antwoorden;
    assert.equal((await api.correct(ROUND, TEXTS.code, { ...own, 'houding-algemeen': 'goed' })).status, 200);
    const corrected = await receipt(TEXTS.cookie);
    assert.match(corrected, /Uw eerdere antwoorden tellen mee in uitgave 1\./);
    assert.doesNotMatch(corrected, /signalen\/\d/, 'the words are another passage now');
    assert.equal((await api.withdraw(ROUND, TEXTS.code)).status, 204);
    assert.doesNotMatch(await receipt(TEXTS.cookie), /eigen woorden|uitgave/);
  });
});
