// The product as it is installed: schema, the real consultation open, keys; and instances of its service.
import { execFile, execFileSync, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ROOT } from './postgres.mjs';

const BUILD = process.env.BENCH_BUILD || join(ROOT, 'build');
export const PROGRAM = process.env.BENCH_PROGRAM || join(BUILD, 'release', 'zevenstem');
const STORE = join(BUILD, 'release', 'bench', 'store');
const LOAD = join(BUILD, 'release', 'bench', 'load');
const ROUTES = process.env.BENCH_ROUTES || join(BUILD, 'release', 'bench', 'routes');
export const ROUND = 'biotechnologie-2026-1';
const run = promisify(execFile);

// Whatever happens, nothing that was started here outlives this process.
const children = new Set();
function start(file, words, options) {
  const child = spawn(file, words, options);
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}
process.on('exit', () => children.forEach((child) => child.kill('SIGKILL')));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => process.exit(1));
}

// Nobody here is slowed down; 256 connections stay under seven eighths of what is allowed, from where on each answer closes its own.
const SETTINGS = { threads: 3, connections: 354, requests_per_s: 100000, request_burst: 1000000 };

export class Product {
  constructor(postgres) {
    this.postgres = postgres;
    this.folder = join(postgres.folder, 'product');
    this.secret = join(this.folder, 'root.secret');
    mkdirSync(this.folder);
    this.command('secret', 'generate', this.secret);
    this.command('migrate', 'up');
    const shipped = join(ROOT, 'config', 'consultations', 'biotechnologie-2026.json');
    const now = join(ROOT, 'deploy', 'dev', 'consultation_now.mjs');
    this.command('consultation', 'publish', execFileSync('node', [now, shipped, join(this.folder, 'now')], { encoding: 'utf8' }).trim());
    this.command('consultation', 'open', ROUND);
    this.key = this.command('key', 'issue', '--scopes', 'inname', '--label', 'bench');
    this.roundId = postgres.number(`SELECT id FROM zs.round WHERE code = '${ROUND}'`);
  }

  // file: of a socket to listen on, instead of a port.
  config(port, file) {
    const path = join(this.folder, `${port}.conf`);
    const lines = [
      '[server]', `port = ${port}`, ...(file ? [`listen_address = unix:${file}`] : []), 'public_url = http://127.0.0.1', 'trusted_proxies = 127.0.0.1, unix:', `threads = ${SETTINGS.threads}`, `connections = ${SETTINGS.connections}`,
      '[database]', `url = ${this.postgres.conninfo}`, `owner_url = ${this.postgres.conninfo}`,
      '[secret]', `file = ${this.secret}`,
      '[limits]', `requests_per_s = ${SETTINGS.requests_per_s}`, `request_burst = ${SETTINGS.request_burst}`,
      '[service]', 'organisation = Voorbeeldorganisatie',
    ];
    writeFileSync(path, `${lines.join('\n')}\n`);
    return path;
  }

  command(...words) {
    const env = { ...process.env, ZEVENSTEM_CONFIG: this.config(0) };
    return execFileSync(PROGRAM, words, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 64 * 1024 * 1024 }).trim();
  }

  responses() {
    return this.postgres.number(`SELECT count(*) FROM zs.response WHERE round_id = ${this.roundId}`);
  }

  // On a free port, or the one given; resolves when it is ready.
  async serve(port = 0) {
    const service = new Service(this, port);
    await service.ready();
    return service;
  }

  // The same on a socket file, as behind nginx.
  async serveOnFile() {
    this.files = (this.files ?? 0) + 1;
    const service = new Service(this, 0, join(this.folder, `${this.files}.sock`));
    await service.ready();
    return service;
  }
}

export class Service {
  constructor(product, port, file) {
    this.file = file;
    this.log = join(product.folder, `service-${Date.now()}.log`);
    const env = { ...process.env, ZEVENSTEM_CONFIG: product.config(port, file) };
    const output = openSync(this.log, 'a');
    this.child = start(PROGRAM, ['serve'], { env, stdio: ['ignore', 'pipe', output] });
    this.pid = this.child.pid;
    this.ended = new Promise((done) => this.child.once('exit', (code, signal) => done({ code, signal })));
    this.listening = new Promise((done) => {
      let text = '';
      this.child.stdout.on('data', (piece) => {
        text += piece;
        const found = /listens on (?:http:\/\/[^:]+:(\d+)|unix:\S+)\n/.exec(text);
        if (found) done(Number(found[1]));
      });
    });
  }

