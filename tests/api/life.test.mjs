// A response from beginning to end, and everything that is refused on the way.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { answerAll, assignedOf, createRandom } from './lib/answers.mjs';
import { apiOf, checkProblem, faultsOf, raw, request } from './lib/http.mjs';
import { openapi, startService } from './lib/service.mjs';

const ROUND = 'ronde-1';
const OTHER = 'ronde-2'; // the same questionnaire
const TYPES = 'proef-1'; // every type of question
const LATER = 'ronde-later';
const CLOSING = 'ronde-dicht';
let service;
let api;

before(async () => {
  service = await startService({ rounds: { [ROUND]: {}, [OTHER]: {}, [LATER]: { opens: 5 }, [CLOSING]: {}, 'ronde-concept': { draft: true }, [TYPES]: { of: 'proef' } } });
  api = apiOf(service, openapi);
});
after(() => service?.stop());

const begin = async (round = ROUND, body = { variant: 'kern' }) => {
  const reply = await api.begin(round, body);
  assert.equal(reply.status, 201, reply.text);
  return reply.json;
};
const rowsOf = (round) => Number(service.sql(`SELECT count(*) FROM zs.response AS r JOIN zs.round AS o ON o.id = r.round_id WHERE o.code = '${round}'`));
const SOME = { 'houding-algemeen': 'goed', 'bekend-algemeen': 'soms' };

describe('a whole life', () => {
  test('begin, send, repeat, read, correct, withdraw', async () => {
    const { code, vragenlijst } = await begin(ROUND, { variant: 'volledig' });
    checkProblem(await api.readOwn(ROUND, code), 404);
    const answers = answerAll(vragenlijst, createRandom(1));
    const sent = await api.send(ROUND, code, { variant: 'volledig', ...answers });
    assert.equal(sent.status, 201, sent.text);
    assert.equal(sent.json.status, 'ontvangen');
    assert.equal(sent.headers.location, `${service.url}/v1/rondes/${ROUND}/inzending`);
    assert.equal(sent.headers.location.includes(code), false);

    const rows = rowsOf(ROUND);
    const repeated = await api.send(ROUND, code.toLowerCase().replaceAll('-', ' '), { variant: 'volledig', ...answers });
    assert.equal(repeated.status, 200);
    assert.deepEqual(repeated.json, sent.json);
    checkProblem(await api.send(ROUND, code, { variant: 'volledig', ...answers, 'houding-algemeen': answers['houding-algemeen'] === 'goed' ? 'slecht' : 'goed' }), 409);
    assert.equal(rowsOf(ROUND), rows, 'neither adds a row');

    const own = (await api.readOwn(ROUND, code)).json;
    assert.equal(own.herziening, 1);
    assert.equal(own.kanaal, 'api');
    assert.equal(own.werving, 'open');
    assert.equal(own.variant, 'volledig');
    for (const [name, answer] of Object.entries(answers).filter(([name]) => name !== 'postcode')) {
      assert.equal(own.antwoorden[name], answer, name);
    }

    const corrected = await api.correct(ROUND, code, { ...own.antwoorden, 'houding-algemeen': 'heel-slecht', 'waarden-mist': 'Rust' });
    assert.equal(corrected.status, 200);
    assert.equal(corrected.json.status, 'gecorrigeerd');
    const again = (await api.readOwn(ROUND, code)).json;
    assert.equal(again.herziening, 2);
    assert.equal(again.antwoorden['houding-algemeen'], 'heel-slecht');
    assert.equal(again.antwoorden['waarden-mist'], 'Rust');
    assert.equal((await api.correct(ROUND, code, again.antwoorden)).status, 200);
    assert.equal((await api.readOwn(ROUND, code)).json.herziening, 2, 'a correction that changes nothing is none');

    assert.equal((await api.withdraw(ROUND, code)).status, 204);
    checkProblem(await api.readOwn(ROUND, code), 410);
    checkProblem(await api.correct(ROUND, code, SOME), 410);
    checkProblem(await api.send(ROUND, code, { variant: 'volledig', ...answers }), 410);
    assert.equal((await api.withdraw(ROUND, code)).status, 204, 'twice is as good as once');
    const left = service.sql("SELECT count(*) FROM zs.response WHERE kind = 3 OR answers IS NOT NULL AND EXISTS (SELECT FROM zs.response AS w WHERE w.response_id = response.response_id AND w.kind = 3)");
    assert.equal(left, '1', 'of what was withdrawn only the withdrawal is left');
  });

  test('a correction keeps how it was answered', async () => {
    const { code, vragenlijst } = await begin();
    const sent = await api.send(ROUND, code, { variant: 'kern', werving: 'panel', taal: 'en', 'houding-algemeen': 'goed' });
    assert.equal(sent.status, 201);
    const own = async () => (await api.readOwn(ROUND, code)).json;
    const module = vragenlijst.blokken.find((block) => block.module).code;
    assert.equal((await api.correct(ROUND, code, { variant: 'kern', werving: 'panel', taal: 'en', 'houding-algemeen': 'slecht', [`${module}_zorg`]: 'veel' })).status, 200);
    assert.equal((await own()).werving, 'panel');
    assert.equal((await own()).variant, 'kern');
    assert.equal((await own()).antwoorden[`${module}_zorg`], 'veel');
    const refused = checkProblem(await api.correct(ROUND, code, { variant: 'volledig', werving: 'open', taal: 'nl', 'houding-algemeen': 'goed' }), 400);
    assert.deepEqual(faultsOf(refused), { '/variant': 'vast', '/werving': 'vast', '/taal': 'vast' });
    assert.equal((await own()).antwoorden['houding-algemeen'], 'slecht');
  });

  test('many who answer all types of questions are taken as they are', async () => {
    for (let person = 0; person < 25; person++) {
      const { code, variant, vragenlijst } = await begin(TYPES, { variant: person % 2 ? 'volledig' : 'kern' });
      const answers = answerAll(vragenlijst, createRandom(100 + person));
      const sent = await api.send(TYPES, code, { variant, ...answers });
      assert.equal(sent.status, 201, sent.text);
      const own = (await api.readOwn(TYPES, code)).json.antwoorden;
      for (const [name, answer] of Object.entries(answers).filter(([name]) => own[name] !== undefined && !name.includes('postcode'))) {
        assert.equal(own[name], answer, name);
      }
      assert.equal((await api.send(TYPES, code, { variant, ...own })).status, 200, 'what was read back is the same response');
    }
  });

  test('two that send the same at the same moment are one response', async () => {
    const { code } = await begin();
    const replies = await Promise.all(Array.from({ length: 8 }, () => api.send(ROUND, code, { variant: 'kern', ...SOME, 'bekend-algemeen': null })));
    assert.deepEqual(replies.map(({ status }) => status).sort(), [200, 200, 200, 200, 200, 200, 200, 201]);
  });
});

