// `make run` a second time, when all is there: how long until it takes answers. The first time, on an empty state, stands beside it.
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { alternate, atMost, write } from './lib/figures.mjs';
import { ROOT } from './lib/postgres.mjs';

const CLUSTER = join(ROOT, 'deploy', 'dev', 'cluster.sh');

function freePort() {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

// Seconds from `make run` to the first request that is taken; ended again afterwards, the database as well.
async function start(state) {
  const port = await freePort();
  const env = { ...process.env, ZEVENSTEM_STATE: state, PORT: String(port) };
  const began = performance.now();
  const child = spawn('make', ['run'], { cwd: ROOT, env, stdio: 'ignore', detached: true });
  const ended = new Promise((done) => child.once('exit', done));
  try {
    for (;;) {
      if (child.exitCode !== null) throw new Error(`make run ended with ${child.exitCode}`);
      const reply = await fetch(`http://127.0.0.1:${port}/gereed`).catch(() => null);
      if (reply?.status === 200) return (performance.now() - began) / 1000;
      await sleep(10);
    }
  } finally {
    process.kill(-child.pid, 'SIGTERM');
    await ended;
    execFileSync(CLUSTER, ['stop'], { env, stdio: 'ignore' });
  }
}

const folder = mkdtempSync(join(tmpdir(), 'zsstart-'));
chmodSync(folder, 0o755);
const kept = join(folder, 'kept');
try {
  await start(kept);
  let turn = 0;
  const given = await alternate({
    'make run, the first time': async () => ({ s: await start(join(folder, String(turn++))) }),
    'make run, again': async () => ({ s: await start(kept) }),
  });
  const seconds = (name) => given[name].map(({ s }) => s);
  write([
    { name: 'make run again, database stopped, until it takes answers', unit: 's', values: seconds('make run, again'), rivals: seconds('make run, the first time'), rival_name: 'the first time', goal: atMost(3) },
  ]);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
