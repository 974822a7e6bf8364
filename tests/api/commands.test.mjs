// Accounts, keys, retention, codings, the audit log and what else there is by command, as whoever runs them meets them: what is printed where, the exit status, wrong use,
// and a database that is away. 0: done; 1: tried, and not done; 2: not tried.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { PROGRAM, openapi, startService } from './lib/service.mjs';

const ROUND = 'ronde-opdrachten';
const DUE = 'ronde-voorbij';
const HELD = 'ronde-vast';
const CODED = 'ronde-gecodeerd';
const STATEMENTS = 'verklaringen';
let service;
let away;

const run = (text, ...more) => service.run([...text.split(' ').filter(Boolean), ...more]);
const audited = (action) => Number(service.sql(`SELECT count(*) FROM zs.audit_event WHERE action = '${action}' AND origin = 'command' AND actor LIKE 'beheerder:_%'`));

// Whoever signed in to this machine; nobody did in a container, and then it is the user of the program.
function whoIAm() {
  const NOBODY = 2 ** 32 - 1;
  const kept = existsSync('/proc/self/loginuid') ? Number(readFileSync('/proc/self/loginuid', 'utf8')) : NOBODY;
  const uid = String(kept === NOBODY ? process.getuid() : kept);
  const user = readFileSync('/etc/passwd', 'utf8').split('\n').map((line) => line.split(':')).find((fields) => fields[2] === uid);
  return user ? user[0] : uid;
}

function done(result, status, { out, err } = {}) {
  assert.equal(result.status, status, `${result.out}\n${result.err}`);
  if (out) assert.match(result.out, out);
  if (err) assert.match(result.err, err);
  return result;
}

// Not tried: on standard error why, in one line, then how it is called and no more than that; nothing on standard output.
function misused(text, err, ...more) {
  const result = done(run(text, ...more), 2, { err });
  assert.equal(result.out, '', text);
  assert.match(result.err, /^[^\n]+\nusage: zevenstem (?:[^\n]+\n)+$/, text);
}

before(async () => {
  service = await startService({ rounds: { [ROUND]: {}, [DUE]: {}, [HELD]: {}, [CODED]: {} } });
  const config = readFileSync(join(service.folder, 'zevenstem.conf'), 'utf8');
  away = join(service.folder, 'away.conf');
  writeFileSync(away, config.replace(/^(url|owner_url) = .*$/gm, '$1 = host=127.0.0.1 port=1 dbname=x user=x'));
  mkdirSync(join(service.folder, STATEMENTS));
  writeFileSync(join(service.folder, 'zevenstem.conf'), `${config}[retention]\nstatements_folder = ${join(service.folder, STATEMENTS)}\n`);
});
after(() => service?.stop());

describe('account', () => {
  const listed = (name) => run('account list').out.split('\n').find((line) => line.startsWith(`${name} `));
  const PASSWORD = /^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}\n$/;

  test('add prints a password alone, once', () => {
    const { out, err } = done(run('account add anna --role beheerder'), 0, { out: PASSWORD, err: /^anna: done$/m });
    assert.match(listed('anna'), /^anna +\d{4}-\d\d-\d\d {2}password +beheerder {2}not-signed-in-yet$/);
    assert.equal(service.sql("SELECT actor FROM zs.audit_event WHERE action = 'account.add'"), `beheerder:${whoIAm()}`);
    assert.doesNotMatch(err, new RegExp(out.trim()));
    assert.equal(audited('account.add'), 1);
    assert.equal(service.sql(`SELECT count(*) FROM zs.audit_event WHERE details::text LIKE '%${out.trim()}%'`), '0');
    assert.equal(service.sql('SELECT count(*) FROM zs.account_password WHERE hash LIKE \'$argon2id$v=19$m=19456,t=2,p=1$%\' AND one_time'), '1');
    const again = done(run('account add anna --role lezer'), 1, { err: /there is an account of that name/ });
    assert.equal(again.out, '');
    done(run('account add bram --role analist --consultation biotechnologie-2026'), 0, { out: PASSWORD });
    assert.match(listed('bram'), /analist in biotechnologie-2026/);
    for (const [name, more, why] of [['b', '', /a name has 2 to 64/], ['Bea', '', /a name has 2 to 64/], ['bea', '--consultation bestaat-niet', /no such consultation/]]) {
      assert.equal(done(run(`account add ${name} --role lezer ${more}`), 1, { err: why }).out, '');
    }
    assert.equal(service.sql('SELECT count(*) FROM zs.account'), '2');
  });

  test('role gives and takes, and leaves nobody without who manages accounts', () => {
    done(run('account role bram --role codeur'), 0, { err: /^bram: done$/m });
    done(run('account role bram --role codeur'), 0, { err: /it was so already/ });
    assert.match(listed('bram'), /analist in biotechnologie-2026, codeur/);
    done(run('account role bram --role codeur --take'), 0);
    done(run('account role bram --role codeur --take'), 0, { err: /it was so already/ });
    done(run('account role niemand --role codeur'), 1, { err: /there is no such account/ });
    done(run('account role anna --role beheerder --take'), 1, { err: /nobody would be left/ });
    done(run('account disable anna'), 1, { err: /nobody would be left/ });
    assert.deepEqual(['account.role-give', 'account.role-take', 'account.disable'].map(audited), [1, 1, 0]);
  });

  test('disable closes one, reset opens it with another password', () => {
    done(run('account disable bram'), 0, { err: /^bram: done$/m });
    done(run('account disable bram'), 0, { err: /it was so already/ });
    assert.match(listed('bram'), / {2}disabled$/);
    const first = done(run('account reset bram --second-factor'), 0, { out: PASSWORD }).out;
    const second = done(run('account reset bram'), 0, { out: PASSWORD }).out;
    assert.notEqual(first, second);
    assert.doesNotMatch(listed('bram'), /disabled/);
    assert.equal(done(run('account reset niemand'), 1, { err: /there is no such account/ }).out, '');
    assert.deepEqual(['account.disable', 'account.reset'].map(audited), [1, 2]);
  });

  test('is not tried when the call makes no sense', () => {
    const lines = service.sql('SELECT count(*) FROM zs.audit_event');
    misused('account', /too few arguments/);
    misused('account wis bram', /not understood/);
    misused('account add --role lezer', /^name the account$/m);
    misused('account add cees', /^say with --role which role$/m);
    misused('account add cees --role', /--role needs a value/);
    misused('account add cees --role baas', /there is no such role/);
    misused('account add cees dirk --role lezer', /too many arguments/);
    misused('account add cees --role lezer --naam x', /unknown option --naam/);
    misused('account add cees --role lezer --take', /add takes no --take/);
    misused('account add cees --role lezer --second-factor', /add takes no --second-factor/);
    misused('account list cees', /list takes no name/);
    misused('account list --consultation klein', /list takes no --consultation/);
    misused('account role bram', /^say with --role which role$/m);
    misused('account disable bram --role lezer', /takes no --role/);
    misused('account disable bram --consultation biotechnologie-2026', /disable takes no --consultation/);
    misused('account reset bram --take', /reset takes no --take/);
    done(run('account --help'), 0, { out: /^usage: zevenstem account add/ });
    assert.equal(service.sql('SELECT count(*) FROM zs.audit_event'), lines);
  });
});

