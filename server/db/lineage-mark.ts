import {
  closeSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/** How far a lineage has come: its epoch and how many audit events it has ever recorded, which only grows. */
export type LineageState = { epoch: string; events: number };
/** What was kept outside the database; `isCopy` when its file was put here after it was written. */
export type LineageMark = LineageState & { isCopy: boolean };

/** Why a database is not the one that answered last: it knows less, or the whole data folder was put back. */
export type LineageBreak = 'events-missing' | 'folder-put-back';

/** A break between what was kept and what the database says; null when there is none, or nothing to compare. */
export function findLineageBreak(mark: LineageMark | null, now: LineageState): LineageBreak | null {
  // Another epoch is another lineage already: laptops shake hands anew.
  if (mark === null || mark.epoch !== now.epoch) return null;
  if (now.events < mark.events) return 'events-missing';
  return mark.isCopy ? 'folder-put-back' : null;
}

type Kept = LineageState & { writtenAt: number };

const fileIn = (dataDir: string): string => join(dataDir, 'lineage.json');

/**
 * A file system stamps the last change of a file's name, owner or content itself; no copy can bring that time along.
 * So one much later than the time written inside belongs to a copy.
 */
const copySlackMs = 60_000;

function parseKept(text: string): Kept | null {
  try {
    const { epoch, events, writtenAt } = JSON.parse(text) as Partial<Kept>;
    const isWhole = typeof epoch === 'string' && Number.isInteger(events) && Number.isFinite(writtenAt);
    return isWhole ? ({ epoch, events, writtenAt } as Kept) : null;
  } catch {
    return null;
  }
}

/** The mark in the data folder; null when there is none or it cannot be read. */
export function readLineageMark(dataDir: string): LineageMark | null {
  let handle: number;
  try {
    handle = openSync(fileIn(dataDir), 'r');
  } catch {
    return null;
  }
  try {
    const kept = parseKept(readFileSync(handle, 'utf8'));
    if (!kept) return null;
    const { writtenAt, ...state } = kept;
    return { ...state, isCopy: fstatSync(handle).ctimeMs - writtenAt > copySlackMs };
  } finally {
    closeSync(handle);
  }
}

/** Replaces the mark, so that a reader meets the old one or the new one, never half of one. */
export function writeLineageMark(dataDir: string, { epoch, events }: LineageState): void {
  const part = `${fileIn(dataDir)}.part`;
  rmSync(part, { force: true });
  const handle = openSync(part, 'wx', 0o600);
  writeFileSync(handle, `${JSON.stringify({ epoch, events, writtenAt: Date.now() } satisfies Kept)}\n`);
  fsyncSync(handle);
  closeSync(handle);
  renameSync(part, fileIn(dataDir));
}
