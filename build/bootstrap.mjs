#!/usr/bin/env node
// Runs a script of this project on the Node it pins: node build/bootstrap.mjs <script> [arguments]
// Plain JavaScript that Node 18 understands, with no package: it is what makes the packages be there.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const oldestNode = 18;
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, 'node_modules');
const isWindows = process.platform === 'win32';
const pinnedNode = join(modules, 'node', 'bin', isWindows ? 'node.exe' : 'node');
const stamp = join(modules, '.second-opinion-setup');
const lockFile = join(root, 'package-lock.json');

const sha256 = (data) => createHash('sha256').update(data).digest('hex');
const say = (line) => process.stderr.write(`${line}\n`);

function fail(...lines) {
  for (const line of lines) say(line);
  process.exit(1);
}

const readJson = (path) => {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
};

/** True when npm's own record of what is installed holds every package of the lock that this machine needs. */
function isInstalledByHand() {
  const wanted = readJson(lockFile)?.packages ?? {};
  const present = readJson(join(modules, '.package-lock.json'))?.packages;
  if (!present) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true;
    return present[path]
      ? present[path].version === entry.version
      : entry.optional === true || entry.peer === true;
  });
}

function isReady(wanted) {
  if (!existsSync(pinnedNode)) return false;
  if (existsSync(stamp)) return readFileSync(stamp, 'utf8') === wanted;
  if (!isInstalledByHand()) return false;
  writeFileSync(stamp, wanted);
  return true;
}

const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
};

const sleep = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

/** Two starts at once must not both run npm in one folder; the lock stands outside, as npm empties node_modules. */
function withSetupLock(work) {
  const lock = join(tmpdir(), `second-opinion-setup-${sha256(root).slice(0, 16)}`);
  for (let told = false; ; ) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const holder = Number(readJson(join(lock, 'pid')) ?? 0);
    // Between mkdir and the pid's arrival there is a moment without a holder.
    if (holder !== 0 && !isAlive(holder)) {
      rmSync(lock, { recursive: true, force: true });
      continue;
    }
    if (!told) say('Another start is installing the packages; waiting for it.');
    told = true;
    sleep(500);
  }
  writeFileSync(join(lock, 'pid'), String(process.pid));
  try {
    return work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function runNpm(parameters) {
  // Under `npm start` npm says where it is itself; that spares Windows a shell.
  const cli = process.env.npm_execpath;
  const options = { cwd: root, stdio: ['ignore', 2, 2], env: process.env };
  if (cli?.endsWith('npm-cli.js')) return spawnSync(process.execPath, [cli, ...parameters], options);
  return spawnSync(isWindows ? 'npm.cmd' : 'npm', parameters, { ...options, shell: isWindows });
}

function install(wanted) {
  say('Installing the packages (npm ci); this happens once and takes about a minute.');
  rmSync(stamp, { force: true });
  const { status, error, signal } = runNpm(['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  if (signal)
    fail('The set-up was stopped while the packages were being installed. Run the same command again.');
  if (error || status !== 0) {
    fail(
      '',
      `The set-up stopped at "npm ci", the first step: ${error ? error.message : 'npm says above why'}.`,
      'If this machine has no network, connect it, or name a registry it can reach:',
      '  npm config set registry https://…',
      'Then run the same command again. Nothing else was changed.',
    );
  }
  if (!existsSync(pinnedNode)) {
    fail(
      `"npm ci" ran, but the pinned Node is missing at ${pinnedNode}.`,
      'Its install script was probably blocked (ignore-scripts). Allow it and run the same command again:',
      '  npm config set ignore-scripts false',
    );
  }
  writeFileSync(stamp, wanted);
}

function setUp() {
  const wanted = sha256(readFileSync(lockFile));
  if (isReady(wanted)) return;
  withSetupLock(() => {
    if (!isReady(wanted)) install(wanted);
  });
}

/** Signals that reach only this process are passed on; how the script ends is how this process ends. */
function run(parameters) {
  const child = spawn(pinnedNode, parameters, {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      PATH: [join(modules, '.bin'), dirname(pinnedNode), process.env.PATH].join(delimiter),
    },
  });
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, () => child.kill(signal));
  // npm ends without a word to its grandchildren when it is killed: whoever is left alone ends as well.
  const parent = process.ppid;
  const isOrphaned = () => process.env.npm_lifecycle_event !== undefined && process.ppid !== parent;
  const watch = setInterval(() => {
    if (!isOrphaned()) return;
    clearInterval(watch);
    child.kill('SIGTERM');
  }, 500);
  child.on('error', (error) => fail(`The pinned Node could not be started: ${error.message}`));
  child.on('exit', (code, signal) => {
    clearInterval(watch);
    for (const name of signals) process.removeAllListeners(name);
    if (signal) process.kill(process.pid, signal);
    else process.exit(code ?? 1);
  });
}

const [script, ...rest] = process.argv.slice(2);
if (script === undefined) fail('Usage: node build/bootstrap.mjs <script> [arguments]');
const major = Number(process.versions.node.split('.')[0]);
if (major < oldestNode) {
  fail(
    `Node ${process.versions.node} is too old. Install Node 20 or newer from https://nodejs.org and try again.`,
  );
}
setUp();
run([script, ...rest]);
