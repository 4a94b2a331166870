import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

/** Stands for npm: notes each call, and "installs" the running Node as the pinned one. */
const fakeNpm = `
import { appendFileSync, cpSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
appendFileSync('npm-calls.log', process.argv.slice(2).join(' ') + '\\n');
if (process.env.FAKE_NPM_FAILS) { console.error('npm error network'); process.exit(7); }
rmSync('node_modules', { recursive: true, force: true });
mkdirSync('node_modules/node/bin', { recursive: true });
symlinkSync(process.execPath, 'node_modules/node/bin/node');
`;

let root = '';
const path = (name: string) => join(root, name);
const npmCalls = () => {
  if (!existsSync(path('npm-calls.log'))) return [];
  return readFileSync(path('npm-calls.log'), 'utf8').trim().split('\n');
};
const environment = (extra: Record<string, string> = {}) => ({
  ...process.env,
  npm_execpath: path('fake/npm-cli.js'),
  ...extra,
});
const bootstrap = (args: string[], extra: Record<string, string> = {}) =>
  spawnSync(process.execPath, [path('build/bootstrap.mjs'), ...args], {
    encoding: 'utf8',
    env: environment(extra),
  });

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bootstrap test '));
  mkdirSync(path('build'));
  mkdirSync(path('fake'));
  cpSync(new URL('./bootstrap.mjs', import.meta.url), path('build/bootstrap.mjs'));
  writeFileSync(path('fake/npm-cli.js'), fakeNpm);
  writeFileSync(path('package.json'), '{"type":"module"}');
  writeFileSync(path('package-lock.json'), '{"packages":{"":{},"node_modules/a":{"version":"1.0.0"}}}');
  writeFileSync(path('echo.mjs'), 'console.log(JSON.stringify(process.argv.slice(2))); process.exit(3);');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('the bootstrap', () => {
  test('installs once, says so first, and hands arguments and exit code through', () => {
    const first = bootstrap(['echo.mjs', '--port', '5', 'two words']);
    expect(first.stderr.split('\n')[0]).toMatch(/Installing the packages \(npm ci\)/);
    expect(JSON.parse(first.stdout)).toEqual(['--port', '5', 'two words']);
    expect(first.status).toBe(3);

    const second = bootstrap(['echo.mjs']);
    expect(second.stderr).toBe('');
    expect(npmCalls()).toHaveLength(1);
    expect(npmCalls()[0]).toMatch(/^ci /);
  });

  test('installs again when the lock file has changed', () => {
    bootstrap(['echo.mjs']);
    writeFileSync(path('package-lock.json'), '{"packages":{"":{},"node_modules/a":{"version":"2.0.0"}}}');
    bootstrap(['echo.mjs']);
    expect(npmCalls()).toHaveLength(2);
  });

  test('installs when the pinned Node is gone, whatever the stamp says', () => {
    bootstrap(['echo.mjs']);
    rmSync(path('node_modules/node'), { recursive: true });
    expect(bootstrap(['echo.mjs']).status).toBe(3);
    expect(npmCalls()).toHaveLength(2);
  });

  test.each([
    ['the same versions', '1.0.0', 0],
    ['another version', '0.9.0', 1],
  ])('with %s installed by hand it runs npm accordingly', (_, version, calls) => {
    bootstrap(['echo.mjs']);
    rmSync(path('npm-calls.log'));
    rmSync(path('node_modules/.second-opinion-setup'));
    writeFileSync(
      path('node_modules/.package-lock.json'),
      JSON.stringify({ packages: { 'node_modules/a': { version } } }),
    );
    expect(bootstrap(['echo.mjs']).status).toBe(3);
    expect(npmCalls()).toHaveLength(calls);
  });

  test('a failed npm is told with its step and what to do, and nothing is run', () => {
    const run = bootstrap(['echo.mjs'], { FAKE_NPM_FAILS: '1' });
    expect(run.status).toBe(1);
    expect(run.stdout).toBe('');
    expect(run.stderr).toMatch(/stopped at "npm ci"/);
    expect(run.stderr).toMatch(/npm config set registry/);
    expect(bootstrap(['echo.mjs']).status).toBe(3);
  });

  test('two starts at once install once', async () => {
    const both = [0, 1].map(() =>
      spawn(process.execPath, [path('build/bootstrap.mjs'), 'echo.mjs'], {
        env: environment(),
        stdio: 'ignore',
      }),
    );
    const codes = await Promise.all(both.map(async (child) => (await once(child, 'exit'))[0] as number));
    expect(codes).toEqual([3, 3]);
    expect(npmCalls()).toHaveLength(1);
  });

  test('a signal reaches the script, whose way of ending is kept', async () => {
    writeFileSync(
      path('wait.mjs'),
      "process.on('SIGTERM', () => { console.log('drained'); process.exit(9); }); console.log('up'); setInterval(() => {}, 1000);",
    );
    bootstrap(['echo.mjs']);
    const child = spawn(process.execPath, [path('build/bootstrap.mjs'), 'wait.mjs'], {
      env: environment(),
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk;
      if (output.trim() === 'up') child.kill('SIGTERM');
    });
    const [code] = await once(child, 'close');
    expect(output).toBe('up\ndrained\n');
    expect(code).toBe(9);
  });

  test('a script whose npm was killed is ended too', async () => {
    bootstrap(['echo.mjs']);
    writeFileSync(
      path('wait.mjs'),
      "import { writeFileSync } from 'node:fs'; process.on('SIGTERM', () => { writeFileSync('ended', ''); process.exit(0); }); console.log('up'); setInterval(() => {}, 1000);",
    );
    writeFileSync(
      path('npm.mjs'),
      `import { spawn } from 'node:child_process'; spawn(process.execPath, ['build/bootstrap.mjs', 'wait.mjs'], { stdio: 'inherit' });`,
    );
    const npm = spawn(process.execPath, [path('npm.mjs')], {
      cwd: root,
      env: environment({ npm_lifecycle_event: 'start' }),
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    npm.stdout.once('data', () => npm.kill('SIGKILL'));
    await once(npm, 'close');
    await expect.poll(() => existsSync(path('ended')), { timeout: 20_000 }).toBe(true);
  });
});
