// A pilot round: the form has a box for remarks on every page and keeps how long pages took; nothing of it is ever counted.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { apiOf, checkProblem, request } from './lib/http.mjs';
import { openapi, startService } from './lib/service.mjs';

const PILOT = 'ronde-proef';
const REAL = 'ronde-echt';
let service;
let api;

before(async () => {
  service = await startService({ rounds: { [PILOT]: { pilot: true }, [REAL]: {} } });
  api = apiOf(service, openapi);
});
after(() => service?.stop());

const FORM = { 'Content-Type': 'application/x-www-form-urlencoded', 'Sec-Fetch-Site': 'same-origin' };
const notes = (where = 'true') => service.sql(`SELECT coalesce(string_agg(n.page || '|' || coalesce(n.comment, '-'), E'\\n' ORDER BY n.id), '') FROM zs.pilot_note AS n JOIN zs.round AS r ON r.id = n.round_id WHERE r.code = '${PILOT}' AND ${where}`);

async function begin(round) {
  const begun = await request(service, 'POST', '/deelname', { headers: FORM, body: `ronde=${round}&versie=kern` });
  assert.equal(begun.status, 303, begun.text.slice(0, 400));
  const headers = { ...FORM, Cookie: begun.headers['set-cookie'][0].split(';')[0] };
  const show = async (page = begun.headers.location) => {
    const html = (await request(service, 'GET', page, { headers })).text;
    return { page, html, token: /name="token" value="([^"]*)"/.exec(html)[1] };
  };
  const post = ({ page, token }, fields) => request(service, 'POST', page, { headers, body: new URLSearchParams({ token, ...fields }).toString() });
  return { show, post };
}

describe('a pilot round', () => {
  test('asks for a remark on each page, and keeps it apart with the time', async () => {
    const { show, post } = await begin(PILOT);
    const first = await show();
    assert.match(first.html, /<textarea[^>]* name="opmerking"[^>]*aria-describedby="opmerking-uitleg">\n<\/textarea>/);
    const next = await post(first, { 'doet-mee-voor': 'mijzelf', opmerking: '  Wat is "voor wie"?\r\nNiet <duidelijk>.  ' });
    assert.equal(next.status, 303);
    const second = await show(next.headers.location);
    assert.equal((await post(second, { opmerking: '' })).status, 303);
    assert.equal(notes(), 'begin.doet-mee-voor|Wat is "voor wie"?\nNiet <duidelijk>.\nbegin.houding-algemeen|-');
    assert.equal(service.sql("SELECT bool_and(seconds BETWEEN 0 AND 60) FROM zs.pilot_note"), 't');
    assert.equal(service.sql("SELECT count(*) FROM zs.passage"), '0', 'a remark is no answer');
  });

  test('gives back a remark that is too long, and with a fault elsewhere what was typed', async () => {
    const { show, post } = await begin(PILOT);
    const before = notes();
    const first = await show();
    const long = await post(first, { 'doet-mee-voor': 'mijzelf', opmerking: 'x'.repeat(1001) });
    assert.equal(long.status, 400);
    assert.match(long.text, /langer dan 1\.000 tekens/);
    assert.match(long.text, new RegExp(`<textarea[^>]* name="opmerking"[^>]*>\\n${'x'.repeat(1001)}</textarea>`));
    assert.match(long.text, /value="mijzelf" checked/);
    const wrong = await post(first, { 'doet-mee-voor': 'bestaat-niet', opmerking: '</textarea><script>' });
    assert.equal(wrong.status, 400);
    assert.match(wrong.text, /name="opmerking"[^>]*>\n&lt;\/textarea&gt;&lt;script&gt;<\/textarea>/);
    assert.equal(notes(), before, 'only what is taken is kept');
    assert.equal((await post(first, { 'doet-mee-voor': 'mijzelf', opmerking: '\u{1F600}'.repeat(1000) })).status, 303);
  });

  test('is never counted', async () => {
    const { code } = (await api.begin(PILOT)).json;
    assert.equal((await api.send(PILOT, code, { 'houding-algemeen': 'goed' })).status, 201);
    checkProblem(await api.table(PILOT, { variabele: 'houding-algemeen' }), 404);
    assert.equal((await api.get(`/rondes/${PILOT}`)).json.proef, true);
  });

  test('tells the administrator what it found', () => {
    const [head, ...pages] = service.must('consultation', 'pilot', PILOT).split('\n');
    assert.match(head, /^page +times +half s +9\/10 s +remarks$/);
    assert.match(pages[0], /^begin\.doet-mee-voor +2 +\d+ +\d+ +2$/);
    const [columns, ...remarks] = service.must('consultation', 'pilot', PILOT, '--comments').split('\n');
    assert.equal(columns, 'pagina,seconden,opmerking');
    assert.match(remarks.join('\n'), /^begin\.doet-mee-voor,\d+,"Wat is ""voor wie""\?\nNiet <duidelijk>\."/);
    assert.equal(service.sql(`SELECT count(*) FROM zs.audit_event WHERE action = 'pilot.read' AND object = 'round:${PILOT}'`), '1');
    const other = service.run(['consultation', 'pilot', REAL]);
    assert.equal(other.status, 1);
    assert.match(other.err, /there is no pilot round ronde-echt/);
    assert.equal(service.run(['consultation', 'open', REAL, '--comments']).status, 2);
  });

  test('goes with its round', () => {
    service.must('consultation', 'close', PILOT, '--now');
    assert.notEqual(notes(), '');
    service.sql(`SET ROLE zs_staff; SELECT zs.round_partition_drop((SELECT id FROM zs.round WHERE code = '${PILOT}'))`);
    assert.equal(notes(), '');
  });
});

test('any other round has none of it', async () => {
  const { show, post } = await begin(REAL);
  const first = await show();
  assert.doesNotMatch(first.html, /opmerking/);
  assert.equal((await post(first, { 'doet-mee-voor': 'mijzelf', opmerking: 'Toch iets.' })).status, 303);
  assert.equal(service.sql('SELECT count(*) FROM zs.pilot_note'), '0');
});
