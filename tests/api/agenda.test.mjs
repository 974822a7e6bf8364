// The agenda from the command to the API: kept once, followed by its next version, and told the same everywhere.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { apiOf, checkProblem, faultsOf, request } from './lib/http.mjs';
import { openapi, readJson, ROOT, startService } from './lib/service.mjs';

const FILE = join(ROOT, 'config', 'agenda', 'uitvoeringsagenda-2026.json');
const SOURCE = join(ROOT, '..', 'shared', 'data', 'uitvoeringsagenda-2026.json');
const list = (value) => (value == null ? [] : Array.isArray(value) ? value : [value]);

describe('the agenda of 2026', () => {
  test('says what the source says', { skip: !existsSync(SOURCE) }, () => {
    const ours = readJson('config', 'agenda', 'uitvoeringsagenda-2026.json');
    const source = JSON.parse(readFileSync(SOURCE, 'utf8'));
    const theirs = source.paragrafen.flatMap(({ acties }) => acties.map(({ nummer, actie, eersteMijlpaal, planning }) => [nummer, actie, list(eersteMijlpaal), list(planning)]));
    assert.deepEqual(ours.sections.flatMap(({ actions = [] }) => actions.map(({ code, title, milestones = [], planning = [] }) => [code, title, milestones, planning])), theirs);
    const words = (items) => items.map((text) => text.toLowerCase()).sort();
    assert.deepEqual(words(ours.sections.flatMap(({ goals = [] }) => goals.map(({ title }) => title))), words(source.doelen.map(({ doel }) => doel)));
    assert.deepEqual(words(ours.sections.flatMap(({ commitments = [] }) => commitments.map(({ title }) => title))), words(source.toezeggingen.map(({ toezegging }) => toezegging)));
    assert.deepEqual(ours.applications.map(({ code, touches, section, actions = [] }) => [code, touches, section ?? null, actions]), source.toepassingen.map(({ code, raakt, opgave, acties }) => [code, raakt, opgave, acties]));
    assert.deepEqual(ours.departments.map(({ name }) => name), source.departementen.map(({ code }) => code));
  });
});