  async ready() {
    const gone = this.ended.then(() => {
      throw new Error(`the service ended:\n${readFileSync(this.log, 'utf8').slice(-4000)}`);
    });
    gone.catch(() => {});
    this.port = await Promise.race([this.listening, gone]);
    for (let i = 0; ; i++) {
      if ((await this.statusOf('/gereed')) === 200) return;
      if (i === 600) throw new Error('the service does not get ready');
      await Promise.race([sleep(50), gone]);
    }
  }

  // 0: no answer.
  statusOf(path) {
    const to = this.file ? { socketPath: this.file } : { host: '127.0.0.1', port: this.port };
    return new Promise((done) => {
      const asked = request({ ...to, path, agent: false }, (reply) => reply.resume().on('close', () => done(reply.statusCode)));
      asked.on('error', () => done(0)).end();
    });
  }

  // Options of load for reaching these, and of no others.
  static to(services) {
    const [{ file }] = services;
    return file ? { socket: services.map((service) => service.file).join(',') } : { port: services.map((service) => service.port).join(',') };
  }

  async stop() {
    this.child.kill('SIGTERM');
    const end = await this.ended;
    if (end.code !== 0) throw new Error(`the service did not end well: ${JSON.stringify(end)}\n${readFileSync(this.log, 'utf8').slice(-4000)}`);
  }

  async kill() {
    this.child.kill('SIGKILL');
    await this.ended;
  }

  // Nanoseconds on a processor so far, all threads.
  cpuNs() {
    const tasks = readdirSync(`/proc/${this.pid}/task`);
    return tasks.reduce((sum, task) => sum + Number(readFileSync(`/proc/${this.pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]), 0);
  }

  // Once nothing is going on but what the bench asks for: after a start files of releases are made ahead and published.
  async quiet() {
    const STILL_NS = 10_000_000; // a hundredth of a processor
    for (let wait = 0; wait < 120; wait++) {
      const before = this.cpuNs();
      await new Promise((resolve) => setTimeout(resolve, 1000));
      if (this.cpuNs() - before < STILL_NS) return;
    }
    throw new Error('the service does not come to rest');
  }

  residentBytes() {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'))[1]) * 1024;
  }
}

// ---- load ----

export function httpRequest(method, path, headers, body) {
  const bytes = body === undefined ? Buffer.alloc(0) : Buffer.from(body);
  const lines = { Host: '127.0.0.1', ...headers, ...(body === undefined ? {} : { 'Content-Length': bytes.length }) };
  const head = Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.concat([Buffer.from(`${method} ${path} HTTP/1.1\r\n${head}\r\n`), bytes]);
}

export function writeRequests(path, requests) {
  writeFileSync(path, Buffer.concat(requests.flatMap((request) => [Buffer.from(`${request.length}\n`), request])));
  return path;
}

function words(options) {
  return Object.entries(options).flatMap(([name, value]) => (value === true ? [`--${name}`] : [`--${name}`, String(value)]));
}

// What load says of itself; throws when an answer was not as expected.
export async function load(options) {
  try {
    const { stdout } = await run(LOAD, words(options));
    return JSON.parse(stdout);
  } catch (error) {
    throw new Error(`load: ${error.stdout ?? ''}${error.stderr ?? error}`);
  }
}

// What store says of itself (tests/bench/store.c).
export async function store(product, ...what) {
  try {
    const { stdout } = await run(STORE, [product.config(0), ROUND, ...what].map(String));
    return JSON.parse(stdout);
  } catch (error) {
    throw new Error(`store: ${error.stdout ?? ''}${error.stderr ?? error}`);
  }
}

// The pages of the back office that the service has: {path, scope, query}.
export function staffRoutes(product) {
  const lines = execFileSync(ROUTES, [product.config(0)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim().split('\n');
  return lines.map((line) => line.split(' ')).map(([path, scope, query]) => ({ path, scope, query }));
}

// Codes for responses, as store draws them.
export async function writeCodes(product, path, count) {
  const file = openSync(path, 'w');
  const child = start(STORE, [product.config(0), ROUND, 'codes', String(count)], { stdio: ['ignore', file, 'ignore'] });
  const code = await new Promise((done) => child.once('exit', done));
  closeSync(file);
  if (code !== 0) throw new Error(`store codes ended with ${code}`);
}

// A load that goes on until `stop`, which gives what it says of itself.
export function startLoad(options) {
  const child = start(LOAD, words(options), { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (piece) => (text += piece));
  const ended = new Promise((done) => child.once('exit', (code) => done(code)));
  return {
    async stop() {
      child.kill('SIGTERM');
      const code = await ended;
      if (code !== 0) throw new Error(`load ended with ${code}: ${text}`);
      return JSON.parse(text);
    },
  };
}
