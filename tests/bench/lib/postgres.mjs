// A throw-away PostgreSQL with the settings that deploy/ recommends, and pgbench against it: the rival.
import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { SECONDS } from './figures.mjs';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const SCRIPT = join(ROOT, 'tests', 'support', 'postgres.sh');
const CLIENTS = 64;
const TICK_US = 10000;
const AGED_LOG_FILES = 60; // of 16 MiB
const LOG_SHARE = 0.25; // of pgbench's transactions whose latency is written down
const run = promisify(execFile);

// As production has it: what the file for a server's conf.d says, but for where it listens.
function recommended() {
  const lines = readFileSync(join(ROOT, 'deploy', 'postgresql', 'zevenstem.conf'), 'utf8').split('\n');
  const settings = lines.map((line) => /^(\w+)\s*=\s*'?([^'#]*?)'?\s*$/.exec(line)).filter(Boolean);
  const own = settings.map(([, name, value]) => [name, value]).filter(([name]) => !['listen_addresses', 'log_line_prefix', 'max_connections'].includes(name));
  return [...own, ['max_connections', '300']].map(([name, value]) => `-c ${name}=${value}`).join(' ');
}

function newestBin() {
  const base = '/usr/lib/postgresql';
  const versions = readdirSync(base).filter((name) => /^\d+$/.test(name));
  return join(base, String(Math.max(...versions.map(Number))), 'bin');
}

export class Postgres {
  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'zsbench-'));
    this.data = join(this.folder, 'c');
    chmodSync(this.folder, 0o711);
    this.removed = false;
    process.on('exit', () => this.remove());
    this.start();
    const found = this.value("SELECT current_setting('fsync') || current_setting('synchronous_commit') || current_setting('full_page_writes')");
    if (found !== 'ononon') throw new Error(`the server does not keep what it confirms: ${found}`);
  }

  start() {
    const env = { ...process.env, ZEVENSTEM_TEST_POSTGRES_OPTIONS: recommended() };
    this.conninfo = execFileSync(SCRIPT, ['start', this.data], { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
    const [, host, port, user] = /host=(\S+) port=(\S+) user=(\S+)/.exec(this.conninfo);
    this.address = ['-h', host, '-p', port, '-U', user];
  }

  // As a power cut: no checkpoint, recovery at the next start.
  crash() {
    execFileSync(SCRIPT, ['crash', this.data]);
  }

  pid() {
    return Number(readFileSync(join(this.data, 'data', 'postmaster.pid'), 'utf8').split('\n')[0]);
  }

  // kill -9 of the server and of everything it started.
  kill() {
    const server = this.pid();
    const processes = [server, ...childrenOf(server)];
    processes.forEach((pid) => killNow(pid));
    const until = Date.now() + 30_000;
    while (processes.some(isThere)) {
      if (Date.now() > until) throw new Error('the server does not die');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }

  remove() {
    if (this.removed) return;
    this.removed = true;
    execFileSync(SCRIPT, ['remove', this.data]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  sql(text) {
    return execFileSync('psql', ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', this.conninfo], { input: text, encoding: 'utf8', maxBuffer: 1 << 28 }).trim();
  }

  value(text) {
    return this.sql(text);
  }

  number(text) {
    return Number(this.sql(text));
  }

  async waitUntil(condition) {
    for (const until = Date.now() + 30_000; this.sql(condition) !== 't'; await sleep(20)) {
      if (Date.now() > until) throw new Error(`never came true: ${condition}`);
    }
  }

  // Microseconds on a processor so far, of the server and all it started. Ticks are coarse, but the kernel makes them add up to what it
  // measured.
  cpuUs() {
    const server = this.pid();
    const [own, ended] = ticksOf(server);
    return [own + ended, ...childrenOf(server).map((pid) => ticksOf(pid)[0])].reduce((sum, ticks) => sum + ticks, 0) * TICK_US;
  }

  // Log files to be written over again, as a server has that has run for a while: making new ones costs as much as filling them.
  age() {
    this.sql(`CREATE TABLE aged (n int); ${'INSERT INTO aged VALUES (1); SELECT pg_switch_wal(); '.repeat(AGED_LOG_FILES)} CHECKPOINT; DROP TABLE aged;`);
  }

  // Both sides of a round begin with a clean slate of dirty pages.
  checkpoint() {
    this.sql('CHECKPOINT');
  }

  // {per_s, p50_ms, p99_ms} of a script, each run of it one transaction; defines are text parameters.
  async pgbench(script, defines = {}, { clients = CLIENTS, seconds = SECONDS } = {}) {
    const folder = mkdtempSync(join(tmpdir(), 'zsrival-'));
    try {
      writeFileSync(join(folder, 'script.sql'), script);
      const words = ['-n', '-M', 'prepared', '-c', clients, '-j', 2, '-T', Math.max(1, Math.round(seconds)), '-f', join(folder, 'script.sql')];
      const log = ['-l', '--log-prefix', join(folder, 'log'), '--sampling-rate', LOG_SHARE];
      const texts = Object.entries(defines).flatMap(([name, value]) => ['-D', `${name}=${value}`]);
      const all = [...words, ...log, ...texts, ...this.address, 'postgres'].map(String);
      const [before, clientBefore] = [this.cpuUs(), childrenUs()];
      const { stdout } = await run(join(newestBin(), 'pgbench'), all, { maxBuffer: 1 << 26 }).catch((error) => {
        throw new Error(`pgbench: ${error.stderr.slice(0, 2000)}`);
      });
      if (!/number of failed transactions: 0 /.test(stdout)) throw new Error(`pgbench: ${stdout}`);
      const latencies = readdirSync(folder)
        .filter((name) => name.startsWith('log'))
        .flatMap((name) => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n').map((line) => Number(line.split(' ')[2])))
        .sort((a, b) => a - b);
      const at = (share) => latencies[Math.floor((latencies.length - 1) * share)] / 1000;
      await this.waitUntil("SELECT count(*) = 0 FROM pg_stat_activity WHERE application_name = 'pgbench'");
      const done = Number(/actually processed: (\d+)/.exec(stdout)[1]);
      if (!(done > 0) || latencies.length === 0) throw new Error(`pgbench did nothing: ${stdout}`);
      return { per_s: Number(/tps = ([\d.]+)/.exec(stdout)[1]), p50_ms: at(0.5), p99_ms: at(0.99), cpu_us: (childrenUs() - clientBefore) / done, server_cpu_us: (this.cpuUs() - before) / done };
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
}

// The fields of a process behind its name; [] when it is gone.
function statOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'latin1').replace(/^.*\) /s, '').split(' ');
  } catch {
    return [];
  }
}

// Of itself, and of the processes that it started and that have ended.
function ticksOf(pid) {
  const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = statOf(pid).slice(11, 15).map(Number);
  return [user + system, endedUser + endedSystem];
}

// Of the processes that this one started and that have ended.
const childrenUs = () => ticksOf('self')[1] * TICK_US;

function childrenOf(parent) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(statOf(name)[1]) === parent)
    .map(Number);
}

function killNow(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

// A zombie counts: PostgreSQL does not start while its old process number is taken.
function isThere(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
