// Open data as somebody outside takes it: files that never change, a list of them whose signature other programs check.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash, createPublicKey, verify } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { recordsOf } from './lib/csv.mjs';
import { request } from './lib/http.mjs';
import { ROOT, startService } from './lib/service.mjs';

const OPEN = 'ronde-openbaar';
const CLOSED = 'ronde-dicht';
const TOOI = 'https://identifier.overheid.nl/tooi/id/ministerie/mnre1034';
const RDFLIB = ['/usr/bin/python3', join(ROOT, 'tests', 'peers', 'rdf.py')]; // Debian: python3-rdflib
let service;
let folder;

const take = (path, headers = {}) => request(service, 'GET', path, { headers });
const at = (number, name) => `/open-data/${OPEN}/${number}/${name}`;
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
const person = (answer, gender) => JSON.stringify({ variant: 'kern', toepassing_toegewezen_1: 'vaccins', 'houding-algemeen': answer, gender });

// Until the service has published that release.
async function published(number) {
  const until = Date.now() + 60_000;
  for (;;) {
    const reply = await take(at(number, 'manifest.json'));
    if (reply.status === 200) return reply;
    assert.ok(Date.now() < until, reply.text);
    await sleep(200);
  }
}

function people(name, count) {
  const answers = ['heel-goed', 'goed', 'neutraal', 'slecht', 'heel-slecht', 'weet-ik-niet'];
  const lines = answers.flatMap((answer) => Array.from({ length: count }, (_, i) => person(answer, i % 2 ? 'man' : 'vrouw')));
  writeFileSync(join(service.folder, name), lines.join('\n'));
  service.must('import', 'responses', join(service.folder, name), '--round', OPEN, '--channel', 'api');
}

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'zevenstem-open-'));
  service = await startService({
    rounds: { [OPEN]: { interim: 'openbaar' }, [CLOSED]: { interim: 'gesloten' } },
    settings: { exports: [`folder = ${folder}`], service: ['organisation = Ministerie van "Voorbeeld" & Proef'], opendata: ['licence = cc0', `organisation_id = ${TOOI}`, 'themes = GOVE, TECH'] },
  });
  people('eerst.jsonl', 60);
  service.must('release', 'make', '--round', OPEN);
});
after(async () => {
  await service?.stop();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

// The public key as other programs want it: SubjectPublicKeyInfo (RFC 8410) is this prefix and the 32 bytes.
const keyOf = (text) => createPublicKey({ key: Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.from(text, 'base64url')]), format: 'der', type: 'spki' });

