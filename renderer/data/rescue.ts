import Dexie from 'dexie';
import { AppError } from '../../shared/errors.ts';
import { type RescueRecord, type RescueSealing, sealRescueFile } from '../../shared/rescue/rescue-file.ts';
import { laptopKeySchema, type RescueRecordValue } from '../../shared/rescue/rescue-records.ts';
import { type Platform, platform } from '../platform.ts';
import { inTime, type WorkRow, workTables } from './database.ts';
import { decideAttempt } from './decide-sync.ts';
import { healthSentences } from './health-words.ts';
import type { KeptKey } from './recovery-record.ts';
import { sealTools } from './seal-tools.ts';
import type { Workspace } from './types.ts';
import { learnSiteKey, siteKeyOf } from './vault.ts';
import { keptKeysOf, ownerOf } from './vault-file.ts';
import { rescueSourceOf } from './workspace.ts';

/** Pieces of a journal in the copy, small enough to be sealed one by one. */
const pieceBytes = 256 * 1024;

const json = (value: RescueRecordValue): RescueRecord => ({ kind: 'json', value });

async function aboutRecordOf(
  host: Platform,
  userId: string | null,
  troubles: string[],
): Promise<RescueRecord> {
  const { deviceName } = await host.app.info();
  const about = { type: 'about', madeAt: new Date().toISOString(), deviceName, userId, troubles };
  return json(about as RescueRecordValue);
}

/** Seals the records and lets the person choose a place. @returns where it was saved, or null when none was chosen */
async function saveSealed(
  host: Platform,
  sealing: Omit<RescueSealing, 'appVersion'>,
  records: AsyncIterable<RescueRecord>,
): Promise<string | null> {
  const { version: appVersion } = await host.app.info();
  const pieces: Uint8Array[] = [];
  for await (const piece of sealRescueFile(sealTools, { ...sealing, appVersion }, records))
    pieces.push(piece);
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.byteLength, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.byteLength;
  }
  const day = new Date().toISOString().slice(0, 10);
  const suggestedName = `emergency-copy-${day}-${(sealing.owner ?? 'laptop').slice(0, 8)}.rescue`;
  return host.files.save({ suggestedName, bytes });
}

/**
 * An emergency copy of open work: every change on this laptop, with what the server is known to have of it.
 * @throws AppError `recovery-key-unknown` before the first sign-in that brought the site's key
 */
export async function saveEmergencyCopy(workspace: Workspace): Promise<string | null> {
  const { host, store, user } = rescueSourceOf(workspace);
  const publicKey = await siteKeyOf(user, store.dataKey, host);
  if (publicKey === null) throw new AppError('recovery-key-unknown');
  const troubles = healthSentences(workspace.health());
  // What left in a copy may arrive before this laptop sends it: from now on it keeps its number and text (rule S11).
  const waiting = store.log.unsettled().map(([key]) => key);
  await store
    .commit(() => decideAttempt(store.log, waiting))
    .catch(() => troubles.push('The journal took no note of this copy.'));

  async function* records(): AsyncGenerator<RescueRecord> {
    yield aboutRecordOf(host, user.id, troubles);
    for (const item of store.log.items())
      if (item.type === 'identity' || item.type === 'mutation' || item.type === 'progress')
        yield json({ type: 'item', item });
  }
  return saveSealed(host, { kind: 'opened', owner: ownerOf(user.id), publicKey }, records());
}

/** Keeps the site's recovery key that came while the work was open. */
export async function learnSiteKeyFor(workspace: Workspace, publicKey: string): Promise<void> {
  const { host, store, user } = rescueSourceOf(workspace);
  await learnSiteKey(user, store.dataKey, publicKey, host);
}

/** The bytes of a journal as they stand, in pieces. */
async function* journalRecords(host: Platform, name: string): AsyncGenerator<RescueRecord> {
  await host.journal.open(name);
  try {
    yield json({ type: 'journal', name });
    for (let offset: number | null = 0; offset !== null; ) {
      const chunk: { bytes: Uint8Array; next: number | null } = await host.journal.read(name, offset);
      for (let at = 0; at < chunk.bytes.byteLength; at += pieceBytes)
        yield { kind: 'bytes', bytes: chunk.bytes.subarray(at, at + pieceBytes) };
      offset = chunk.next !== null && chunk.next > offset ? chunk.next : null;
    }
  } finally {
    await host.journal.close(name);
  }
}

/** Opened as it stands, whatever version wrote it, and never made where there is none. */
async function openExisting(name: string): Promise<Dexie | null> {
  if (!(await inTime(Dexie.exists(name), 'exists'))) return null;
  const database = new Dexie(name);
  await inTime(database.open(), 'open');
  return database;
}

async function* sealedRows(name: string): AsyncGenerator<RescueRecord> {
  const database = await openExisting(name);
  if (!database) return;
  try {
    const tables = database.tables.filter((table) => workTables.some((known) => known === table.name));
    for (const table of tables)
      for (const { id, lsn, blob } of (await table.toArray()) as WorkRow[])
        yield json({ type: 'row', table: table.name, id, lsn, blob: sealTools.toBase64(blob) });
  } finally {
    database.close();
  }
}

/** Journal and rows of one local database; what cannot be read is said, and the rest goes on. */
async function* sealedStore(
  host: Platform,
  name: string,
  keys: readonly KeptKey[],
  troubles: string[],
): AsyncGenerator<RescueRecord> {
  yield json({ type: 'store', name, keys: keys.map((key) => laptopKeySchema.parse(key)) });
  try {
    yield* journalRecords(host, `${name}.work`);
  } catch (cause) {
    // In another window the work is open: a copy from there holds everything.
    if (cause instanceof AppError && cause.code === 'already-open') throw cause;
    troubles.push('The journal could not be read to its end.');
  }
  try {
    yield* sealedRows(name);
  } catch {
    troubles.push('The local database could not be read to its end.');
  }
}

/**
 * An emergency copy of work that is locked: the laptop's own bytes, still under its key, which the site's recovery key
 * opens. @throws AppError `recovery-key-unknown`, `already-open`
 */
export async function saveSealedCopy(email: string, host: Platform = platform()): Promise<string | null> {
  const { keys, troubles } = await keptKeysOf(email, host);
  const newest = keys.find(({ recoveryKey, recovery }) => recoveryKey && recovery);
  if (!newest?.recoveryKey) throw new AppError('recovery-key-unknown');
  const names = [...new Set(keys.flatMap(({ store }) => store ?? []))];

  async function* records(): AsyncGenerator<RescueRecord> {
    for (const name of names)
      yield* sealedStore(
        host,
        name,
        keys.filter(({ store }) => store === name),
        troubles,
      );
    yield aboutRecordOf(host, null, troubles);
  }
  return saveSealed(host, { kind: 'sealed', owner: newest.owner, publicKey: newest.recoveryKey }, records());
}
