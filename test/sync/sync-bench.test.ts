import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import type { SyncFigures } from '../bench/sync/sync-bench.ts';

const root = join(import.meta.dirname, '../..');

it('npm run bench -- sync pushes, pulls and brings laptops back, and finds everything once', async () => {
  const sizes = ['--annotations', '200', '--clients', '2', '--laptops', '6', '--each', '3'];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['build/bench.ts', 'sync', '--json', ...sizes],
    {
      cwd: root,
    },
  );
  const { push, pushFloor, wire, feed, download, reconnect } = JSON.parse(stdout) as SyncFigures;
  expect([push.items, pushFloor.items, feed.items, download.items]).toEqual([200, 200, 202, 200]);
  expect(wire.sent).toBeGreaterThan(wire.gzippedRequests);
  expect(reconnect).toMatchObject({ stored: 18, missing: 0, doubled: 0, altered: 0, unsynced: 0 });
});
