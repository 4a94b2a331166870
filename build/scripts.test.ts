import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { projectRoot } from './paths.ts';

const run = (script: string) =>
  promisify(execFile)(process.execPath, [join('build', script)], { cwd: projectRoot });
const migrations = join(projectRoot, 'server/db/migrations');

it('npm run db:migration finds nothing to migrate: the migrations are what the schema says', async () => {
  const before = readdirSync(migrations);
  const { stdout } = await run('migration.ts');
  expect(stdout).toMatch(/No schema changes/i);
  expect(readdirSync(migrations)).toEqual(before);
});

it('npm run format leaves a formatted file as it is', async () => {
  const file = join(projectRoot, 'build/format.ts');
  const before = readFileSync(file, 'utf8');
  await promisify(execFile)(process.execPath, ['build/format.ts', 'build/format.ts'], { cwd: projectRoot });
  expect(readFileSync(file, 'utf8')).toBe(before);
});

it('every npm script starts a file that exists', () => {
  const { scripts } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  for (const command of Object.values(scripts)) {
    const file = /^node build\/bootstrap\.mjs (\S+)/.exec(command)?.[1] ?? '';
    expect(readFileSync(join(projectRoot, file), 'utf8'), command).not.toBe('');
  }
});
