// How much groups differ, and rounds: by the API in both views, and as letters in the public's tabellenboek.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { recordsOf } from './lib/csv.mjs';
import { apiOf, checkProblem, faultsOf, request } from './lib/http.mjs';
import { sheetOf } from './lib/ods.mjs';
import { openapi, startService } from './lib/service.mjs';

const FIRST = 'ronde-een';
const SECOND = 'ronde-twee';
const QUESTION = 'houding-algemeen';
const SCALE = ['heel-goed', 'goed', 'neutraal', 'slecht', 'heel-slecht', 'weet-ik-niet'];
// How many of each gender give each answer: women are for it, men against, of the others there are few.
const GIVEN = { vrouw: [90, 120, 60, 30, 10, 12], man: [30, 60, 80, 110, 60, 15], anders: [4, 3, 2, 1, 0, 0], 'zeg-ik-niet': [2, 3, 3, 2, 0, 0] };
let service;
let api;

const peopleOf = (more) => Object.entries(GIVEN).flatMap(([gender, counts]) =>
  counts.flatMap((count, at) => Array.from({ length: count + (gender === 'vrouw' && at === 1 ? more : 0) }, () => ({ variant: 'kern', toepassing_toegewezen_1: 'vaccins', [QUESTION]: SCALE[at], gender }))));
const ask = async (path, query, { open = false, csv = false } = {}) => {
  const headers = { ...(open ? {} : { Authorization: `Bearer ${service.keys.analyst}` }), ...(csv ? { Accept: 'text/csv' } : {}) };
  const address = `/consultaties/biotechnologie-2026/${path}?${new URLSearchParams(query)}`;
  return csv ? request(service, 'GET', `/v1${address}`, { headers }) : api.get(address, { headers });
};

before(async () => {
  service = await startService({ ownReleases: true, rounds: { [FIRST]: { interim: 'openbaar' }, [SECOND]: { interim: 'openbaar' } } });
  api = apiOf(service, openapi);
  for (const [round, more] of [[FIRST, 0], [SECOND, 150]]) {
    const file = join(service.folder, `${round}.jsonl`);
    writeFileSync(file, peopleOf(more).map((one) => JSON.stringify(one)).join('\n'));
    service.must('import', 'responses', file, '--round', round, '--channel', 'api');
    service.must('release', 'make', '--round', round);
  }
  const people = Object.values(GIVEN).flat().reduce((sum, count) => sum + count) + 150;
  for (const [open, there] of [[false, ({ json }) => json?.rijen?.at(-1).gevraagd === people], [true, ({ status }) => status === 200]]) {
    for (let i = 0; i < 100 && !there(await request(service, 'GET', `/v1/consultaties/biotechnologie-2026/tabellen?variabele=${QUESTION}&ronde=${SECOND}`, open ? {} : { headers: { Authorization: `Bearer ${service.keys.analyst}` } })); i++) await sleep(100);
  }
});
after(() => service?.stop());

const figureOf = (table, group, { maat, antwoord }) => {
  const row = table.rijen.find(({ groep }) => groep.gender === group.gender);
  if (maat !== 'aandeel') return row.maten[maat];
  const cell = row.cellen.find((one) => one.antwoord === antwoord);
  return { waarde: cell.percentage, bandbreedte: cell.bandbreedte, limited: 'percentageGrens' in cell };
};
// Zou and Donner (2008), of the intervals that the table shows.
const intervalOf = (a, b) => {
  const value = a.waarde - b.waarde;
  return [value - Math.hypot(a.waarde - a.bandbreedte[0], b.bandbreedte[1] - b.waarde), value + Math.hypot(a.bandbreedte[1] - a.waarde, b.waarde - b.bandbreedte[0])];
};

