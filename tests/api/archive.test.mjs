// Packages for the archive, opened by another program; and that nothing is destroyed before there is one.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createPublicKey, verify } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ROOT, startService } from './lib/service.mjs';

const ROUND = 'ronde-archief';
const OTHER = 'ronde-zonder';
const SAID = 'Een zin die niemand anders zo zou opschrijven';
let service;
let folder;

const opened = (path) => {
  const done = spawnSync('/usr/bin/python3', [join(ROOT, 'tests', 'peers', 'archive.py'), path], { encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 });
  assert.equal(done.status, 0, done.stderr);
  return JSON.parse(done.stdout);
};
const make = (name) => service.run(['archive', 'make', '--consultation', 'biotechnologie-2026', '--to', join(folder, name)]);
const kept = (round) => Number(service.sql(`SELECT count(*) FROM zs.response AS e JOIN zs.round AS r ON r.id = e.round_id WHERE r.code = '${round}'`));
const due = (round) => service.sql(`UPDATE zs.round SET opens_at = now() - interval '9 days', closes_at = now() - interval '8 days', destruction_date = (now() AT TIME ZONE 'UTC')::date WHERE code = '${round}'`);

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'zevenstem-archief-'));
  service = await startService({
    rounds: { [ROUND]: { interim: 'openbaar' }, [OTHER]: { interim: 'openbaar' } },
    settings: { retention: ['archive_first = 1'], exports: [`folder = ${folder}`], service: ['organisation = Ministerie van Voorbeeld & Zonen'] },
  });
  const person = (i) => JSON.stringify({ variant: i === 7 ? 'volledig' : 'kern', toepassing_toegewezen_1: 'vaccins', ...(i === 7 ? { toepassing_toegewezen_2: 'kweekvlees' } : {}), 'houding-algemeen': ['goed', 'slecht'][i % 2], gender: i % 3 ? 'man' : 'vrouw', ...(i === 7 ? { 'waarden-mist': SAID } : {}) });
  for (const round of [ROUND, OTHER]) {
    writeFileSync(join(folder, 'mensen.jsonl'), Array.from({ length: 120 }, (_, i) => person(i)).join('\n'));
    service.must('import', 'responses', join(folder, 'mensen.jsonl'), '--round', round, '--channel', 'api');
  }
  service.must('release', 'make', '--round', ROUND);
  service.sql("INSERT INTO zs.signal (source, title, body, consultation, created_by, changed_by) VALUES ('burgerconsultatie', 'Zorg over namen', 'De tekst van het signaal', 'biotechnologie-2026', 'sanne', 'sanne')");
  service.sql("INSERT INTO zs.signal_note (signal_id, body, created_by) SELECT id, 'Wat wij ervan vonden', 'sanne' FROM zs.signal");
  service.sql("INSERT INTO zs.signal_note (signal_id, body, created_by) SELECT 1, 'Nog iets', 'sanne' FROM generate_series(1, 600)");
  service.sql("INSERT INTO zs.signal_forward (signal_id, kind, addressee, question, role, due_day, created_by) VALUES (1, 'departement', 'Ministerie van Voorbeeld', 'Wat doet u ermee?', 'faciliteren', '2030-01-01', 'sanne')");
  service.sql("INSERT INTO zs.signal_link (forward_id, token_hash, expires_at, created_by) VALUES (1, sha256('x'), now(), 'sanne')");
  service.sql("INSERT INTO zs.signal_answer (forward_id, link_id, outcome, reason, answered_by, answered_at) VALUES (1, 1, 'overgenomen', 'Wij doen het.', 'Ria', now())");
});
after(async () => {
  await service?.stop();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

describe('a round that is due', () => {
  test('stays while there is no package of it, by command and by the service', () => {
    assert.equal(Number(service.sql(`SELECT count(*) FROM zs.passage WHERE body LIKE '${SAID}%'`)), 2, 'somebody wrote something');
    due(ROUND);
    const run = service.run(['retention', 'run']);
    assert.equal(run.status, 1, run.out);
    assert.match(run.out, /round ronde-archief is not archived since its last change, and stays: zevenstem archive make --consultation biotechnologie-2026/);
    assert.match(service.must('retention', 'run', '--dry-run'), /not archived/);
    assert.equal(kept(ROUND), 120);
    assert.equal(service.sql('SELECT count(*) FROM zs.destruction'), '0');
  });

  test('is destroyed once there is a package of its last change, and no earlier one', () => {
    const first = make('eerst.zip');
    assert.equal(first.status, 0, first.err);
    service.sql("UPDATE zs.signal SET title = 'Zorg over namen en nummers', changed_at = now(), revision = revision + 1");
    assert.equal(service.run(['retention', 'run']).status, 1, 'a signal changed since');
    assert.equal(kept(ROUND), 120);
    const made = make('pakket.zip');
    assert.equal(made.status, 0, made.err);
    assert.match(made.out, /1 signals/);
    assert.match(service.must('retention', 'run'), /round ronde-archief is destroyed/);
    assert.equal(kept(ROUND), 0);
    assert.equal(service.sql("SELECT details->>'archived' FROM zs.audit_event WHERE action = 'retention.destroy'"), 'true');
    assert.equal(service.sql("SELECT count(*) FROM zs.audit_event WHERE action = 'archive.make' AND result = 'ok'"), '2');
  });

  test('is destroyed without one only for a reason, which the statement and the audit log keep', () => {
    service.sql(`INSERT INTO zs.response (pos, round_id, response_id, revision, kind, questionnaire_version, stream, channel, received_day, answers, payload_hash) SELECT nextval('zs.response_pos'), round_id, decode(md5('later'), 'hex'), 1, 1, e.questionnaire_version, stream, channel, received_day, answers, payload_hash FROM zs.response AS e JOIN zs.round AS r ON r.id = e.round_id WHERE r.code = '${OTHER}' AND revision = 1 LIMIT 1`);
    due(OTHER);
    assert.equal(service.run(['retention', 'run']).status, 1, 'somebody answered after the package was made');
    assert.equal(service.run(['retention', 'run', '--without-archive', '']).status, 2, 'a reason is a text');
    assert.match(service.must('retention', 'run', '--without-archive', 'proef van de beheerder'), /round ronde-zonder is destroyed/);
    assert.equal(kept(OTHER), 0);
    assert.equal(service.sql("SELECT details->>'without_archive' FROM zs.audit_event WHERE action = 'retention.destroy' AND object = 'round:ronde-zonder'"), 'proef van de beheerder');
    assert.equal(service.sql("SELECT statement->>'zonderArchiefpakket' FROM zs.destruction AS d JOIN zs.round AS r ON r.id = d.round_id WHERE r.code = 'ronde-zonder'"), 'proef van de beheerder');
  });
});

describe('a package', () => {
  let found;
  test('is sound to another ZIP, with everything in open formats and sums that fit', () => {
    found = opened(join(folder, 'pakket.zip'));
    assert.equal(found.sound, true);
    assert.equal(found.sums, true);
    assert.ok(found.summed.length > 10);
    assert.deepEqual(found.names.filter((name) => !found.summed.includes(name)), ['SHA256SUMS', 'manifest.json', 'manifest.json.sig']);
    for (const name of ['LEESMIJ.txt', 'consultatie.json', 'vragenlijst/biotechnologie-2026-v1.json', `tabellen/${ROUND}/uitgave-1/tabellen-open.csv`, `tabellen/${ROUND}/uitgave-1/tabellen-open.csv-metadata.json`, `tabellen/${ROUND}/uitgave-1/codeboek-open.ddi.xml`, `tabellen/${ROUND}/uitgave-1/manifest.json.sig`, 'signalen/signaal-1.json', 'metagegevens/consultatie.mdto.xml']) {
      assert.ok(found.names.includes(name), `${name}: ${found.names}`);
    }
    const signal = JSON.parse(found.texts['signalen/signaal-1.json']);
    assert.equal(signal.titel, 'Zorg over namen en nummers');
    assert.equal(signal.bespreking[0].tekst, 'Wat wij ervan vonden');
    assert.equal(signal.bespreking.length, 601, 'all that was said');
    assert.equal(signal.doorgeleidingen[0].geadresseerde, 'Ministerie van Voorbeeld');
    assert.equal(signal.doorgeleidingen[0].antwoorden[0].redenen, 'Wij doen het.');
  });

  test('is signed', () => {
    const bytes = Buffer.from(found.manifest, 'hex');
    const manifest = JSON.parse(bytes.toString());
    const key = createPublicKey({ key: Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.from(manifest.ondertekening.publiekeSleutel, 'base64url')]), format: 'der', type: 'spki' });
    assert.equal(verify(null, bytes, key, Buffer.from(found.signature, 'hex')), true);
    assert.equal(manifest.soort, 'zevenstem-archiefpakket');
    assert.equal(manifest.bestanden.length, found.names.length - 2);
  });

  test('describes itself and each file as MDTO does, in its order', () => {
    assert.deepEqual(found.objects['metagegevens/consultatie.mdto.xml'].filter((name) => name !== 'informatiecategorie'), ['identificatie', 'naam', 'aggregatieniveau', 'omschrijving', 'dekkingInTijd', 'taal', 'waardering', 'archiefvormer', 'beperkingGebruik']);
    assert.ok(found.texts['metagegevens/consultatie.mdto.xml'].includes('Ministerie van Voorbeeld &amp; Zonen'));
    const described = Object.values(found.files);
    assert.ok(described.length > 8);
    for (const one of described) assert.deepEqual(one, ['identificatie', 'naam', 'omvang', 'bestandsformaat', 'checksum', 'isRepresentatieVan']);
    assert.equal(found.checks, true);
  });

  test('has no answer of anybody', () => {
    for (const [name, text] of Object.entries(found.texts)) assert.ok(!text.includes(SAID), name);
  });

  test('is not there when it cannot be made', () => {
    assert.equal(service.run(['archive', 'make', '--consultation', 'bestaat-niet', '--to', join(folder, 'niets.zip')]).status, 1);
    assert.equal(existsSync(join(folder, 'niets.zip')), false);
    assert.equal(service.run(['archive', 'make', '--consultation', 'biotechnologie-2026', '--to', join(folder, 'geen', 'map.zip')]).status, 1);
    assert.equal(service.run(['archive', 'make', '--to', join(folder, 'x.zip')]).status, 2);
    assert.equal(service.sql('SELECT count(*) FROM zs.archive_package'), '2', 'what was not kept was not noted');
  });
});