describe('starting', () => {
  test('gives everybody a code and topics of their own, fairly spread', async () => {
    const codes = new Set();
    const topics = {};
    for (let i = 0; i < 16; i++) {
      const { code, vragenlijst } = await begin(OTHER, { variant: 'kern' });
      const [topic, ...more] = Object.values(assignedOf(vragenlijst));
      assert.deepEqual(more, []);
      codes.add(code);
      topics[topic] = (topics[topic] ?? 0) + 1;
    }
    assert.equal(codes.size, 16);
    assert.deepEqual(Object.values(topics), Array(8).fill(2));
  });

  test('needs nothing in its body', async () => {
    const bare = await request(service, 'POST', `/v1/rondes/${ROUND}/deelnames`, { headers: { Authorization: `Bearer ${service.keys.intake}` } });
    assert.equal(bare.status, 201, bare.text);
    assert.equal(bare.json.variant, 'volledig');
    assert.deepEqual(faultsOf(checkProblem(await api.begin(ROUND, { variant: 'puls' }), 400)), { '/variant': 'keuze' });
    assert.deepEqual(faultsOf(checkProblem(await api.begin(ROUND, { variant: 3, meer: 1 }), 400)), { '/variant': 'type', '/meer': 'onbekend-veld' });
  });

  test('is for open rounds', async () => {
    checkProblem(await api.begin(LATER), 409);
    checkProblem(await api.begin('ronde-concept'), 404);
    checkProblem(await api.get('/rondes/ronde-concept'), 404);
    assert.equal((await api.get(`/rondes/${LATER}`)).json.status, 'nog-niet-open');
  });
});