function compare(table, { verschillen, vergelijkingen }, near) {
  let told = 0;
  let clear = 0;
  for (const one of verschillen) {
    const a = figureOf(table, one.groep, one);
    const b = figureOf(table, one.tegenover, one);
    const label = JSON.stringify(one);
    assert.equal(one.schatting.waarde, a.waarde, label);
    assert.equal(one.schattingTegenover.waarde, b.waarde, label);
    assert.ok(one.groep.gender !== 'alle' && one.tegenover.gender !== 'alle', label);
    if (a.waarde === null || b.waarde === null || a.limited || b.limited) {
      assert.equal(one.verschil.waarde, null, label);
      assert.equal(one.verschil.bandbreedte, null, label);
      assert.ok(one.verschil.waardeReden, label);
      assert.equal(one.zonderNul, undefined, label);
      continue;
    }
    near(one.verschil.waarde, [a.waarde - b.waarde, a.waarde - b.waarde], label);
    near(one.verschil.bandbreedte[0], [intervalOf(a, b)[0], -1], label);
    near(one.verschil.bandbreedte[1], [intervalOf(a, b)[1], 1], label);
    assert.equal(one.zonderNul, one.verschil.bandbreedte[0] > 0 || one.verschil.bandbreedte[1] < 0, label);
    told += 1;
    clear += one.zonderNul;
  }
  assert.equal(vergelijkingen.aantal, told);
  assert.equal(vergelijkingen.zonderNul, clear);
  assert.ok(Math.abs(vergelijkingen.bijToeval - told / 20) < 1e-9);
  assert.ok(clear > 3, `${clear} of ${told}`);
  return told;
}

