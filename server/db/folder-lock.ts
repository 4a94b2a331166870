import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { isAlive, processMark } from './living-process.ts';

type Holder = { pid: number; mark: string };

const self = (): string => `${process.pid} ${processMark(process.pid)}\n`;

function readHolder(file: string): Holder | null {
  try {
    const [pid, mark] = readFileSync(file, 'utf8').trim().split(' ');
    return pid ? { pid: Number(pid), mark: mark ?? '' } : null;
  } catch {
    return null;
  }
}

const isHeld = (holder: Holder | null): boolean => holder !== null && isAlive(holder.pid, holder.mark);

function tryTake(file: string): boolean {
  const own = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  writeFileSync(own, self(), { mode: 0o600 });
  try {
    // A link appears with its content at once, so no one ever reads a half-written lock.
    linkSync(own, file);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(own, { force: true });
  }
}

// Moving the file away is atomic: of several takers one gets it, and it looks again at what it got.
function removeDead(file: string): void {
  if (isHeld(readHolder(file))) return;
  const aside = `${file}.${randomBytes(4).toString('hex')}.dead`;
  try {
    renameSync(file, aside);
    if (isHeld(readHolder(aside))) linkSync(aside, file);
  } catch {
    // Someone else was quicker; the next try sees what they left.
  }
  rmSync(aside, { force: true });
}

/** Runs `work` while no other process (nor another call here) holds this lock file; a dead holder's lock is taken over. */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  while (!tryTake(file)) {
    removeDead(file);
    await wait(25);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

export type Lease = { end: () => void };

let leasesTaken = 0;

/** Says in the folder that this process uses what lies beside it, until `end` or until the process is gone. */
export function takeLease(folder: string): Lease {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  leasesTaken += 1;
  const file = join(folder, `${process.pid}.${leasesTaken}`);
  writeFileSync(file, self(), { mode: 0o600 });
  return { end: () => rmSync(file, { force: true }) };
}

/** How many leases of living processes are in the folder; those of dead ones are removed. */
export function countLeases(folder: string): number {
  let living = 0;
  for (const name of readdirSync(folder)) {
    const file = join(folder, name);
    if (isHeld(readHolder(file))) living += 1;
    else rmSync(file, { force: true });
  }
  return living;
}