describe('key', () => {
  const listed = (label) => run('key list').out.split('\n').find((line) => line.includes(label));

  test('issue prints a key alone, once; list never does', () => {
    const { out, err } = done(run('key issue --scopes inname,analist --purpose onderzoek --days 5', '--label', 'een universiteit'), 0, { out: /^zs_[A-Za-z0-9_-]{32}\n$/ });
    assert.match(err, /^services that run take it within a few seconds$/m);
    assert.match(listed('een universiteit'), /^ +\d+ {2}een universiteit +inname,analist +\d{4}-\d\d-\d\d\.\.\d{4}-\d\d-\d\d {2}for every consultation {2}never used {2}onderzoek$/);
    assert.ok(!run('key list').out.includes(out.trim()));
    assert.equal(service.sql("SELECT count(*) FROM zs.api_key WHERE label = 'een universiteit' AND octet_length(hash) = 32 AND expires_at BETWEEN now() + '119 hours' AND now() + '120 hours'"), '1');
    done(run('key issue --scopes inname --label hier --consultation biotechnologie-2026'), 0);
    assert.match(listed('hier'), / {2}for biotechnologie-2026 {2}never used {2}\(no purpose\)$/);
    done(run('key issue --scopes inname --label nergens --consultation nergens'), 1, { err: /^there is no consultation nergens$/m });
    assert.equal(listed('nergens'), undefined);
    done(run('key issue --scopes inname,inname --label dubbel'), 0);
    assert.equal(service.sql("SELECT scopes FROM zs.api_key WHERE label = 'dubbel'"), '{inname}');
  });

  test('revoke ends one, once', () => {
    const id = listed('een universiteit').trim().split(/\s+/)[0];
    done(run(`key revoke ${id}`), 0, { out: new RegExp(`^key ${id} is revoked\n$`) });
    assert.match(listed('een universiteit'), / {2}revoked$/);
    const again = done(run(`key revoke ${id}`), 1, { err: new RegExp(`there is no valid key ${id}$`, 'm') });
    assert.equal(again.out, '');
    done(run('key revoke 2147483647'), 1, { err: /there is no valid key 2147483647/ });
    assert.equal(audited('key.revoke'), 1);
  });

  test('shows what somebody wrote, and no terminal obeys it', () => {
    done(run('key issue --scopes inname', '--label', 'rood\u001b[31m\u009b1m\nregel'), 0);
    assert.match(listed('rood'), /^ +\d+ {2}rood\?\[31m\?1m\?regel /);
  });

  test('is not tried when the call makes no sense', () => {
    const keys = service.sql('SELECT count(*) FROM zs.api_key');
    misused('key', /too few arguments/);
    misused('key geef', /issue, list or revoke/);
    misused('key issue --label x', /--scopes/);
    misused('key issue --scopes inname', /--label/);
    misused('key issue --scopes alles --label x', /unknown scope alles: choose from analist, inname, microdata, gesprekken, tafel, transcripties\n/);
    misused('key issue --scopes inname --label x --days 0', /1 to 3660/);
    misused('key issue --scopes inname --label x --consultation', /which one/, '');
    misused('key issue --scopes inname --label x --days 3661', /1 to 3660/);
    misused('key issue --scopes inname --label x --days morgen', /1 to 3660/);
    misused('key issue --scopes inname', /the label has 1 to 200 characters/, '--label', '');
    misused('key issue --scopes inname', /the label has 1 to 200 characters/, '--label', 'é'.repeat(201));
    misused('key issue --scopes analist --label x', /--purpose/);
    misused('key list --label x', /list takes no --label/);
    misused('key list 1', /issue, list or revoke/);
    misused('key revoke', /the number that key list shows/);
    misused('key revoke een', /the number that key list shows/);
    misused('key revoke 1 --days 3', /revoke takes no --days/);
    done(run('key --help'), 0, { out: /^usage: zevenstem key issue/ });
    for (const scope of run('key --help').out.match(/^ {2}[a-z]+ {2,}\S/gm).map((line) => line.trim().split(' ')[0])) {
      misused(`key issue --scopes ${scope} --label x --days 0`, /1 to 3660/);
      assert.ok(openapi.info.description.split('## ')[1].includes(`\`${scope}\` (`), `openapi.json says what ${scope} is for`);
    }
    assert.equal(service.sql('SELECT count(*) FROM zs.api_key'), keys);
  });
});

// What is printed once and cannot be written is lost: that is no success.
test('a secret that could not be printed is told', () => {
  for (const words of [['key', 'issue', '--scopes', 'inname', '--label', 'vol'], ['account', 'add', 'vera', '--role', 'lezer'], ['key', 'list']]) {
    done(service.run(words, '', { stdout: '/dev/full' }), 1, { err: /could not be written: No space left on device/ });
  }
});

describe('retention run', () => {
  const stands = () => service.sql(`SELECT count(*) FROM zs.response WHERE answers <> ''`);
  // Each as text and as JSON; the text comes last.
  const written = () => readdirSync(join(service.folder, STATEMENTS)).filter((name) => name.endsWith('.txt'));
  const drafts = () => service.sql('SELECT count(*) FROM zs.draft');

  before(async () => {
    service.signal('SIGTERM'); // it would destroy them too
    await service.end();
    const person = JSON.stringify({ variant: 'kern', toepassing_toegewezen_1: 'vaccins', 'houding-algemeen': 'goed', gender: 'vrouw' });
    writeFileSync(join(service.folder, 'mensen.jsonl'), Array(3).fill(person).join('\n'));
    for (const round of [ROUND, DUE, HELD]) {
      service.must('import', 'responses', join(service.folder, 'mensen.jsonl'), '--round', round, '--channel', 'api');
    }
    service.sql(`INSERT INTO zs.draft (draft_id, round_id, revision, page, day, sealed) SELECT decode(md5(code), 'hex'), id, 1, 1, current_date - 400, '\\x00' FROM zs.round WHERE code = '${ROUND}'`);
  });

  test('with nothing due says so', () => {
    done(run('retention run --dry-run'), 0, { out: /^1 drafts are past their time\nnothing was changed\n$/ });
    assert.equal(drafts(), '1');
    done(run('retention run'), 0, { out: /^no round was destroyed\n1 drafts past their time are erased\nvacuumed\n$/ });
    assert.deepEqual([drafts(), stands(), written().length], ['0', '9', 0]);
    assert.equal(service.sql("SELECT result || ' ' || details::text FROM zs.audit_event WHERE action = 'retention.run'"), 'ok {"rounds": 0, "drafts": 1}');
  });

  test('says with --dry-run what it would destroy, and changes nothing', () => {
    service.sql(`UPDATE zs.round SET opens_at = now() - interval '60 days', closes_at = now() - interval '30 days', destruction_date = current_date WHERE code IN ('${DUE}', '${HELD}')`);
    service.must('retention', 'hold', HELD, '--reason', 'woo', '--note', 'verzoek 2026-17');
    const lines = service.sql('SELECT count(*) FROM zs.audit_event');
    const { out } = done(run('retention run --dry-run'), 0, { out: new RegExp(`^round ${DUE} would be destroyed\n {2}3 responses, 0 open answers, 0 drafts`, 'm') });
    assert.match(out, new RegExp(`^round ${HELD} is held \\(woo: verzoek 2026-17\\) and stays$`, 'm'));
    assert.match(out, /^nothing was changed$/m);
    assert.deepEqual([stands(), written().length, service.sql('SELECT count(*) FROM zs.audit_event')], ['9', 0, lines]);
  });

  test('destroys what is due and not held, once, with a statement', () => {
    const { out } = done(run('retention run'), 0, { out: new RegExp(`^round ${DUE} is destroyed\n {2}3 responses`, 'm') });
    assert.match(out, new RegExp(`^round ${HELD} is held`, 'm'));
    assert.match(out, /^1 statement of destruction written into /m);
    assert.match(out, /^vacuumed$/m);
    assert.deepEqual([stands(), written().length], ['6', 1]);
    assert.ok(readFileSync(join(service.folder, STATEMENTS, written()[0]), 'utf8').includes(DUE));
    done(run('retention run'), 0, { out: /^no round was destroyed$/m });
    assert.deepEqual([stands(), written().length], ['6', 1]);
    assert.equal(Number(service.sql(`SELECT count(*) FROM zs.audit_event WHERE object = 'round:${DUE}' AND action LIKE '%destroy%' AND result = 'ok'`)), 1);
  });

  test('keeps messages to the table that an order is about, and destroys the others with a statement', () => {
    service.sql(`INSERT INTO zs.message (sender, language, body, received_day, destroy_day, code_hash) SELECT 'burger', 'nl', 'Bericht ' || n, current_date - 800, current_date - 1, sha256(int8send(n)) FROM generate_series(1, 3) AS n`);
    done(run('retention hold bericht:9 --reason woo --note verzoek'), 1, { err: /there is no round, consultation or message bericht:9/ });
    service.must('retention', 'hold', 'bericht:2', '--reason', 'kamer', '--note', 'vraag 12');
    done(run('retention holds'), 0, { out: /^ +2 {2}bericht:2 +kamer /m });
    done(run('retention run --dry-run'), 0, { out: /^2 messages to the table would be destroyed\n1 messages to the table past their time are held and stay$/m });
    const { out } = done(run('retention run'), 0, { out: /^2 messages to the table past their time are destroyed\n1 messages to the table past their time are held and stay$/m });
    assert.match(out, /^1 statement of destruction written into /m);
    assert.equal(service.sql('SELECT string_agg(coalesce(body, state), $$ $$ ORDER BY id) FROM zs.message'), 'vernietigd Bericht 2 vernietigd');
    const text = readFileSync(join(service.folder, STATEMENTS, 'verklaring-van-vernietiging-berichten_1.txt'), 'utf8');
    assert.match(text, /^- berichten van burgers: 2$/m);
    assert.match(text, /^Nummers: 1, 3$/m);
    assert.doesNotMatch(text, /Bericht 1/);
    service.must('retention', 'release-hold', '2');
    done(run('retention run'), 0, { out: /^1 messages to the table past their time are destroyed$/m });
  });

  test('fails when a statement cannot be written, and keeps it for the next run', () => {
    service.must('retention', 'release-hold', '1');
    done(run('retention release-hold 1'), 1, { err: /there is no hold 1 that stands/ });
    const config = readFileSync(join(service.folder, 'zevenstem.conf'), 'utf8');
    writeFileSync(join(service.folder, 'nowhere.conf'), config.replace(STATEMENTS, 'bestaat-niet'));
    done(run('retention run --config', join(service.folder, 'nowhere.conf')), 1, { err: /a statement of destruction could not be written/ });
    assert.equal(service.sql("SELECT result FROM zs.audit_event WHERE action = 'retention.run' ORDER BY id DESC LIMIT 1"), 'failed');
    done(run('retention run'), 0, { out: /^1 statement of destruction written into /m });
    assert.deepEqual([stands(), written().length], ['3', 4]);
  });

  test('is not tried when the call makes no sense', () => {
    misused('retention', /too few arguments/);
    misused('retention vernietig', /run, hold, release-hold/);
    misused('retention run alles', /run, hold, release-hold/);
    misused('retention run --force', /unknown option --force/);
    misused('retention run --reason woo', /run takes no --reason/);
    misused('retention holds --dry-run', /holds takes no --dry-run/);
    misused('retention hold --reason woo', /run, hold, release-hold/);
    done(run(`retention hold ${ROUND} --reason zomaar --note x`), 2, { err: /woo, kamer or rechter/ });
    done(run(`retention hold ${ROUND} --reason woo`), 2, { err: /--note/ });
    done(run(`retention hold bestaat-niet --reason woo --note x`), 1, { err: /there is no round, consultation or message bestaat-niet/ });
    done(run('retention --help'), 0, { out: /^usage: zevenstem retention run/ });
  });
});

// An option that a verb would have ignored is refused: who gave it meant something by it.
describe('offer, release, weights and consultation', () => {
  test('are not tried with what their verb does not take', () => {
    const key = join(service.folder, 'sleutel');
    const lines = service.sql('SELECT count(*) FROM zs.audit_event');
    misused(`offer keypair ${key} --key x`, /keypair takes no --key/);
    misused(`offer export ${key} --key x`, /export takes no --key/);
    misused(`offer keypair ${key} --config x`, /not understood: offer keypair/);
    misused(`offer open ${key}`, /not understood: offer open/);
    assert.equal(existsSync(key), false);
    misused('report', /usage: zevenstem report/);
    misused('report schrijf', /make, list, export, verify, key or notify/);
    misused('report make', /say with --round or --year what it is of/);
    misused(`report make --round ${ROUND} --year 2026`, /say with --round or --year what it is of/);
    misused('report make --year 1999', /--year takes a year from 2026 on/);
    misused(`report make --round ${ROUND} --consultation x`, /--consultation goes with --year/);
    misused('report list --number 1', /list takes no --number/);
    misused('report export --number 1', /with --out where to/);
    misused('report verify', /name the file of the report/);
    misused('report key extra', /one too many/);
    done(run(`report make --round nergens`), 1, { err: /there is no round nergens/ });
    done(run(`report make --round ${ROUND}`), 1, { err: /has no release that everybody may see/ });
    done(run(`report export --number 1 --out ${join(service.folder, 'rapport.json')}`), 1, { err: /no report 1 was made public/ });
    done(run('report verify /nergens.json'), 1, { err: /nergens\.json: No such file/ });
    done(run('report key'), 0, { out: /^Ed25519 [A-Za-z0-9_-]{43} {2}id [0-9a-f]{16}\n-----BEGIN PUBLIC KEY-----/ });
    misused(`release make --round ${ROUND} --number 1`, /make takes no --number/);
    misused(`release list --dry-run`, /list takes no --dry-run/);
    misused(`release list --number 1`, /list takes no --number/);
    misused(`release show --round ${ROUND} --dry-run`, /show takes no --dry-run/);
    misused(`release show --round ${ROUND} --number een`, /--number takes the number of a release/);
    misused('release make', /say with --round which round/);
    misused(`release maak --round ${ROUND}`, /make, list or show/);
    misused(`weights list --round ${ROUND} --stream panel`, /list takes no --stream/);
    misused(`weights show --round ${ROUND} --stream panel`, /show takes no --stream/);
    misused(`weights show --round ${ROUND} --margins geslacht`, /show takes no --margins/);
    misused(`weights make --round ${ROUND} --version 1`, /make takes no --version/);
    misused(`weights show --round ${ROUND} --version 0`, /--version takes the number of a version/);
    misused('weights make', /say with --round which round/);
    misused(`consultation open ${ROUND} --comments`, /open takes no --comments/);
    misused(`consultation close ${ROUND} --interim openbaar`, /close takes no --interim/);
    misused('consultation status --closes-at 2030-01-01T00:00:00Z', /status takes no --closes-at/);
    misused(`consultation pilot ${ROUND} --interim openbaar`, /pilot takes no --interim/);
    misused(`consultation amend ${ROUND} --comments`, /amend takes no --comments/);
    misused(`consultation opens ${ROUND}`, /not understood: consultation opens/);
    assert.equal(service.sql('SELECT count(*) FROM zs.audit_event'), lines);
  });
});

describe('coding export', () => {
  const folder = () => service.folder;
  const into = (name) => join(folder(), name);
  const out = (format, name, ...more) => run(`coding export --round ${CODED} --format ${format} --out ${into(name)} --purpose`, 'nader onderzoek', ...more);
  const TEXT = 'Het is niet natuurlijk, zei "Jan".';

  before(() => {
    writeFileSync(into('mensen.jsonl'), `${JSON.stringify({ variant: 'kern', toepassing_toegewezen_1: 'kweekvlees', kweekvlees_waarom: TEXT })}\n`);
    service.must('import', 'responses', into('mensen.jsonl'), '--round', CODED, '--channel', 'api');
  });

  test('writes nothing of a round of which nothing was planned', () => {
    assert.equal(done(out('csv', 'vroeg.csv'), 1, { err: new RegExp(`^nothing was planned to be coded in ${CODED}$`, 'm') }).out, '');
    assert.equal(existsSync(into('vroeg.csv')), false);
    assert.equal(audited('coding.export'), 0);
  });

  test('follows a code book that was kept for the consultation', () => {
    done(run('codebook publish zeven-waarden --consultation nergens'), 1, { err: /there is no consultation nergens/ });
    done(run('codebook publish zeven-waarden --consultation biotechnologie-2026'), 0, { out: /^code book zeven-waarden version 1 is kept for biotechnologie-2026$/m });
    done(run('codebook publish zeven-waarden --consultation biotechnologie-2026'), 0, { out: /version 1 was kept before/ });
    done(run('codebook list --consultation biotechnologie-2026'), 0, { out: /^zeven-waarden +version 1  .*Codeboek/m });
    done(run('codebook check zeven-waarden'), 0, { out: /^zeven-waarden: version 1, \d+ codes, \d+ applications, no faults$/m });
    misused('codebook publish zeven-waarden', '');
    assert.equal(audited('codebook.keep'), 1);
  });

  test('gives a record for each coding, a project, or the code book, and tells the audit log why', () => {
    service.sql(`INSERT INTO zs.coder (outside_guid, name) VALUES (decode(repeat('ab', 16), 'hex'), 'Cora');
      INSERT INTO zs.coding_plan (round_id, book_version, bar, changed_by) SELECT r.id, v.id, 0.667, 'a' FROM zs.round AS r, zs.code_book_version AS v WHERE r.code = '${CODED}';
      INSERT INTO zs.coding_batch (round_id, number, source, share, created_by) SELECT id, 1, 'ingelezen', 0, 'a' FROM zs.round WHERE code = '${CODED}';
      INSERT INTO zs.coding_task (batch_id, round_id, passage_id, coder_id, position, place) SELECT b.id, b.round_id, e.id, c.id, 1, 1 FROM zs.coding_batch AS b JOIN zs.evidence AS e ON e.round_id = b.round_id, zs.coder AS c;
      INSERT INTO zs.coding (round_id, passage_id, coder_id, book_version, start_at, end_at, value_bits, counts, codes, method) SELECT t.round_id, t.passage_id, t.coder_id, p.book_version, 12, 34, 8, true, '{natuurlijkheid}', 'enquete' FROM zs.coding_task AS t JOIN zs.coding_plan AS p ON p.round_id = t.round_id`);
    writeFileSync(into('codes.csv'), 'van eerder');
    // The first time the transaction is to be run again: nothing stands in the file twice.
    service.sql(`CREATE SEQUENCE public.times; GRANT USAGE ON public.times TO zs_staff;
      CREATE FUNCTION public.fail_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF nextval('public.times') = 1 THEN RAISE serialization_failure; END IF; RETURN NEW; END $$;
      CREATE TRIGGER fail_once BEFORE INSERT ON zs.audit_event FOR EACH ROW WHEN (NEW.action = 'coding.export') EXECUTE FUNCTION public.fail_once()`);
    done(out('csv', 'codes.csv'), 0, { out: /codes\.csv: 1 codings$/m });
    const [head, record, end, ...more] = readFileSync(into('codes.csv'), 'utf8').split('\r\n');
    assert.match(head, /^codering,passage,methode,.*,memo,citeren,tekst,ingehouden,onder_de_grens$/);
    assert.match(record, /^\d+,\d+,enquete,,,Codeur 1,12,34,natuurlijkheid,,,,,,,ja,nee,,,"natuurlijk, zei ""Jan""\.",,$/);
    assert.deepEqual([end, more], ['', []]);
    assert.equal(service.sql('SELECT last_value FROM public.times'), '2');
    assert.equal(statSync(into('codes.csv')).mode & 0o777, 0o600);
    done(out('qdpx', 'codes.qdpx'), 0, { out: /codes\.qdpx: 1 codings on 1 texts$/m });
    const project = execFileSync('unzip', ['-p', into('codes.qdpx')], { encoding: 'utf8' });
    assert.ok(project.includes(TEXT));
    assert.match(project, /<PlainTextSelection [^>]*startPosition="12" endPosition="34"/);
    done(out('qdc', 'codes.qdc'), 0, { out: /codes\.qdc$/m });
    assert.match(readFileSync(into('codes.qdc'), 'utf8'), /<CodeBook [^]*name="Natuurlijkheid"/);
    assert.doesNotMatch(readFileSync(into('codes.qdc'), 'utf8'), /Jan/);
    assert.deepEqual(readdirSync(folder()).filter((name) => name.startsWith('codes.')).sort(), ['codes.csv', 'codes.qdc', 'codes.qdpx']);
    assert.equal(service.sql("SELECT string_agg(object || details::text, ' ' ORDER BY id) FROM zs.audit_event WHERE action = 'coding.export'"), [
      `round:${CODED}{"formaat":"csv","doel":"nader onderzoek","coderingen":1,"ingehouden":0}`,
      `round:${CODED}{"formaat":"qdpx","doel":"nader onderzoek","coderingen":1,"ingehouden":0}`,
      `round:${CODED}{"formaat":"qdc","doel":"nader onderzoek"}`,
    ].join(' '));
  });

  test('is not done where it cannot be written, or of a round that is not there', () => {
    done(out('csv', 'er-niet/codes.csv'), 1, { err: /codes\.csv: No such file or directory/ });
    done(run(`coding export --round bestaat-niet --format csv --out ${into('x.csv')} --purpose x`), 1, { err: /there is no round bestaat-niet/ });
    assert.equal(audited('coding.export'), 3);
  });

  test('is not tried when the call makes no sense', () => {
    misused('coding', /too few arguments/);
    misused(`coding import --round ${CODED} --format csv --out x --purpose x`, /import takes no --format/);
    misused(`coding import --round ${CODED}`, '');
    misused('coding import x.qdpx', '');
    misused(`coding import x.qdpx --round ${CODED} --source elders`, '');
    misused(`coding export --round ${CODED} --format pdf --out x --purpose x`, '');
    misused(`coding export --round ${CODED} --format csv --out x`, '');
    done(run(`coding export --round ${CODED} --format csv --out x --purpose`, 'een\ntwee'), 2, { err: /purpose/ });
    done(run('coding --help'), 0, { out: /^usage: zevenstem coding export/ });
  });
});

describe('coding import', () => {
  const into = (name) => join(service.folder, name);
  const take = (name, ...more) => run(`coding import ${into(name)} --round ${CODED}`, ...more);
  const stands = () => service.sql('SELECT (SELECT count(*) FROM zs.coding), (SELECT count(*) FROM zs.coding_task), (SELECT count(*) FROM zs.coding_batch), (SELECT count(*) FROM zs.code_book_version)');
  const GUID = (n) => `11111111-0000-4000-8000-00000000000${n}`;
  const book = (codes, space = 'codebook:1.0') => `<?xml version="1.0" encoding="utf-8"?>\n<CodeBook xmlns="urn:QDA-XML:${space}" origin="Elders"><Codes>${codes}</Codes></CodeBook>`;
  const code = (n, name, inside = '') => `<Code guid="${GUID(n)}" name="${name}" isCodable="true">${inside}</Code>`;

  test('adds what stands here no more, and not what does', () => {
    done(take('codes.qdpx', '--dry-run'), 0, { out: /^1 codings stand here already\ndry run: 0 texts, 0 turns, 0 codings$/m });
    service.sql('DELETE FROM zs.coding; DELETE FROM zs.coding_task; DELETE FROM zs.coding_batch');
    done(take('codes.qdpx', '--dry-run'), 0, { out: /^coder: Codeur 1 is Cora, 1 codings\ndry run: 0 texts, 0 turns, 1 codings$/m });
    assert.equal(stands(), '0|0|0|1');
    assert.equal(audited('coding.import'), 0);
    done(take('codes.qdpx'), 0, { out: /^loaded: 0 texts, 0 turns, 1 codings$/m });
    assert.equal(stands(), '1|1|1|1');
    assert.match(service.sql("SELECT object || details::text FROM zs.audit_event WHERE action = 'coding.import'"), new RegExp(`^round:${CODED}\\{"sha256":"[0-9a-f]{64}","teksten":0,"beurten":0,"coderingen":1\\}$`));
    done(run(`coding export --round ${CODED} --format qdpx --out ${into('again.qdpx')} --purpose x`), 0);
    assert.ok(readFileSync(into('again.qdpx')).equals(readFileSync(into('codes.qdpx'))), 'export, import, export is the same');
  });

  test('makes a code book the next version, and tells what changes', () => {
    writeFileSync(into('boek.qdc'), book(code(1, 'Zorgen', code(2, 'Prijs')) + code(3, 'Natuurlijkheid', code(4, 'Zoals oma'))));
    done(take('boek.qdc', '--dry-run'), 0, { out: /^new: Zorgen\nnew: Prijs\n.*^new: Zoals oma\n.*^dry run: 3 new, 0 changed, 0 moved codes$/ms });
    assert.equal(stands(), '1|1|1|1');
    done(take('boek.qdc'), 0, { out: /^3 new, 0 changed, 0 moved codes: code book zeven-waarden version 2 is kept$/m });
    assert.equal(stands(), '1|1|1|2');
    writeFileSync(into('lang.qdc'), book(code(1, 'x'.repeat(121))));
    const refused = done(take('lang.qdc'), 1, { err: /^nothing was kept: 1 codes stand in the way$/m });
    assert.match(refused.out, /REFUSED, its name has more than 120 characters: xxx/);
    assert.equal(stands(), '1|1|1|2');
  });

  test('says what is wrong with a file, and loads nothing of it', () => {
    const bad = (bytes, err) => {
      writeFileSync(into('slecht.qdc'), bytes);
      assert.equal(done(take('slecht.qdc'), 1, { err }).out, '');
    };
    bad(book(code(1, '&a;')).replace('?>', '?><!DOCTYPE CodeBook [<!ENTITY a SYSTEM "file:///etc/passwd">]>'), /slecht\.qdc: .*declares a document type/);
    bad(book(code(1, 'x'), 'codebook:2.0'), /or of a newer version/);
    bad('<html></html>', /no project and no code book of REFI-QDA 1/);
    bad(Buffer.from(book(code(1, 'café')), 'latin1'), /its XML is not well-formed/);
    bad(book(code(1, 'x') + code(1, 'y')), /stands twice/);
    bad(book('').replace('<Codes></Codes>', ''), /it has no codes/);
    bad(Buffer.concat([readFileSync(into('codes.qdpx')).subarray(0, 400)]), /no whole QDPX/);
    bad(Buffer.alloc(20 * 1024 * 1024 + 1, 32), /slecht\.qdc: larger than 20480 KiB/);
    done(run(`coding import ${into('er-niet.qdpx')} --round ${CODED}`), 1, { err: /er-niet\.qdpx: No such file or directory/ });
    done(run(`coding import ${into('codes.qdpx')} --round bestaat-niet`), 1, { err: /there is no round bestaat-niet/ });
    assert.equal(stands(), '1|1|1|2');
    assert.equal(audited('coding.import'), 1);
  });
});

// One line that says what was wrong, before how it is called.
test('a call that is not understood is told why', () => {
  const to = join(service.folder, 'uit.zip');
  misused(`import responses x --round ${ROUND} --channel fax`, /^--channel takes papier, telefoon or api, not fax$/m);
  misused('import responses x', /^say with --round which round$/m);
  misused(`import responses x --round ${ROUND} --batch`, /^--batch takes a name/m, '');
  misused(`export responses --round ${ROUND} --format pdf --out x --purpose x`, /^--format takes csv, /m);
  misused(`export responses --round ${ROUND} --format csv --out x --purpose x --k 0`, /^--k takes a whole number from 5 to \d+$/m);
  misused(`export responses --round ${ROUND} --format csv --out x`, /^say with --purpose what the export is for/m);
  misused(`export responses --round ${ROUND} --format csv --out x --purpose x --language fr`, /^--language takes nl or en$/m);
  misused('export alles', /^not understood: export responses$/m);
  misused(`book --round ${ROUND} --format pdf --out x`, /^say with --format whether xlsx or ods$/m);
  misused('book --format xlsx --out x', /^say with --round which round$/m);
  misused(`book --round ${ROUND} --format xlsx --out x --view iedereen`, /^--view takes analist or openbaar$/m);
  misused('archive make --consultation biotechnologie-2026', /^say with --to which file to write$/m);
  misused(`archive make --to ${to}`, /^say with --consultation which consultation$/m);
  misused('archive maak', /^not understood: /m);
  misused(`woo file --to ${to}`, /^say of what it is, with one of --signal, --meeting and --round$/m);
  misused(`woo file --signal 1 --meeting 1 --to ${to}`, /^say of what it is/m);
  misused(`woo package --signal 1 --to ${to}`, /^package takes --round/m);
  misused('woo dossier', /^not understood: file or package$/m);
  misused('agenda schrijf', /^not understood: check, publish or list$/m);
  misused('agenda check', /^name the file to check$/m);
  misused('agenda list --consultation x', /^--consultation is not of this command$/m);
  misused('codebook schrijf', /^not understood: check, publish or list$/m);
  misused('codebook list', /^say with --consultation which consultation$/m);
  misused('guide list x --consultation y', /^list takes no file$/m);
  misused('coding schrijf', /^not understood: export or import$/m);
  misused('opendata schrijf', /^not understood: publish or list$/m);
  misused('example schrijf', /^not understood: load or make$/m);
  misused('example make --people veel', /^--seed takes a whole number/m);
  misused('campaigns', /^say with --round which round$/m);
  done(run('retention run --without-archive', ''), 2, { err: /^--without-archive takes one line of 1 to 500 characters$/m });
  assert.ok(!existsSync(to));
});

// Documents and records are checked by what answers in Dutch too.
test('commands speak English', () => {
  const write = (name, text) => {
    writeFileSync(join(service.folder, name), text);
    return join(service.folder, name);
  };
  const says = (words, err) => {
    const told = service.run(words).err;
    assert.match(told, err);
    assert.doesNotMatch(told, /\b(?:een|niet|geen|deze|heeft|hier)\b/i, words.join(' '));
  };
  says(['consultation', 'check', '/nergens.json'], /^\S+nergens\.json: The file cannot be read: No such file or directory\.$/m);
  says(['consultation', 'check', write('leeg.json', '{}')], /: Give this member: it has to be there\.$/m);
  says(['consultation', 'check', write('half.json', '{\n')], /: Mend the JSON at line 2, character 0: /m);
  says(['agenda', 'check', write('agenda.json', '{"code": 3}')], /#\/code: Give a text here\.$/m);
  says(['guide', 'check', write('leidraad.json', '[')], /: Mend the JSON at line 1, character 1: /m);
  says(['codebook', 'check', write('boek.json', '{"code": "A B", "colour": 1}')], /#\/colour: Leave this member out: it is not known here\.$/m);
  says(['woo', 'file', '--signal', '9999', '--to', join(service.folder, 'geen.zip')], /^there is no signal 9999$/m);
  says(['import', 'responses', write('fout.jsonl', '{"variant": "kern", "houding-algemeen": "roze"}\n'), '--round', CODED], /fout\.jsonl:1: \/houding-algemeen This is no answer of this variable\. /m);
});

test('help is the same however it is asked for', () => {
  const all = done(run('--help'), 0, { out: /^usage: zevenstem COMMAND/ }).out;
  assert.equal(done(run('-h'), 0).out, all);
  assert.equal(done(run('help'), 0).out, all);
  const one = done(run('migrate --help'), 0, { out: /^usage: zevenstem migrate status/ }).out;
  assert.equal(done(run('migrate -h'), 0).out, one);
  assert.equal(done(run('help migrate'), 0).out, one);
  done(run('help vlieg'), 2, { err: /^unknown command: vlieg$/m });
});

test('what is not there is another thing than a list that is empty', () => {
  done(run('release list --round nergens'), 1, { err: /^there is no round nergens$/m });
  done(run(`release list --round ${ROUND}`), 0, { out: /^no release of this round yet$/m });
  done(run(`release show --round ${ROUND}`), 1, { err: new RegExp(`^round ${ROUND} has no release yet$`, 'm') });
  done(run(`release show --round ${ROUND} --number 3`), 1, { err: new RegExp(`^round ${ROUND} has no release 3$`, 'm') });
  done(run('release show --round nergens'), 1, { err: /^there is no round nergens$/m });
  done(run('weights list --round nergens'), 1, { err: /^there is no round nergens$/m });
  done(run(`weights list --round ${ROUND}`), 1, { err: new RegExp(`^round ${ROUND} has no weights yet$`, 'm') });
  done(run(`weights show --round ${ROUND} --version 2`), 1, { err: new RegExp(`^round ${ROUND} has no version 2 of weights$`, 'm') });
  for (const what of ['codebook', 'guide']) {
    done(run(`${what} list --consultation nergens`), 1, { err: /^there is no consultation nergens$/m });
  }
  done(run('guide list --consultation biotechnologie-2026'), 0, { out: /^consultation biotechnologie-2026 has no guides yet$/m });
  done(run(`archive make --consultation nergens --to ${join(service.folder, 'geen.zip')}`), 1, { err: /^there is no consultation nergens, or its data are invented/m });
});

// Commands say on standard output what came of it; the log is for what went wrong, unless the configuration asks for more.
test('the log of a command is quiet', () => {
  for (const command of ['account list', `release list --round ${ROUND}`, 'opendata list', 'consultation status', 'weights list --round nergens']) {
    assert.doesNotMatch(run(command).err, /event=/, command);
  }
  const loud = join(service.folder, 'loud.conf');
  writeFileSync(loud, `${readFileSync(join(service.folder, 'zevenstem.conf'), 'utf8')}[log]\ncommand_level = info\n`);
  assert.match(run(`opendata list --config ${loud}`).err, /level=info event=survey\.rounds /);
});

describe('a round that runs', () => {
  const closes = () => service.sql(`SELECT to_char(closes_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') FROM zs.round WHERE code = '${ROUND}'`);
  const status = () => service.sql(`SELECT status FROM zs.round WHERE code = '${ROUND}'`);

  test('tells the one reason why it is not released', () => {
    done(run(`release make --round ${ROUND}`), 1, { err: new RegExp(`^round ${ROUND} may not be told of: it takes answers until ${closes()}, and its tussenstand is not openbaar$`, 'm') });
  });

  test('tells the one reason why it is not changed', () => {
    const amend = (text, code, told) => done(run(`consultation amend ${ROUND} ${text}`), code, told);
    const stays = (why) => ({ err: new RegExp(`^round ${ROUND} stays as it is: ${why}$`, 'm') });
    amend('--closes-at 2020-01-01T00:00:00Z', 1, stays('that time has passed'));
    amend('--closes-at 2200-01-01T00:00:00Z', 1, stays('its answers are destroyed on \\d{4}-\\d\\d-\\d\\d'));
    amend('--interim analisten', 0, { out: new RegExp(`^round ${ROUND} was so already$`, 'm') });
    amend(`--closes-at ${closes()}`, 0, { out: /was so already/ });
    assert.equal(audited('round.amend'), 0);
  });

  test('is closed before its time by who says that it is meant', () => {
    const lines = service.sql('SELECT count(*) FROM zs.audit_event');
    done(run(`consultation close ${ROUND}`), 1, { err: new RegExp(`^round ${ROUND} is to take answers until ${closes()}, and closes then by itself\\. .*say --now`, 'm') });
    assert.equal(status(), 'open');
    assert.equal(service.sql('SELECT count(*) FROM zs.audit_event'), lines);
    misused(`consultation open ${ROUND} --now`, /open takes no --now/);
    done(run('consultation close nergens'), 1, { err: /there is no round nergens/ });
    done(run(`consultation close ${ROUND} --now`), 0, { out: new RegExp(`^round ${ROUND} is closed$`, 'm') });
    assert.equal(status(), 'closed');
    done(run(`consultation close ${ROUND}`), 0, { out: /was closed already/ });
    done(run(`consultation amend ${ROUND} --interim openbaar`), 1, { err: /stays as it is: it is closed$/m });
  });

  test('is over at its time, and closed after that without more', () => {
    service.sql(`UPDATE zs.round SET opens_at = now() - interval '9 days', closes_at = now() - interval '1 day' WHERE code = '${CODED}'`);
    done(run(`consultation close ${CODED}`), 0, { out: new RegExp(`^round ${CODED} is closed$`, 'm') });
  });

  test('that never had a release is not compared with one', () => {
    done(run(`release make --round ${ROUND}`), 0, { out: /nothing to release yet: in no group did enough people answer$/m });
  });
});

// Every way to the database but `migrate`, `serve` and `doctor`, which look at its schema for themselves.
const TALKERS = ['account list', 'account add wim --role lezer', 'account disable anna', 'account reset anna', 'key list', 'key issue --scopes inname --label x', 'key revoke 1', 'retention run', 'retention run --dry-run', 'codebook list --consultation c', 'coding export --round r --format csv --out /dev/null --purpose x', 'audit list', 'audit head', 'audit verify'];

describe('a database that is away', () => {
  const commands = TALKERS;

  test('is told, and nothing else is', () => {
    for (const command of commands) {
      const result = done(run(`${command} --config`, away), 1, { err: /^connecting failed: the database cannot be reached$/m });
      assert.equal(result.out, '', command);
    }
  });

  test('is another thing than a configuration that is not there, or wrong', () => {
    writeFileSync(join(service.folder, 'wrong.conf'), '[accounts]\nidle_minutes = 1\n');
    for (const command of commands) {
      assert.equal(done(run(`${command} --config /bestaat/niet`), 2, { err: /\/bestaat\/niet/ }).out, '', command);
    }
    done(run('account list --config', join(service.folder, 'wrong.conf')), 2, { err: /idle_minutes/ });
  });
});

// The program was renewed, and the database was not yet: every command says what mends it, before it reads or writes a row.
test('a database with the schema of before is told, with what mends it', () => {
  const owner = process.env.ZEVENSTEM_TEST_DATABASE;
  const name = `commands_older_${process.pid}`;
  const administer = (sql) => execFileSync('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', owner, '-c', sql]);
  const older = join(service.folder, 'older.conf');
  const config = readFileSync(join(service.folder, 'zevenstem.conf'), 'utf8');
  writeFileSync(older, config.replace(/^((?:owner_)?url = .*)dbname=\S+/gm, `$1dbname=${name}`));
  administer(`CREATE DATABASE ${name}`);
  try {
    const told = (why) => {
      for (const command of TALKERS) {
        const result = done(run(`${command} --config`, older), 1, { err: why });
        assert.equal(result.out, '', command);
        assert.doesNotMatch(result.err, /connecting failed|level=error/, command);
      }
    };
    told(/run `zevenstem migrate up`$/m);
    done(run('migrate up --to 30 --config', older), 0);
    told(/^the schema is older than this program: it is at 0030, \d{4} is needed; run `zevenstem migrate up`$/m);
    done(run('migrate up --config', older), 0);
    assert.equal(done(run('account list --config', older), 0).out, '');
  } finally {
    administer(`DROP DATABASE ${name} WITH (FORCE)`);
  }
});

// Deleted rows are on the disk until a vacuum: of codings, conversations and all else that is of a round too.
test('retention run vacuums every table that it deleted from', () => {
  const trial = join(service.folder, 'uitproberen.conf');
  writeFileSync(trial, readFileSync(join(service.folder, 'zevenstem.conf'), 'utf8').replace('[service]', '[service]\ninvented_data = 1'));
  done(run('example load --config', trial), 0);
  service.sql('SELECT zs.passage_words_fill(100000)'); // as the service does
  service.sql(`UPDATE zs.round SET opens_at = now() - interval '60 days', closes_at = now() - interval '30 days', destruction_date = current_date WHERE consultation = 'voorbeeld-verzonnen'`);
  done(run('retention run'), 0, { out: /^vacuumed$/m });
  const tables = (where) => service.sql(`SELECT relname FROM pg_stat_user_tables WHERE schemaname = 'zs' AND n_tup_del > 0 AND ${where} ORDER BY 1`).split('\n').filter(Boolean);
  for (const name of ['coding', 'coding_task', 'conversation', 'participant', 'passage', 'passage_words', 'turn']) assert.ok(tables('true').includes(name), name);
  assert.deepEqual(tables(`last_vacuum IS NULL AND relname NOT LIKE 'account%'`), []);
});

// `migrate up | head` has gone on to its end.
test('who reads what a command prints may leave before it ends', () => {
  const name = `commands_pipe_${process.pid}`;
  const database = process.env.ZEVENSTEM_TEST_DATABASE.replace(/dbname=\S+/, `dbname=${name}`);
  const administer = (sql) => execFileSync('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', process.env.ZEVENSTEM_TEST_DATABASE, '-c', sql]);
  administer(`CREATE DATABASE ${name}`);
  try {
    // The reader is gone before the first line.
    const cut = spawnSync('bash', ['-c', '{ "$0" migrate up --database "$1"; echo "status $?" >&2; } | true', PROGRAM, database], { encoding: 'utf8' });
    assert.match(cut.stderr, /^what was to be printed could not be written: .*\nstatus 1$/m);
    done(run('migrate status --database', database), 0);
  } finally {
    administer(`DROP DATABASE ${name} WITH (FORCE)`);
  }
});

test('audit head says where it went, audit list whose actor is meant', () => {
  const path = join(service.folder, 'anker.json');
  done(run('audit head --out', path), 0, { out: new RegExp(`^wrote ${path}: the head after \\d+ links\n$`) });
  done(run('audit verify --anchor', path), 0, { out: /^1 anchors hold$/m });
  done(run('audit list --actor', `beheerder:${whoIAm()}`), 0, { out: /account\.add/ });
  done(run('audit --help'), 0, { out: /--actor takes\s+the whole name as it stands there: beheerder:root/ });
});

test('audit verify finds all of this linked', () => {
  done(run('audit verify'), 0, { out: /^\d+ links, 0 faults; the head is audit-head:/ });
  done(run('audit verify --anchor', join(service.folder, 'er-niet')), 1, { err: /er-niet: No such file/ });
  misused('audit verify alles', /too many arguments/);
  misused('audit verify --since 2026-01-01', /not understood/);
});