describe('a publication', () => {
  let manifest;
  let first;

  test('has a signed list, which openssl and node find genuine, and false when one byte differs', async () => {
    first = await published(1);
    manifest = JSON.parse(first.text);
    const signature = (await take(at(1, manifest.ondertekening.handtekening))).bytes;
    assert.equal(signature.length, 64);
    const key = keyOf(manifest.ondertekening.publiekeSleutel);
    assert.equal(manifest.ondertekening.algoritme, 'Ed25519');
    assert.equal(manifest.ondertekening.sleutelAdres, `${service.url}/v1/ondertekening`);
    assert.equal(verify(null, first.bytes, key, signature), true);
    const altered = Buffer.from(first.bytes);
    altered[altered.length >> 1] ^= 1;
    assert.equal(verify(null, altered, key, signature), false);
    const write = (name, bytes) => (writeFileSync(join(folder, name), bytes), join(folder, name));
    const pem = write('sleutel.pem', key.export({ type: 'spki', format: 'pem' }));
    const sig = write('manifest.json.sig', signature);
    const check = (bytes) => spawnSync('openssl', ['pkeyutl', '-verify', '-pubin', '-inkey', pem, '-rawin', '-in', write('manifest.json', bytes), '-sigfile', sig], { encoding: 'utf8' });
    const good = check(first.bytes);
    assert.equal(good.status, 0, good.stderr + good.stdout);
    assert.match(good.stdout, /Verified Successfully/);
    assert.notEqual(check(altered).status, 0);
  });

  test('lists every file with its size and hash, and how it was protected', async () => {
    const listed = (await request(service, 'GET', '/v1/consultaties/biotechnologie-2026/uitgaven')).json.rondes.find(({ ronde }) => ronde === OPEN);
    assert.deepEqual([manifest.ronde, manifest.uitgave, manifest.consultatie, manifest.gemaaktOp], [OPEN, 1, 'biotechnologie-2026', listed.gemaaktOp]);
    assert.deepEqual(manifest.bescherming, { drempel: listed.drempel, ruisTotEnMet: listed.ruisTotEnMet, ruisVariantie: listed.ruisVariantie });
    assert.deepEqual(manifest.bestanden.map(({ naam }) => naam), ['tabellen-open.csv', 'tabellen-open.csv-metadata.json', 'tabellen-open.jsonl', 'codeboek-open.ddi.xml']);
    for (const file of manifest.bestanden) {
      const reply = await take(at(1, file.naam));
      assert.equal(reply.status, 200, file.naam);
      assert.equal(reply.bytes.length, file.bytes, file.naam);
      assert.equal(sha256(reply.bytes), file.sha256, file.naam);
      assert.equal(reply.headers['content-type'], file.mediatype);
      assert.equal(reply.headers.etag, `"${file.sha256}"`);
      assert.equal(reply.headers['cache-control'], 'public, max-age=31536000, immutable');
      assert.equal(reply.headers['access-control-allow-origin'], '*');
      const again = await take(at(1, file.naam), { 'If-None-Match': reply.headers.etag });
      assert.equal(again.status, 304);
      assert.equal((await take(at(1, file.naam))).text, reply.text, 'from what was kept too');
    }
  });

  test('has the figures that the API gives, as CSV and as JSON lines, and a description that finds its CSV', async () => {
    const csv = (await take(at(1, 'tabellen-open.csv'))).text;
    const api = (await request(service, 'GET', `/v1/consultaties/biotechnologie-2026/uitgaven/tabellen?ronde=${OPEN}&formaat=csv`)).text;
    assert.equal(csv, api);
    const head = csv.slice(0, csv.indexOf('\r\n')).split(',');
    const rows = recordsOf(csv);
    const lines = (await take(at(1, 'tabellen-open.jsonl'))).text.trimEnd().split('\n').map((line) => JSON.parse(line));
    assert.equal(lines.length, rows.length + 1);
    assert.equal(manifest.bestanden[0].rijen, rows.length);
    const metadata = JSON.parse((await take(at(1, 'tabellen-open.csv-metadata.json'))).text);
    const read = (name, cell) => (metadata.tableSchema.columns.find((column) => column.name === name).datatype === 'string' || cell === '' ? cell : Number(cell));
    for (const [i, row] of rows.entries()) assert.deepEqual(head.map((name) => read(name, row[name])), head.map((name) => lines[i][name] ?? ''), `row ${i}`);
    assert.equal(new URL(metadata.url, service.url + at(1, 'tabellen-open.csv-metadata.json')).pathname, at(1, 'tabellen-open.csv'));
    assert.deepEqual(metadata.tableSchema.columns.map(({ name }) => name), head);
    const described = /<([^>]+)>; rel="describedby"/.exec((await take(at(1, 'tabellen-open.csv'))).headers.link)[1];
    assert.equal(new URL(described, service.url + at(1, 'tabellen-open.csv')).pathname, at(1, 'tabellen-open.csv-metadata.json'));
    assert.ok((await take(at(1, 'codeboek-open.ddi.xml'))).text.includes(`${service.url}${at(1, 'tabellen-open.csv')}`), 'the code book names what stays');
  });

  test('stays as it was when a newer one comes, and is audited', async () => {
    people('later.jsonl', 60);
    service.must('release', 'make', '--round', OPEN);
    const second = await published(2);
    assert.notEqual(second.text, first.text);
    assert.equal((await take(at(1, 'manifest.json'))).text, first.text);
    for (const file of manifest.bestanden) assert.equal(sha256((await take(at(1, file.naam))).bytes), file.sha256, file.naam);
    assert.equal(service.sql("SELECT count(*) FROM zs.audit_event WHERE action = 'opendata.publish' AND result = 'ok'"), '2');
    const list = service.must('opendata', 'list', '--round', OPEN).split('\n');
    assert.doesNotMatch(service.run(['opendata', 'list']).err, /release\.settings/, 'the protection is that of the releases');
    assert.equal(list.length, 2);
    assert.ok(list[0].includes(sha256(first.bytes)));
    assert.equal(service.must('opendata', 'publish'), '0 releases published');
    assert.throws(() => service.sql('UPDATE zs.publication_piece SET piece = 9'), /not allowed/);
  });

  test('is not made while nobody may be told of the round', () => {
    service.sql(`SET session_replication_role = replica; ${['publication_piece', 'publication_file', 'publication'].map((table) => `DELETE FROM zs.${table} WHERE number = 2`).join('; ')}`);
    service.sql(`UPDATE zs.round SET interim = 'gesloten' WHERE code = '${OPEN}'`);
    assert.equal(service.must('opendata', 'publish'), '0 releases published');
    service.must('archive', 'make', '--consultation', 'biotechnologie-2026', '--to', join(folder, 'archief.zip'));
    assert.equal(service.sql(`SELECT a.release_number FROM zs.archive_round AS a JOIN zs.round AS r ON r.id = a.round_id WHERE r.code = '${OPEN}'`), '1', 'the second is for a later package');
    service.sql(`UPDATE zs.round SET interim = 'openbaar' WHERE code = '${OPEN}'`);
    assert.equal(service.must('opendata', 'publish'), '1 release published');
  });

  test('is only of what was released', async () => {
    for (const path of [at(3, 'manifest.json'), at(0, 'manifest.json'), at('x', 'manifest.json'), at(1, 'geheim.csv'), `/open-data/${CLOSED}/1/manifest.json`, '/open-data/bestaat-niet/1/manifest.json']) {
      assert.equal((await take(path)).status, 404, path);
    }
    assert.equal((await request(service, 'POST', at(1, 'manifest.json'))).status, 405);
    const head = await request(service, 'HEAD', at(1, 'tabellen-open.csv'));
    assert.equal(head.status, 200);
    assert.equal(Number(head.headers['content-length']), manifest.bestanden[0].bytes);
  });
});

