import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');

/** One row of the table: a file that stands in a place, an import it may not have, and one it may. */
type Row = { file: string; forbidden: string[]; allowed: string[] };
const rows: Row[] = [
  {
    file: 'shared/sync/planted.ts',
    forbidden: [
      'node:fs',
      'react',
      '../../server/app.ts',
      '../../renderer/platform.ts',
      '../../test/support/x.ts',
    ],
    allowed: ['zod', '@noble/hashes/sha2.js', 'cephes', './merge.ts', '../schema/ids.ts'],
  },
  {
    file: 'renderer/ui/planted.tsx',
    forbidden: [
      '../data/types.ts',
      '../../shared/errors.ts',
      '../platform.ts',
      '../features/queue/a.tsx',
      'node:fs',
    ],
    allowed: ['react', '@mantine/core', './key.tsx', './tokens.css'],
  },
  {
    file: 'renderer/data/planted.ts',
    forbidden: [
      '../sync/engine.ts',
      '../ui/key.tsx',
      '../features/queue/a.ts',
      '../../server/app.ts',
      'electron',
    ],
    allowed: ['../platform.ts', '../../shared/errors.ts', './types.ts', 'dexie'],
  },
  {
    file: 'renderer/sync/planted.ts',
    forbidden: ['../features/queue/a.ts', '../ui/key.tsx', '../app/router.tsx', '../../server/app.ts'],
    allowed: ['../data/types.ts', '../platform.ts', '../../shared/sync/merge.ts'],
  },
  {
    file: 'renderer/features/queue/planted.tsx',
    forbidden: [
      '../annotate/annotate-screen.tsx',
      '../../sync/engine.ts',
      '../../app/router.tsx',
      '../../features/annotate/a.tsx',
      '../../../server/app.ts',
      '../../../electron/main/net.ts',
      'node:path',
      'pg',
    ],
    allowed: [
      '../../data/types.ts',
      '../../ui/key.tsx',
      '../../platform.ts',
      '../../../shared/sync/merge.ts',
      './due.ts',
    ],
  },
  {
    file: 'renderer/features/annotate/panes/planted.tsx',
    forbidden: ['../../queue/due.ts', '../../../sync/engine.ts', '../../../app/router.tsx'],
    allowed: [
      '../annotate-store.ts',
      '../../../data/types.ts',
      '../../../ui/key.tsx',
      '../../../../shared/errors.ts',
    ],
  },
  {
    file: 'renderer/app/planted.tsx',
    forbidden: ['../../server/app.ts', '../../electron/main/net.ts', 'electron', 'fastify'],
    allowed: ['../features/queue/queue-screen.tsx', '../sync/engine.ts', '../../shared/errors.ts', 'react'],
  },
  {
    file: 'renderer/host/planted.ts',
    forbidden: ['../data/types.ts', '../features/queue/a.ts', 'node:fs'],
    allowed: ['../../shared/ipc.ts', './other.ts'],
  },
  {
    file: 'server/users/store.ts',
    forbidden: [
      './routes.ts',
      './domain.ts',
      '../studies/store.ts',
      '../http/route.ts',
      '../../renderer/platform.ts',
    ],
    allowed: ['../db/schema.ts', '../db/client.ts', '../../shared/errors.ts', 'drizzle-orm'],
  },
  {
    file: 'server/users/domain.ts',
    forbidden: [
      './routes.ts',
      '../studies/domain.ts',
      '../studies/store.ts',
      '../http/route.ts',
      '../db/schema.ts',
      'react',
    ],
    allowed: [
      './store.ts',
      '../db/audit.ts',
      '../db/context.ts',
      '../db/feed.ts',
      '../../shared/permissions.ts',
    ],
  },
  {
    file: 'server/sync/domain.ts',
    forbidden: ['./routes.ts', '../studies/store.ts', '../studies/routes.ts', '../http/route.ts'],
    allowed: ['../batches/domain.ts', './store.ts', '../db/feed.ts'],
  },
  {
    file: 'server/users/routes.ts',
    forbidden: [
      './store.ts',
      '../studies/domain.ts',
      '../db/client.ts',
      '../db/schema.ts',
      '../../electron/main/net.ts',
    ],
    allowed: ['./domain.ts', '../http/route.ts', '../../shared/contract/users.ts', 'fastify'],
  },
  {
    file: 'server/db/planted.ts',
    forbidden: ['../users/store.ts', '../http/route.ts', '../../renderer/platform.ts'],
    allowed: ['./schema.ts', '../../shared/errors.ts', 'drizzle-orm'],
  },
  {
    file: 'server/cli/planted.ts',
    forbidden: ['../users/store.ts', '../users/routes.ts', '../../renderer/platform.ts', 'electron'],
    allowed: ['../users/domain.ts', '../db/client.ts', 'commander'],
  },
  {
    file: 'server/planted.ts',
    forbidden: ['../renderer/platform.ts', '../electron/main/net.ts', '../test/support/x.ts', 'react'],
    allowed: ['./users/routes.ts', './db/client.ts', '../shared/errors.ts'],
  },
  {
    file: 'electron/main/planted.ts',
    forbidden: ['../../server/app.ts', '../../renderer/platform.ts', '../preload/index.ts', 'react', 'pg'],
    allowed: ['../../shared/ipc.ts', 'electron', 'node:fs', './net.ts'],
  },
  {
    file: 'electron/preload/planted.ts',
    forbidden: ['node:fs', 'zod', '../main/net.ts', '../../shared/errors.ts', '../../renderer/platform.ts'],
    allowed: ['electron', '../../shared/ipc-names.ts', '../../shared/ipc.ts'],
  },
];