describe('differences between groups', () => {
  const query = { variabele: QUESTION, groepeerOp: 'gender', ronde: SECOND };

  test('are those of the figures of the table, for an analyst', async () => {
    const those = { ...query, filter: 'gender:vrouw|man' };
    const differences = (await ask('verschillen', those)).json;
    const table = (await ask('tabellen', those)).json;
    compare(table, differences, (found, [value], label) => assert.ok(Math.abs(found - value) < 1e-9, label));
    assert.ok(differences.verschillen.every(({ verschil }) => verschil.waarde === null || verschil.standaardfout > 0));
    assert.ok(differences.verschillen.every((one) => one.basis === one.effectiefAantal && one.basisTegenover === one.effectiefAantalTegenover), 'not weighted');
    assert.deepEqual([...new Set(differences.verschillen.map(({ groep, basis }) => `${groep.gender} ${basis}`))].sort(), table.rijen.filter(({ groep, basis }) => differences.verschillen.some((one) => one.groep.gender === groep.gender) && basis !== 0).map(({ groep, basis }) => `${groep.gender} ${basis}`).sort());
    const groups = table.rijen.filter(({ groep, basis }) => groep.gender !== 'alle' && basis !== 0).length;
    assert.equal(differences.verschillen.length, (groups * (groups - 1) / 2) * (SCALE.length + 3), 'every two groups of anybody, in each answer and measure');
    const women = differences.verschillen.find(({ groep, tegenover, maat }) => [groep.gender, tegenover.gender].sort().join() === 'man,vrouw' && maat === 'gemiddelde');
    assert.equal(women.zonderNul, true);
    assert.equal(Number(service.sql(`SELECT count(*) FROM zs.audit_event WHERE action = 'table.view' AND object LIKE 'table:${SECOND}:verschillen:${QUESTION}:gender%'`)), 1);
  });

  test('are protected as the table is, for the public', async () => {
    const reply = await ask('verschillen', query, { open: true });
    const table = (await ask('tabellen', query, { open: true })).json;
    assert.match(reply.headers['cache-control'], /public/);
    assert.equal(reply.json.uitgave, table.uitgave);
    assert.equal(reply.json.positie, undefined);
    const step = (value) => Math.abs(value * 10 - Math.round(value * 10));
    compare(table, reply.json, (found, [value, side], label) => {
      if (side === -1) assert.ok(found <= value + 1e-6 && found > value - 1.01, `rounded outwards: ${label}`);
      else if (side === 1) assert.ok(found >= value - 1e-6 && found < value + 1.01, `rounded outwards: ${label}`);
      else assert.ok(Math.abs(found - value) < 1e-9, label);
    });
    for (const { maat, verschil } of reply.json.verschillen) {
      if (maat === 'aandeel' && verschil.waarde !== null) assert.ok([verschil.waarde, ...verschil.bandbreedte].every((value) => step(value) < 1e-9));
      assert.equal(verschil.standaardfout, undefined);
    }
    const few = reply.json.verschillen.filter(({ groep, tegenover }) => [groep.gender, tegenover.gender].some((one) => ['anders', 'zeg-ik-niet'].includes(one)));
    assert.ok(few.length > 0 && few.every(({ verschil }) => verschil.waarde === null), 'of ten people nothing is told');
    const again = await request(service, 'GET', reply.path.startsWith('/v1') ? reply.path : `/v1${reply.path}`, { headers: { 'If-None-Match': reply.headers.etag } });
    assert.equal(again.status, 304);
  });

  test('say the same as CSV', async () => {
    for (const open of [false, true]) {
      const { json } = await ask('verschillen', query, { open });
      const reply = await ask('verschillen', query, { open, csv: true });
      assert.match(reply.headers['content-type'], /^text\/csv/);
      assert.match(reply.headers['content-disposition'], new RegExp(`filename="${SECOND}-${QUESTION}-verschillen.csv"`));
      const records = recordsOf(reply.text.replace(/^\ufeff/, ''));
      assert.equal(records.length, json.verschillen.length);
      for (const [at, record] of records.entries()) {
        const one = json.verschillen[at];
        const cell = (value) => (value === null || value === undefined ? '' : String(value));
        assert.equal(record.groep_gender, one.groep.gender);
        assert.equal(record.tegenover_gender, one.tegenover.gender);
        assert.equal(record.maat, one.maat);
        assert.equal(record.antwoord, one.antwoord ?? '');
        assert.equal(Number(record.verschil || NaN), one.verschil.waarde ?? NaN);
        assert.equal(record.verschil_reden, cell(one.verschil.waardeReden));
        assert.equal(Number(record.verschil_ondergrens || NaN), one.verschil.bandbreedte?.[0] ?? NaN);
        assert.equal(record.zonder_nul, one.zonderNul === undefined ? '' : one.zonderNul ? 'ja' : 'nee');
        assert.equal(Number(record.vergelijkingen), json.vergelijkingen.aantal);
      }
    }
  });

  test('are refused with every fault, and where they are too many', async () => {
    const fault = async (more, open) => faultsOf(checkProblem(await ask('verschillen', { ronde: SECOND, ...more }, { open }), 400));
    assert.deepEqual(await fault({ variabele: QUESTION }), { groepeerOp: 'verplicht' });
    assert.deepEqual(await fault({ variabele: 'schoenmaat', groepeerOp: 'gender' }), { variabele: 'onbekend' });
    assert.deepEqual(await fault({ variabele: QUESTION, groepeerOp: QUESTION }), { groepeerOp: 'dubbel' });
    assert.deepEqual(await fault({ variabele: QUESTION, groepeerOp: 'gender', maat: 'mediaan' }), { maat: 'onbekend' });
    const many = checkProblem(await ask('verschillen', { ronde: SECOND, variabele: QUESTION, groepeerOp: 'leeftijd,opleiding,postcode' }), 400);
    assert.match(many.type, /te-veel-vergelijkingen$/);
    assert.match(many.detail, /20\.000/);
    checkProblem(await ask('verschillen', { ...query, werving: 'alle' }, { open: true }), 403);
    checkProblem(await ask('verschillen', { ...query, gewogen: 'true' }), 409);
  });
});