describe('the catalogue', () => {
  const read = async () => {
    const write = async (path, name, headers) => {
      const reply = await take(path, headers);
      assert.equal(reply.status, 200, reply.text.slice(0, 300));
      writeFileSync(join(folder, name), reply.bytes);
      return reply;
    };
    const turtle = await write('/catalogus', 'catalogus.ttl', { Accept: 'text/turtle' });
    const linked = await write('/catalogus', 'catalogus.jsonld', { Accept: 'application/ld+json' });
    const [program, script] = RDFLIB;
    const done = spawnSync(program, [script, join(folder, 'catalogus.ttl'), join(folder, 'catalogus.jsonld')], { encoding: 'utf8' });
    assert.equal(done.status, 0, done.stderr);
    return { turtle, linked, found: JSON.parse(done.stdout) };
  };

  test('says the same as Turtle and as JSON-LD, by Accept and by ending, to rdflib', async () => {
    const { turtle, linked, found } = await read();
    assert.equal(found.same, true);
    assert.ok(found.statements[0] > 100, `${found.statements}`);
    assert.equal((await take('/catalogus.ttl')).text, turtle.text);
    assert.equal((await take('/catalogus.jsonld')).text, linked.text);
    assert.match(turtle.headers['content-type'], /^text\/turtle/);
    assert.equal(linked.headers['content-type'], 'application/ld+json');
    assert.equal(turtle.headers.vary, 'Accept');
    assert.equal((await take('/catalogus', { 'If-None-Match': linked.headers.etag, Accept: 'application/ld+json' })).status, 304);
    const person = await take('/catalogus', { Accept: 'text/html' });
    assert.deepEqual([person.status, person.headers.location], [303, '/open-data']);
  });

  test('has every field that DCAT-AP-NL 3.0 asks for, and files that are there with the hash that it says', async () => {
    const { found } = await read();
    assert.deepEqual(found.faults, []);
    assert.deepEqual([found.counts.Catalog, found.counts.Dataset, found.counts.DataService, found.counts.Distribution], [1, 2, 1, 8]);
    assert.ok(found.literals.includes('Ministerie van "Voorbeeld" & Proef'), 'marks of the syntax come through');
    for (const address of [TOOI, 'http://publications.europa.eu/resource/authority/access-right/PUBLIC', 'http://publications.europa.eu/resource/authority/data-theme/TECH', 'http://creativecommons.org/publicdomain/zero/1.0/', 'mailto:hulp@voorbeeld.nl']) {
      assert.ok(found.addresses.includes(address), address);
    }
    for (const url of found.downloads) {
      assert.ok(url.startsWith(service.url));
      assert.equal(sha256((await take(url.slice(service.url.length))).bytes), found.checksums[url], url);
    }
    for (const name of found.literals.filter((text) => text.startsWith(`${service.url}/open-data/`))) {
      assert.equal((await take(new URL(name).pathname)).status, 303, name);
    }
  });

  test('says when people could answer in days of the Netherlands, the last one too', async () => {
    service.sql(`UPDATE zs.round SET opens_at = '2025-12-31T23:00:00Z', closes_at = '2030-06-30T22:00:00Z', destruction_date = '2031-01-01' WHERE code = '${OPEN}'`);
    const period = () => take('/catalogus.ttl').then(({ text }) => [...text.matchAll(/dcat:(startDate|endDate) "([^"]+)"\^\^xsd:date/g)].map(([, , day]) => day));
    const until = Date.now() + 10_000;
    while (!(await period()).some((day) => day.startsWith('2030')) && Date.now() < until) await sleep(100);
    assert.deepEqual([...new Set(await period())], ['2026-01-01', '2030-06-30']);
  });

  test('has a page beside it for people, which names every file', async () => {
    const page = await take('/open-data');
    assert.equal(page.status, 200);
    for (const name of ['tabellen-open.csv', 'tabellen-open.jsonl', 'codeboek-open.ddi.xml', 'manifest.json']) assert.ok(page.text.includes(`href="${at(2, name)}"`), name);
    assert.ok(page.text.includes(`href="${at(1, 'manifest.json')}"`), 'earlier releases too');
    assert.match((await take('/open-data', { 'Accept-Language': 'en' })).text, /Here are the figures/);
    assert.match((await take('/uitkomsten/biotechnologie-2026/methode')).text, /href="\/open-data"/);
  });
});

describe('what the Woo asks to be made public of a round', () => {
  test('is one package with questionnaire, method, numbers, tables and metadata, sound to another ZIP', async () => {
    const made = service.run(['woo', 'package', '--round', OPEN, '--to', join(folder, 'woo.zip')]);
    assert.equal(made.status, 0, made.err);
    const done = spawnSync('/usr/bin/python3', [join(ROOT, 'tests', 'peers', 'archive.py'), join(folder, 'woo.zip')], { encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 });
    assert.equal(done.status, 0, done.stderr);
    const found = JSON.parse(done.stdout);
    assert.equal(found.sums, true);
    for (const name of ['index.html', 'vragenlijst.json', 'metadata.json', 'tabellen/tabellen-open.csv', 'tabellen/codeboek-open.ddi.xml']) assert.ok(found.names.includes(name), name);
    const metadata = JSON.parse(found.texts['metadata.json']);
    assert.equal(metadata.publisher.resource, TOOI);
    assert.equal(metadata.informatiecategorie.resource, 'https://identifier.overheid.nl/tooi/def/thes/kern/c_fdaee95e');
    assert.equal((await take(new URL(metadata.identifier).pathname)).status, 200, 'its address is there');
    assert.equal(found.texts['tabellen/tabellen-open.csv'], (await take(at(2, 'tabellen-open.csv'))).text);
    const people = Number(/deelnemers via de open link: (\d+)/.exec(found.texts['index.html'])[1]);
    assert.ok(Math.abs(people - 720) <= 5, `${people}`);
    assert.match(found.texts['index.html'], /Hoe beschermen wij mensen\?/);
    assert.doesNotMatch(found.texts['index.html'], /\{(least|noise|fewer)\}/);
    assert.equal(service.run(['woo', 'package', '--round', CLOSED, '--to', join(folder, 'dicht.zip')]).status, 1);
    assert.equal(service.run(['woo', 'package', '--signal', '1', '--to', join(folder, 'dicht.zip')]).status, 2);
  });
});
