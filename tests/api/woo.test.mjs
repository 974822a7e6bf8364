// Files under the Woo, opened by other programs: what was taken out is nowhere in them.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash, createPublicKey, verify } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { recordsOf } from './lib/csv.mjs';
import { ROOT, startService } from './lib/service.mjs';

let service;
let folder;

const opened = (name) => {
  const done = spawnSync('/usr/bin/python3', [join(ROOT, 'tests', 'peers', 'archive.py'), join(folder, name)], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  assert.equal(done.status, 0, done.stderr);
  return JSON.parse(done.stdout);
};
const write = (name, ...subject) => service.run(['woo', 'file', ...subject, '--to', join(folder, name)]);
// As somebody judges a piece, with the text that it has.
const judge = (piece, text, outcome, ground, spans = []) => service.sql(`INSERT INTO zs.woo_assessment (piece, text_sha256, outcome, ground, spans, assessed_by) VALUES ('${piece}', decode('${createHash('sha256').update(text).digest('hex')}', 'hex'), '${outcome}', ${ground ? `'${ground}'` : 'NULL'}, '${JSON.stringify(spans)}', 'sanne')`);
const pieceOf = (found, kind) => JSON.parse(found.texts['dossier.json']).stukken.find(({ soort }) => soort === kind);

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'zevenstem-woo-'));
  service = await startService({ rounds: { 'ronde-woo': {}, 'ronde-leeg': {} } });
  service.sql("INSERT INTO zs.signal (source, title, body, consultation, owner, created_by, changed_by) VALUES ('media', 'Zorg over zaden', 'Boeren willen weten wat er in zit, zegt 1 op de 3.', 'biotechnologie-2026', 'Jan van der Écht', 'sanne', 'sanne')");
  service.sql("INSERT INTO zs.signal_note (signal_id, body, created_by) VALUES (1, 'Volgens Jan van der Écht <b>moet</b> het anders', 'sanne'), (1, 'Een geheim bedrijfsplan', 'sanne')");
});
after(async () => {
  await service?.stop();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

describe('a file of a signal', () => {
  test('gives nothing that nobody judged, and has it on its inventory all the same', () => {
    const made = write('eerst.zip', '--signal', '1');
    assert.equal(made.status, 0, made.err);
    assert.match(made.out, /3 pieces, 0 given in full, 0 in part, 0 not\n3 were not judged/);
    const found = opened('eerst.zip');
    assert.deepEqual(found.names, ['SHA256SUMS', 'dossier.html', 'dossier.json', 'inventaris.csv', 'inventaris.ods', 'manifest.json', 'manifest.json.sig']);
    for (const [name, text] of Object.entries(found.texts)) assert.doesNotMatch(text, /Boeren|Écht|sanne|bedrijfsplan/, name);
    const rows = recordsOf(found.texts['inventaris.csv']);
    assert.deepEqual(rows.map(({ nummer, soort, beoordeling }) => [nummer, soort, beoordeling]), [['1', 'signaal', 'niet beoordeeld'], ['2', 'bespreking', 'niet beoordeeld'], ['3', 'bespreking', 'niet beoordeeld']]);
  });

  test('has the ground where something was taken out, which is nowhere in it', () => {
    const signal = 'Zorg over zaden\nBoeren willen weten wat er in zit, zegt 1 op de 3.\nWie doet er iets mee: Jan van der Écht\nVastgelegd door: sanne\nGewijzigd door: sanne';
    const first = 'Volgens Jan van der Écht <b>moet</b> het anders\nDoor: sanne';
    const places = (text, words) => words.flatMap((word) => [...text.matchAll(new RegExp(word, 'gu'))].map(({ index }) => ({ van: [...text.slice(0, index)].length, tot: [...text.slice(0, index)].length + [...word].length, grond: '5.1.2.e' }))).sort((a, b) => a.van - b.van);
    judge('signaal-1', signal, 'deels', '5.1.2.e', places(signal, ['Jan van der Écht', 'sanne']));
    judge('bespreking-1', first, 'deels', '5.1.2.e', places(first, ['Jan van der Écht', 'sanne']));
    judge('bespreking-2', 'Een geheim bedrijfsplan\nDoor: sanne', 'niet', '5.1.1.c');
    const made = write('dossier.zip', '--signal', '1');
    assert.match(made.out, /3 pieces, 0 given in full, 2 in part, 1 not/);
    assert.doesNotMatch(made.out, /not judged/);
    const found = opened('dossier.zip');
    for (const [name, text] of Object.entries(found.texts)) assert.doesNotMatch(text, /Écht|sanne|bedrijfsplan/, name);
    assert.equal(pieceOf(found, 'signaal').tekst, signal.replaceAll(/Jan van der Écht|sanne/gu, '[5.1.2.e]'));
    assert.match(found.texts['dossier.html'], /Volgens \[5\.1\.2\.e\] &lt;b&gt;moet&lt;\/b&gt; het anders/);
    const rows = recordsOf(found.texts['inventaris.csv']);
    assert.deepEqual(rows.map(({ beoordeling, gronden }) => [beoordeling, gronden]), [['deels', '5.1.2.e'], ['deels', '5.1.2.e'], ['niet', '5.1.1.c']]);
    const sheet = spawnSync('unzip', ['-p', join(folder, 'dossier.zip'), 'inventaris.ods'], { maxBuffer: 1 << 24 });
    assert.equal(sheet.status, 0);
    assert.equal(sheet.stdout.subarray(0, 2).toString(), 'PK', 'a spreadsheet');
  });

  test('is signed, and audited, and the pieces stay as they were', () => {
    const found = opened('dossier.zip');
    const bytes = Buffer.from(found.manifest, 'hex');
    const key = createPublicKey({ key: Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.from(JSON.parse(bytes).ondertekening.publiekeSleutel, 'base64url')]), format: 'der', type: 'spki' });
    assert.equal(verify(null, bytes, key, Buffer.from(found.signature, 'hex')), true);
    assert.equal(found.sums, true);
    assert.equal(service.sql("SELECT count(*) FROM zs.audit_event WHERE action = 'woo.file' AND object = 'signaal:1'"), '2');
    assert.match(service.sql('SELECT body FROM zs.signal_note WHERE id = 1'), /Jan van der Écht/);
  });

  test('gives nothing of a piece that changed since it was judged', () => {
    service.sql("UPDATE zs.signal SET body = 'Nu noemt Piet Anders zijn adres', revision = revision + 1");
    assert.match(write('later.zip', '--signal', '1').out, /1 were not judged/);
    const found = opened('later.zip');
    for (const [name, text] of Object.entries(found.texts)) assert.doesNotMatch(text, /Piet|adres/, name);
    assert.equal(pieceOf(found, 'signaal').tekst, null);
  });

  test('of a meeting has what was on its table, what was decided and who was there; of a round the signals that rest on it', () => {
    service.sql(`INSERT INTO zs.tafel_table (kind, title, quorum, quorum_sides, began_day, created_by, changed_by) VALUES ('maatschappelijke-tafel', 'De tafel', 1, 1, '2026-01-01', 'sanne', 'sanne');
      INSERT INTO zs.tafel_member (table_id, name, organisation, side, began_day, created_by) VALUES (1, 'Ria Lid', 'De Vereniging', 'maatschappelijke-organisaties', '2026-01-01', 'sanne');
      INSERT INTO zs.meeting (table_id, day, state, created_by, changed_by) VALUES (1, '2026-06-10', 'vastgesteld', 'sanne', 'sanne');
      INSERT INTO zs.meeting_item (meeting_id, signal_id, is_public, created_by, decision, told, dissent, members, sides, quorum, quorum_sides, decided_at, decided_by)
        VALUES (1, 1, true, 'sanne', 'niet-doorgeleid', 'Dit gebeurt al.', 'Een lid vond van niet.', 1, 1, 1, 1, now(), 'sanne');
      INSERT INTO zs.meeting_paper (meeting_id, title, reference, is_public, created_by) VALUES (1, 'De nota', 'Kenmerk 7', true, 'sanne'), (1, 'Intern stuk', 'Kenmerk 8', false, 'sanne');
      INSERT INTO zs.meeting_action (meeting_id, told, owner, due_day, created_by) VALUES (1, 'Uitzoeken', 'Ria Lid', '2026-07-01', 'sanne');
      INSERT INTO zs.meeting_interest (meeting_id, member_id, told, created_by) VALUES (1, 1, 'Bestuurslid van een bedrijf.', 'sanne');
      INSERT INTO zs.meeting_attendance (meeting_id, member_id, present, noted_by) VALUES (1, 1, true, 'sanne')`);
    assert.match(write('overleg.zip', '--meeting', '1').out, /7 pieces, 0 given in full/);
    const rows = recordsOf(opened('overleg.zip').texts['inventaris.csv']);
    assert.deepEqual(rows.map(({ soort }) => soort), ['overleg', 'presentie', 'actiepunt', 'belang', 'punt', 'stuk', 'stuk']);
    judge('stuk-1', 'De nota\nVindplaats: Kenmerk 7\nDoor: sanne', 'deels', '5.1.2.e', [{ van: 36, tot: 41, grond: '5.1.2.e' }]);
    judge('punt-1', 'Signaal 1: Zorg over zaden\nBesluit: niet-doorgeleid\nToelichting: Dit gebeurt al.\nAfwijkend: Een lid vond van niet.\nVastgelegd door: sanne', 'openbaar');
    assert.match(write('besluit.zip', '--meeting', '1').out, /7 pieces, 1 given in full, 1 in part, 0 not\n5 were not judged/);
    const found = opened('besluit.zip');
    assert.match(pieceOf(found, 'punt').tekst, /Dit gebeurt al\.\nAfwijkend: Een lid vond van niet\./);
    assert.equal(pieceOf(found, 'stuk').tekst, 'De nota\nVindplaats: Kenmerk 7\nDoor: [5.1.2.e]');
    for (const text of Object.values(found.texts)) assert.doesNotMatch(text, /Ria Lid|Intern stuk|Bestuurslid/);
    service.sql(`INSERT INTO zs.signal_evidence (signal_id, kind, why, round_id, asked, created_by) SELECT 1, 'tabel', 'Zo is het', id, '{}', 'sanne' FROM zs.round WHERE code = 'ronde-woo'`);
    const kinds = JSON.parse((write('ronde.zip', '--round', 'ronde-woo'), opened('ronde.zip')).texts['dossier.json']).stukken.map(({ soort }) => soort);
    assert.deepEqual([...new Set(kinds)].sort(), ['bespreking', 'bewijs', 'punt', 'signaal']);
  });

  test('is only of what is there', () => {
    assert.equal(write('x.zip', '--signal', '9').status, 1);
    assert.equal(write('x.zip', '--meeting', '9').status, 1);
    assert.equal(write('x.zip', '--round', 'bestaat-niet').status, 1);
    assert.equal(write('x.zip', '--round', 'ronde-leeg').status, 0, 'nothing rests on it yet');
    assert.equal(write('x.zip', '--signal', '1', '--round', 'ronde-woo').status, 2);
    assert.equal(write('x.zip').status, 2);
    assert.throws(() => judge('signaal-1', 'x', 'niet', null), /violates/, 'what stays back has a ground');
    assert.throws(() => judge('signaal-1', 'x', 'niet', '5.3'), /violates/);
  });
});