describe('what is refused', () => {
  test('everything that is wrong comes back at once, and nothing is stored', async () => {
    const { code, vragenlijst } = await begin();
    const mine = vragenlijst.blokken.find((block) => block.module).code;
    const other = mine === 'kweekvlees' ? 'vaccins' : 'kweekvlees';
    const rows = rowsOf(ROUND);
    const problem = checkProblem(
      await api.send(ROUND, code, {
        variant: 'kern',
        werving: 'zomaar',
        taal: 4,
        'bestaat-niet': 'x',
        'houding-algemeen': 4,
        leeftijd: '200-300',
        [`${other}_zorg`]: 'veel',
        [`${mine}_waarom`]: 'x'.repeat(1001),
        [`${mine}_kans`]: ['veel'],
        schooljaren: 3,
        'bekend-algemeen': 'soms',
        'waarden-top3_veiligheid': 'misschien',
        kwaliteit: 'goed',
        toepassing_toegewezen_1: other,
      }),
      400,
    );
    assert.deepEqual(faultsOf(problem), {
      '/werving': 'keuze',
      '/taal': 'type',
      '/bestaat-niet': 'onbekend-veld',
      '/kwaliteit': 'eigen',
      '/toepassing_toegewezen_1': 'eigen',
      '/houding-algemeen': 'type',
      '/leeftijd': 'keuze',
      [`/${other}_zorg`]: 'niet-toegewezen',
      [`/${mine}_waarom`]: 'te-lang',
      [`/${mine}_kans`]: 'type',
      '/schooljaren': 'niet-gevraagd',
      '/bekend-algemeen': 'niet-gevraagd',
      '/waarden-top3_veiligheid': 'keuze',
    });
    assert.ok(problem.errors.every(({ detail }) => /^[A-Z].*\.$/.test(detail)), JSON.stringify(problem.errors));
    assert.equal(rowsOf(ROUND), rows);
    checkProblem(await api.readOwn(ROUND, code), 404);
  });

  test('sums, ranks, numbers and boxes are checked', async () => {
    const { code, variant, vragenlijst } = await begin(TYPES, { variant: 'volledig' });
    const parts = vragenlijst.blokken.flatMap(({ paginas }) => paginas.flatMap(({ onderdelen }) => onderdelen));
    const ofType = (type) => parts.find((part) => part.soort === type && !part.tonenAls);
    const points = ofType('punten');
    const ranking = ofType('rangorde');
    const number = ofType('getal');
    const bestWorst = ofType('meest-minst');
    const [first, second] = ranking.opties;
    const cases = [
      [Object.fromEntries(points.variabelen.map((name, index) => [name, index === 0 ? 100 : index === 1 ? 1 : 0])), 'som'],
      [{ [points.variabelen[0]]: 101 }, 'bereik'],
      [{ [points.variabelen[0]]: -1 }, 'bereik'],
      [{ [points.variabelen[0]]: '100' }, 'type'],
      [{ [ranking.variabelen[0]]: first.code, [ranking.variabelen[1]]: first.code }, 'keuze'],
      [{ [ranking.variabelen[1]]: second.code }, 'keuze'],
      [{ opleiding: 'ander-land', [number.code]: number.maximum + 1 }, 'bereik'],
      [{ opleiding: 'ander-land', [number.code]: number.minimum - 1 }, 'bereik'],
      [{ opleiding: 'ander-land', [number.code]: 70000 }, 'bereik'],
      [{ [`${bestWorst.code}_1_meest`]: bestWorst.keuzes[0][0], [`${bestWorst.code}_1_minst`]: bestWorst.keuzes[0][0] }, 'keuze'],
    ];
    for (const [answers, fault] of cases) {
      const problem = checkProblem(await api.send(TYPES, code, { variant, ...answers }), 400);
      assert.deepEqual(Object.values(faultsOf(problem)), [fault], `${JSON.stringify(answers)}: ${JSON.stringify(problem.errors)}`);
    }
    assert.equal((await api.send(TYPES, code, { variant, ...Object.fromEntries(points.variabelen.map((name, index) => [name, index === 0 ? 100 : 0])) })).status, 201);
  });

  test('bodies that are no flat object of JSON', async () => {
    const { code } = await begin();
    const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${service.keys.intake}`, Deelnamecode: code };
    const bodies = [
      '',
      '{',
      '[]',
      'null',
      '"x"',
      '{}{}',
      '{"houding-algemeen":"goed",}',
      "{'houding-algemeen':'goed'}",
      '{"houding-algemeen":"goed","houding-algemeen":"slecht"}',
      '{"houding-algemeen":{"diep":1}}',
      '{"houding-algemeen":1.5}',
      '{"houding-algemeen":1e3}',
      '{"houding-algemeen":99999999999999999999}',
      '{"waarden-mist":"a\\u0000b"}',
      '{"waarden-mist":"a\0b"}',
      '{"waarden-mist":"\\ud800"}',
      '{"waarden-mist":"tab\there"}',
      Buffer.from([...Buffer.from('{"waarden-mist":"'), 0xff, 0xfe, ...Buffer.from('"}')]),
      Buffer.from([...Buffer.from('{"waarden-mist":"'), 0xc0, 0xaf, ...Buffer.from('"}')]),
      Buffer.from([0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00]),
      `{${'"houding-algemeen":'.repeat(2000)}1}`,
      `[${'['.repeat(30000)}`,
      `{${Array.from({ length: 5000 }, (_, i) => `"v${i}":1`)}}`,
    ];
    for (const body of bodies) {
      for (const [method, path] of [['POST', 'inzendingen'], ['PUT', 'inzending']]) {
        const reply = await request(service, method, `/v1/rondes/${ROUND}/${path}`, { headers, body });
        if (method === 'PUT') {
          checkProblem(reply, 404); // whether something stands there is asked first
        } else {
          assert.ok(checkProblem(reply, 400).errors.length > 0, String(body).slice(0, 80));
        }
      }
    }
    assert.equal((await api.send(ROUND, code, { variant: 'kern', 'houding-algemeen': 'goed' })).status, 201, 'the code is still good');
    const all = await request(service, 'PUT', `/v1/rondes/${ROUND}/inzending`, { headers, body: '{"houding-algemeen":"zeer","leeftijd":12,"foo":1,"foo":2,"gender":{"a":[1]},"bar":3}' });
    assert.deepEqual(
      checkProblem(all, 400).errors.map(({ pointer, code: fault }) => `${pointer} ${fault}`).sort(),
      ['/bar onbekend-veld', '/foo dubbel', '/foo onbekend-veld', '/gender type', '/houding-algemeen keuze', '/leeftijd type'],
    );
    const text = await request(service, 'PUT', `/v1/rondes/${ROUND}/inzending`, { headers, body: '{"houding-algemeen":' });
    checkProblem(text, 400);
  });

  test('codes that are none, of nobody, or of another round', async () => {
    const { code } = await begin();
    assert.equal((await api.send(ROUND, code, { variant: 'kern', 'houding-algemeen': 'goed' })).status, 201);
    for (const none of ['', 'kort', 'U'.repeat(16), `${code}0`, code.slice(0, -1), '0000-0000-0000-000\u00e9']) {
      checkProblem(await api.readOwn(ROUND, none), 400);
    }
    for (const [round, wrong] of [[ROUND, '0123-4567-89AB-CDEF'], [OTHER, code]]) {
      const problem = checkProblem(await api.readOwn(round, wrong), 404);
      assert.deepEqual(checkProblem(await api.withdraw(round, wrong), 404), problem);
      assert.deepEqual(checkProblem(await api.correct(round, wrong, SOME), 404), problem);
    }
    checkProblem(await request(service, 'GET', `/v1/rondes/${ROUND}/inzending`), 400);
    checkProblem(await request(service, 'GET', `/v1/rondes/${ROUND}/inzending?code=${code}`), 400);
    assert.equal((await api.readOwn(ROUND, code)).status, 200);
    assert.equal(service.readLog().includes(code.replaceAll('-', '')), false, 'no code in the log');
    assert.equal(service.readLog().includes(code), false, 'no code in the log');
  });

  test('trying codes is slowed, for who tries', async () => {
    const started = Date.now();
    for (let i = 0; i < 4; i++) {
      await request(service, 'GET', `/v1/rondes/${ROUND}/inzending`, { headers: { Deelnamecode: '0123-4567-89AB-CDEF' }, from: '203.0.113.7' });
    }
    assert.ok(Date.now() - started > 1500, `${Date.now() - started} ms`);
    const others = Date.now();
    await request(service, 'GET', `/v1/rondes/${ROUND}/inzending`, { headers: { Deelnamecode: '0123-4567-89AB-CDEF' }, from: '203.0.113.8' });
    assert.ok(Date.now() - others < 1000);
  });
});

describe('a round that closes', () => {
  test('takes nothing more, and still gives back and lets go', async () => {
    const sent = await begin(CLOSING);
    const kept = await begin(CLOSING);
    const unsent = await begin(CLOSING);
    for (const { code } of [sent, kept]) {
      assert.equal((await api.send(CLOSING, code, { variant: 'kern', 'houding-algemeen': 'goed' })).status, 201);
    }
    service.must('consultation', 'close', CLOSING, '--now');
    const until = Date.now() + 5000;
    while ((await api.get(`/rondes/${CLOSING}`)).json.status !== 'gesloten' && Date.now() < until);
    checkProblem(await api.begin(CLOSING), 409);
    checkProblem(await api.send(CLOSING, unsent.code, { variant: 'kern', 'houding-algemeen': 'goed' }), 409);
    checkProblem(await api.correct(CLOSING, sent.code, { 'houding-algemeen': 'slecht' }), 409);
    assert.equal((await api.readOwn(CLOSING, sent.code)).json.antwoorden['houding-algemeen'], 'goed');
    assert.equal((await api.withdraw(CLOSING, sent.code)).status, 204);
    checkProblem(await api.readOwn(CLOSING, sent.code), 410);
    assert.equal((await api.readOwn(CLOSING, kept.code)).status, 200);
  });
});

describe('publishing again', () => {
  const path = () => join(service.folder, 'consultations', 'biotechnologie.json');

  test('says so when an open round keeps what its file no longer says, and only then', () => {
    const before = service.must('consultation', 'status');
    const again = service.must('consultation', 'publish', path());
    assert.match(again, /^published biotechnologie-2026$/m);
    const document = JSON.parse(readFileSync(path(), 'utf8'));
    const open = document.rounds.find(({ code }) => code === ROUND);
    open.closes_at = '2099-01-01T00:00:00Z';
    open.destruction_date = '2100-01-01';
    const changed = join(service.folder, 'consultations', 'gewijzigd.json');
    writeFileSync(changed, JSON.stringify(document));
    assert.match(service.must('consultation', 'publish', changed), /; 1 round\(s\) were opened before and keep their own version, dates and settings$/m);
    assert.equal(service.must('consultation', 'status'), before);
  });

  test("leaves another consultation's round alone", () => {
    const before = service.sql('SELECT string_agg(code, \',\' ORDER BY code) FROM zs.consultation');
    const document = JSON.parse(readFileSync(path(), 'utf8'));
    const other = join(service.folder, 'consultations', 'ander.json');
    writeFileSync(other, JSON.stringify({ ...document, code: 'ander-2026' }));
    const done = service.run(['consultation', 'publish', other]);
    assert.equal(done.status, 1);
    assert.match(done.err, /round ronde-1 belongs to another consultation/);
    assert.equal(service.sql('SELECT string_agg(code, \',\' ORDER BY code) FROM zs.consultation'), before);
  });
});

describe('the end of the service', () => {
  test('while people send, loses nothing that was acknowledged', async () => {
    const people = await Promise.all(Array.from({ length: 20 }, () => begin(OTHER)));
    const rows = rowsOf(OTHER);
    const sending = people.map(({ code }) => api.send(OTHER, code, { variant: 'kern', 'houding-algemeen': 'goed' }).catch(() => null));
    service.signal('SIGTERM');
    const acknowledged = (await Promise.all(sending)).filter((reply) => reply?.status === 201).length;
    assert.ok(rowsOf(OTHER) - rows >= acknowledged);
    assert.match(await raw(service, 'GET /levend HTTP/1.1\r\nHost: x\r\n\r\n', 200).catch(() => ''), /^$|^HTTP\/1.1/);
  });
});
