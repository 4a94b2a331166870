import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { openPostgres } from '../../server/db/embedded-postgres.ts';
import { countLeases } from '../../server/db/folder-lock.ts';
import { migrate } from '../../server/db/migrate.ts';
import { loadOrCreateRecoveryKey } from '../../server/db/recovery-key.ts';

declare module 'vitest' {
  interface ProvidedContext {
    postgresUrl: string;
    templateName: string;
  }
}

const templateName = 'second_opinion_template';
const prefix = 'second-opinion-test-';

/** A killed test run leaves its PostgreSQL running; the next run stops it. One that is in use is left alone. */
async function stopAbandoned(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((found) => found.startsWith(prefix))) {
    const dataDir = join(tmpdir(), name);
    const leases = join(dataDir, 'leases');
    if (!existsSync(join(dataDir, 'postgres.json')) || !existsSync(leases) || countLeases(leases) > 0)
      continue;
    await (await openPostgres({ dataDir })).release();
    if (countLeases(leases) === 0) rmSync(dataDir, { recursive: true, force: true });
  }
}

export type TestPostgres = { postgresUrl: string; templateName: string; stop: () => Promise<void> };

/** One real PostgreSQL without fsync in a temporary folder, with a migrated database to clone. */
export async function startTestPostgres(): Promise<TestPostgres> {
  // Never a reason for this run to fail: another run may be doing the same.
  await stopAbandoned().catch(() => {});
  const dataDir = mkdtempSync(join(tmpdir(), prefix));
  // As root, PostgreSQL runs as another user, who must be able to enter.
  chmodSync(dataDir, 0o755);
  const settings = {
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    max_connections: '300',
  };
  const postgres = await openPostgres({ dataDir, settings });
  const template = new URL(postgres.url);
  template.pathname = `/${templateName}`;
  await migrate(template.href, { recoveryPublicKey: () => loadOrCreateRecoveryKey(dataDir) });
  return {
    postgresUrl: postgres.url,
    templateName,
    stop: async () => {
      await postgres.release();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { postgresUrl, templateName: name, stop } = await startTestPostgres();
  project.provide('postgresUrl', postgresUrl);
  project.provide('templateName', name);
  return stop;
}