/** Static, type-only and dynamic imports are held alike. */
const forms = [
  (specifier: string) => `import '${specifier}';`,
  (specifier: string) => `import type * as Type${specifier.replaceAll(/\W/g, '_')} from '${specifier}';`,
  (specifier: string) => `void import('${specifier}');`,
];

type Diagnostic = { message: string; location: { path: string; start: { line: number } } };

function lintImports(cwd: string, ...args: string[]): Diagnostic[] {
  const flags = ['--only=style/noRestrictedImports', '--reporter=json', '--max-diagnostics=none'];
  const run = spawnSync(process.execPath, [biome, 'lint', ...flags, ...args], { cwd, encoding: 'utf8' });
  if (!run.stdout.startsWith('{')) throw new Error(`biome did not run: ${run.stderr}`);
  return (JSON.parse(run.stdout) as { diagnostics: Diagnostic[] }).diagnostics;
}

/** One line per import and form, so that a finding's line says which import it is about. */
const sourceOf = (row: Row) =>
  [...row.forbidden, ...row.allowed].flatMap((specifier) => forms.map((form) => form(specifier)));

let folder = '';
const findings = new Map<string, { lines: Set<number>; messages: string[] }>();

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'import-table-'));
  cpSync(join(root, 'biome.json'), join(folder, 'biome.json'));
  for (const row of rows) {
    mkdirSync(dirname(join(folder, row.file)), { recursive: true });
    writeFileSync(join(folder, row.file), `${sourceOf(row).join('\n')}\n`);
  }
  for (const { location, message } of lintImports(folder, '--vcs-enabled=false')) {
    const file = location.path.replaceAll('\\', '/');
    const found = findings.get(file) ?? { lines: new Set(), messages: [] };
    found.lines.add(location.start.line);
    found.messages.push(message);
    findings.set(file, found);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the import table', () => {
  test.each(rows)('$file: each forbidden import is caught and each allowed one passes', (row) => {
    const lines = findings.get(row.file)?.lines ?? new Set();
    const all = [...row.forbidden, ...row.allowed];
    const caught = all.filter((_, i) => forms.every((__, form) => lines.has(i * forms.length + form + 1)));
    const touched = all.filter((_, i) => forms.some((__, form) => lines.has(i * forms.length + form + 1)));
    expect(caught).toEqual(row.forbidden);
    expect(touched).toEqual(row.forbidden);
  });

  test('the message says what may be imported instead', () => {
    for (const row of rows) {
      const texts = JSON.stringify(findings.get(row.file)?.messages);
      expect(texts, row.file).toMatch(/may import/);
    }
  });

  test('the project itself keeps the table', () => {
    const found = lintImports(root).map(
      ({ location, message }) => `${location.path}:${location.start.line} ${message}`,
    );
    expect(found).toEqual([]);
  });
});