describe('differences between rounds', () => {
  for (const open of [false, true]) {
    test(`say how many were looked at, in the ${open ? "public's" : "analysts'"} view`, async () => {
      const { json } = await ask('trends', { variabele: QUESTION }, { open });
      const compared = json.schattingen.filter(({ verschil }) => verschil && verschil.waarde !== null);
      const clear = compared.filter(({ verschil: { bandbreedte: [low, high] } }) => low > 0 || high < 0);
      assert.ok(compared.length >= 8, `${compared.length}`);
      assert.ok(compared.every(({ ronde }) => ronde === SECOND));
      assert.ok(json.schattingen.every(({ basis, effectiefAantal }) => basis > 300 && effectiefAantal === basis), 'not weighted');
      assert.ok(clear.some(({ optie }) => optie === 'goed'), '150 more women said so');
      assert.deepEqual([json.vergelijkingen.aantal, json.vergelijkingen.zonderNul], [compared.length, clear.length]);
      const records = recordsOf((await ask('trends', { variabele: QUESTION }, { open, csv: true })).text.replace(/^\ufeff/, ''));
      assert.ok(records.every(({ vergelijkingen }) => Number(vergelijkingen) === compared.length));
    });
  }
});

test('values and orders say how many people they are of, and how many that counts as', async () => {
  for (const [path, query] of [['waarden', {}], ['rangordes', { vraag: 'waarden-top3' }]]) {
    for (const open of [false, true]) {
      const { json } = await ask(path, { ...query, ronde: SECOND }, { open });
      assert.ok(json.schattingen.length > 0);
      assert.ok(json.schattingen.every((one) => 'effectiefAantal' in one && 'basis' in one && one.vergelijkingen === undefined));
      const records = recordsOf((await ask(path, { ...query, ronde: SECOND }, { open, csv: true })).text.replace(/^\ufeff/, ''));
      assert.deepEqual(records.map((one) => one.effectief_aantal), json.schattingen.map(({ effectiefAantal }) => String(effectiefAantal ?? '')));
    }
  }
});

test('the letters of the tabellenboek of the public are those differences', async () => {
  const reply = await request(service, 'GET', `/v1/consultaties/biotechnologie-2026/tabellenboek?ronde=${SECOND}&formaat=ods&kolommen=gender`);
  assert.equal(reply.status, 200, reply.text.slice(0, 300));
  const rows = sheetOf(reply.bytes, 'Tabellen');
  const at = rows.findIndex((row) => row[0] === QUESTION);
  const { verschillen } = (await ask('verschillen', { variabele: QUESTION, groepeerOp: 'gender', ronde: SECOND }, { open: true })).json;
  const columns = rows[2].map((cell) => String(cell).match(/^gender:(.*)$/)?.[1]);
  const letters = rows[3];
  let found = 0;
  for (const antwoord of SCALE) {
    const line = rows.findIndex((row, i) => i > at && row[0] === antwoord);
    const beneath = rows[line + 1][1] === 'hoger dan kolom' ? rows[line + 1] : [];
    const expected = {};
    for (const { groep, tegenover, antwoord: of, zonderNul, verschil } of verschillen.filter((one) => one.antwoord === antwoord && one.zonderNul)) {
      assert.ok(zonderNul && of === antwoord);
      const [higher, lower] = verschil.waarde > 0 ? [groep.gender, tegenover.gender] : [tegenover.gender, groep.gender];
      (expected[higher] ??= []).push(letters[columns.indexOf(lower)]);
    }
    for (const [column, gender] of columns.entries()) {
      if (!gender) continue;
      assert.equal(beneath[column] ?? '', (expected[gender] ?? []).sort().join(','), `${antwoord} of ${gender}`);
      found += expected[gender] ? 1 : 0;
    }
  }
  assert.ok(found > 0);
  const method = sheetOf(reply.bytes, 'Methode').map((row) => row.join(' ')).join('\n');
  assert.match(method, /Er zijn \d+ vergelijkingen gemaakt, zonder correctie/);
});
