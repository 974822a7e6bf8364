// Accepted means durable: what tests/bench/crash.mjs measures, as a test.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const DRIVER = join(dirname(fileURLToPath(import.meta.url)), '..', 'bench', 'crash.mjs');

test('no receipt is lost or doubled when the service or PostgreSQL dies', () => {
  const folder = mkdtempSync(join(tmpdir(), 'zscrash-'));
  const result = join(folder, 'crash.json');
  try {
    const done = spawnSync(process.execPath, [DRIVER], { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, BENCH_RESULT: result } });
    assert.equal(done.status, 0);
    const [figure] = JSON.parse(readFileSync(result, 'utf8'));
    assert.equal(figure.values[0], 0, figure.name);
    assert.ok(Number(/of (\d+)$/.exec(figure.name)[1]) > 1000, `load enough: ${figure.name}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