describe('an agenda', () => {
  let service;
  let api;
  before(async () => {
    service = await startService({ rounds: { 'biotechnologie-2026-1': {} } });
    api = apiOf(service, openapi);
  });
  after(() => service.stop());

  const page = async (path) => (await request(service, 'GET', path)).text;
  const write = (name, change) => {
    const document = readJson('config', 'agenda', 'uitvoeringsagenda-2026.json');
    change(document);
    const path = join(service.folder, name);
    writeFileSync(path, JSON.stringify(document));
    return path;
  };
  const failed = (path, says) => {
    const { status, err } = service.run(['agenda', 'publish', path]);
    assert.equal(status, 1);
    assert.match(err, says);
  };

  test('is not there before it is kept', async () => {
    assert.equal((await api.get('/agenda')).status, 404);
    assert.equal((await request(service, 'GET', '/agenda')).status, 404);
  });

  test('is checked, and kept once', () => {
    assert.match(service.must('agenda', 'check', FILE), /: version 1, 28 actions, 8 goals, 8 commitments, no faults$/m);
    assert.match(service.must('agenda', 'publish', FILE), /^agenda biotechnologie version 1 is kept$/m);
    assert.match(service.must('agenda', 'publish', FILE), /^agenda biotechnologie version 1 was kept before$/m);
    failed(write('anders.json', (document) => { document.title = 'Anders'; }), /^version 1 or a later one was kept before: /m);
    failed(write('fout.json', (document) => { document.version = 2; document.sections[1].actions[0].code = 'A 1'; }), /#\/sections\/1\/actions\/0\/code: A code has small letters/);
  });

  test('loses nothing in its next version, which tells what became of it', async () => {
    failed(write('weg.json', (document) => { document.version = 2; document.sections[2].actions.shift(); }), /#\/sections: actie 1b\.1 is missing here\./);
    const next = write('twee.json', (document) => {
      document.version = 2;
      document.sections[1].actions[0].ended = { on: '2027-06-30', why: 'Het besluit is genomen.' };
      document.sections[1].actions[1].title = 'Inventarisatie van knelpunten, herzien';
      document.sections[7].actions.push({ code: '4.7', title: 'Een gesprek over kweekvlees in elke provincie' });
    });
    const out = service.must('agenda', 'publish', next);
    assert.match(out, /^over +1a\.1 /m);
    assert.match(out, /^changed +1a\.2 /m);
    assert.match(out, /^new +4\.7 +Een gesprek/m);
    assert.match(service.must('agenda', 'list'), /^version 2 .*\nversion 1 /m);
    assert.match(service.must('agenda', 'publish', FILE), /version 1 was kept before$/m);

    const { json } = await api.get('/agenda');
    assert.equal(json.versie, 2);
    assert.deepEqual(json.paragrafen[1].onderdelen[0].beeindigd, { op: '2027-06-30', reden: 'Het besluit is genomen.' });
    assert.equal((await api.get('/agenda?versie=1')).json.paragrafen[1].onderdelen[0].beeindigd, undefined);
    assert.deepEqual((await api.get('/agenda/versies')).json.versies.map(({ versie }) => versie), [2, 1]);
    const item = (await api.get('/agenda/onderdelen/1a.2')).json;
    assert.deepEqual(item.geschiedenis.map(({ versie, verandering, titelWas }) => [versie, verandering, titelWas]), [[2, 'gewijzigd', 'Inventarisatie structurele financieringsknelpunten en mogelijke oplossingsrichtingen'], [1, 'toegevoegd', undefined]]);
    assert.deepEqual((await api.get('/agenda/onderdelen/4.7')).json.geschiedenis.map(({ versie, verandering }) => [versie, verandering]), [[2, 'toegevoegd']]);
    assert.deepEqual((await api.get('/agenda/onderdelen/2.3')).json.toepassingen.map(({ code }) => code), ['vaccins', 'gentherapie']);
  });

  test('says what is wrong with a question', async () => {
    for (const versie of ['0', '-1', 'twee', '', '99999999999']) {
      assert.deepEqual(faultsOf(checkProblem(await request(service, 'GET', `/v1/agenda?versie=${versie}`), 400)), { versie: 'bereik' });
    }
    checkProblem(await request(service, 'GET', '/v1/agenda?versie=7'), 404);
    checkProblem(await request(service, 'GET', '/v1/agenda/onderdelen/9.9'), 404);
  });

  test('has pages in two languages, for anybody', async () => {
    const page = await request(service, 'GET', '/agenda');
    assert.equal(page.status, 200);
    assert.match(page.text, /voorbij sinds 30 juni 2027/);
    assert.match((await request(service, 'GET', '/agenda/1a.2?taal=en')).text, /Before that it read: <q lang="nl">Inventarisatie structurele/);
    assert.equal(page.headers['cache-control'], 'public, max-age=60');
  });

  test('names things to citizens as the questionnaire does, in either language, and by no code of programs', async () => {
    assert.match(await page('/laat-iets-weten'), /Een goed leven voor iedereen[^]*Planten met precies veranderd DNA/);
    const english = await page('/laat-iets-weten?taal=en');
    assert.match(english, /A good life for everyone[^]*Plants with precise DNA changes/);
    assert.doesNotMatch(english, />[^<]*(genomische technieken|planten)/i);
    const agenda = await page('/agenda');
    assert.match(agenda, /\(actie 1a\.1\b/);
    assert.doesNotMatch(agenda, /\(doel 1|\(toezegging [0-9a-z-]+\d/);
    assert.match(await page('/agenda/1c-doel-1'), /Dit is een doel, in het deel/);
  });
});
