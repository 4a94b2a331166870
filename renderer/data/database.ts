import Dexie, { type EntityTable, type Table } from 'dexie';
import { AppError } from '../../shared/errors.ts';
import { aboutRow } from '../../shared/rescue/sealed-record.ts';
import { sha256Hex } from '../../shared/sync/body-hash.ts';
import { type DataKey, sealJson, unsealJson, withOlder } from './sealed-box.ts';
import { type Item, type ItemType, itemTypes } from './work-log.ts';

/** Written into the guard row; an app that finds a higher one than its own touches nothing. 2: texts may be let go. */
export const schemaVersion = 2;
/** Of the tables and indexes. */
const tablesVersion = 1;
/** One that does not answer in this time is opened anew, and tried again after as long. */
export const openTimeoutMs = 10_000;

type Blob = Uint8Array<ArrayBuffer>;
/** One sealed row. Beside the blob stand only random ids, states and order. */
export type Row = { id: string; lsn: number; blob: Blob };
export type WorkRow = Row & { state?: string; assignmentId?: string; revisionId?: string | null };
export type AssignmentRow = Row & { batchId: string; position: number };
/** `rebuilding` stands from the first moment of a database until the content journal has been read into it. */
type GuardRow = {
  id: 'guard';
  schemaVersion: number;
  rebuilding: boolean;
  upTo: LogMark;
  /** Bytes of the content journal that the rows hold; absent in a database of an earlier app, which holds all of it. */
  contentUpTo?: number;
};
/** Newest number and sum of all items' numbers: equal on two sides only where both hold the same. */
export type LogMark = { lsn: number; sum: number };

export class LocalDatabase extends Dexie {
  declare readonly guard: EntityTable<GuardRow, 'id'>;
  declare readonly meta: Table<WorkRow, string>;
  declare readonly work: Table<WorkRow, string>;
  declare readonly outbox: Table<WorkRow, string>;
  declare readonly receipts: Table<WorkRow, string>;
  declare readonly conflicts: Table<WorkRow, string>;
  declare readonly preferences: Table<WorkRow, string>;
  declare readonly batches: Table<Row, string>;
  declare readonly documents: Table<Row, string>;
  declare readonly assignments: Table<AssignmentRow, string>;

  constructor(name: string) {
    // Opened by itself, one that the browser threw away would come back empty and nobody would know.
    super(name, { chromeTransactionDurability: 'strict', autoOpen: false });
    this.version(tablesVersion).stores({
      guard: 'id',
      meta: 'id',
      work: 'id, state',
      outbox: 'id, assignmentId',
      receipts: 'id',
      conflicts: 'id, assignmentId',
      preferences: 'id',
      batches: 'id',
      documents: 'id',
      assignments: 'id, [batchId+position]',
    });
  }
}

/** Name of a person's database and the stem of the journals' names; says nothing about the person. */
export const databaseName = (userId: string) => `so-${sha256Hex(userId).slice(0, 16)}`;

/** Where the items of each type are kept. */
const tableOf = {
  identity: 'meta',
  batch: 'meta',
  return: 'meta',
  feedback: 'meta',
  unread: 'meta',
  head: 'work',
  mutation: 'outbox',
  progress: 'receipts',
  revision: 'conflicts',
  preference: 'preferences',
} as const satisfies Record<ItemType, string>;
export const workTables = ['meta', 'work', 'outbox', 'receipts', 'conflicts', 'preferences'] as const;
export const contentTables = ['batches', 'documents', 'assignments'] as const;

/** IndexedDB can hang for ever behind a blocked or broken store; a physician must not wait for that. */
export async function inTime<T>(work: PromiseLike<T>, what: string, limitMs = openTimeoutMs): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new AppError('store-unavailable', { details: { what, limitMs } })),
      limitMs,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

export const isLate = (cause: unknown): boolean =>
  cause instanceof AppError && cause.code === 'store-unavailable' && cause.cause === undefined;

/** For what the journal can do without: null where IndexedDB hung or failed. @throws whatever else it was, a newer app's rows among it */
export function noAnswer(cause: unknown): null {
  if (cause instanceof AppError && cause.code !== 'store-unavailable') throw cause;
  console.warn('The local database does not answer; the journal holds the work.', cause);
  return null;
}

export type OpenedDatabase = {
  database: LocalDatabase;
  /** Nothing stood under the name: the first start, or Chromium has wiped it. */
  isNew: boolean;
  /** What of the work's journal it holds. */
  upTo: LogMark | undefined;
};

/** @throws AppError `store-newer` (nothing was changed) or `store-unavailable` */
export async function openDatabase(name: string, limitMs = openTimeoutMs): Promise<OpenedDatabase> {
  const database = new LocalDatabase(name);
  try {
    await inTime(database.open(), 'open', limitMs);
    const guard = await inTime(database.guard.get('guard'), 'guard', limitMs);
    if (guard && guard.schemaVersion > schemaVersion) throw new AppError('store-newer');
    const fresh = { id: 'guard', schemaVersion, rebuilding: true, upTo: { lsn: -1, sum: 0 } } as const;
    if (!guard) await inTime(database.guard.put(fresh), 'guard', limitMs);
    return { database, isNew: !guard, upTo: guard?.upTo };
  } catch (cause) {
    database.close();
    if (cause instanceof AppError) throw cause;
    throw new AppError('store-unavailable', { cause });
  }
}

export async function sealRow(
  dataKey: DataKey,
  table: string,
  id: string,
  lsn: number,
  value: unknown,
): Promise<Row> {
  return { id, lsn, blob: await sealJson(dataKey.key, value, aboutRow(table, id, lsn, dataKey.id)) };
}

/** A row names no key: the newest is tried first, and most rows are under it. */
export async function unsealRow<T>(dataKey: DataKey, table: string, row: Row): Promise<T> {
  let failure: unknown = null;
  for (const { id, key } of withOlder(dataKey)) {
    try {
      return await unsealJson<T>(key, row.blob, aboutRow(table, row.id, row.lsn, id));
    } catch (cause) {
      failure ??= cause;
    }
  }
  throw failure;
}

/** Puts rows under the key in force; one that does not open stays as it is. */
export async function resealRows(
  database: LocalDatabase,
  dataKey: DataKey,
  name: (typeof contentTables)[number],
  ids: readonly string[],
): Promise<void> {
  const table = database.table<Row, string>(name);
  const rows = (await table.bulkGet([...ids])).filter((row) => row !== undefined);
  const sealed = rows.map(async (row) => {
    const value = await unsealRow<unknown>(dataKey, name, row).catch(() => null);
    return value === null ? null : { ...row, ...(await sealRow(dataKey, name, row.id, row.lsn, value)) };
  });
  const fresh = (await Promise.all(sealed)).filter((row) => row !== null);
  if (fresh.length > 0) await table.bulkPut(fresh);
}

/** What of an item may stand in clear: random ids and states. */
function clearColumns(item: Item): Partial<WorkRow> {
  if (item.type === 'head') return { state: item.value.state, revisionId: item.value.revisionId };
  if (item.type === 'mutation')
    return { state: item.value.mutation.state, assignmentId: item.value.mutation.assignmentId };
  if (item.type === 'progress') return { state: item.value.verdict?.status ?? 'waiting' };
  return item.type === 'revision' ? { assignmentId: item.value.assignmentId } : {};
}

/** Types that share a table with another one: their rows' ids begin with the type. */
const prefixed = ['batch', 'return', 'feedback', 'unread'] as const satisfies ItemType[];

const rowId = (item: { type: ItemType; key: string }) =>
  prefixed.some((type) => type === item.type) ? `${item.type}.${item.key}` : item.key;

/** Item id of a row, or null for rows that are no items. */
function itemIdOf(table: (typeof workTables)[number], id: string): string | null {
  if (table === 'meta') {
    const type = prefixed.find((candidate) => id.startsWith(`${candidate}.`));
    return type ? `${type}|${id.slice(type.length + 1)}` : `identity|${id}`;
  }
  const type = itemTypes.find((candidate) => tableOf[candidate] === table);
  return type ? `${type}|${id}` : null;
}

/**
 * Seals first, then writes all rows in one transaction: awaiting WebCrypto inside one would end it.
 * @param upTo what the rows hold once these are written; null when more are to follow
 */
export async function writeItems(
  database: LocalDatabase,
  dataKey: DataKey,
  items: readonly Item[],
  upTo: LogMark | null,
): Promise<void> {
  const sealed = await Promise.all(
    items.map(async (item) => {
      const table = tableOf[item.type];
      const row = await sealRow(dataKey, table, rowId(item), item.lsn, item);
      return { table, row: { ...row, ...clearColumns(item) } };
    }),
  );
  const tables = [database.guard, ...workTables.map((name) => database[name])];
  await database.transaction('rw', tables, async () => {
    for (const name of workTables) {
      const rows = sealed.filter(({ table }) => table === name).map(({ row }) => row);
      if (rows.length > 0) await database[name].bulkPut(rows);
    }
    if (upTo !== null) await database.guard.update('guard', { upTo });
  });
}

/** Every item's version, without opening any. */
export async function itemVersions(database: LocalDatabase): Promise<Map<string, number>> {
  const versions = new Map<string, number>();
  for (const name of workTables)
    for (const row of await database[name].toArray()) {
      const id = itemIdOf(name, row.id);
      if (id !== null) versions.set(id, row.lsn);
    }
  return versions;
}

/** The named items, opened; rows that cannot be opened are left where they are and counted. */
export async function readItems(
  database: LocalDatabase,
  dataKey: DataKey,
  ids: ReadonlySet<string>,
): Promise<{ items: Item[]; damaged: number }> {
  const found: Promise<Item | null>[] = [];
  for (const name of workTables) {
    const rows = (await database[name].toArray()).filter((row) => ids.has(itemIdOf(name, row.id) ?? ''));
    found.push(...rows.map((row) => unsealRow<Item>(dataKey, name, row).catch(() => null)));
  }
  const items = await Promise.all(found);
  const readable = items.filter((item) => item !== null);
  return { items: readable, damaged: items.length - readable.length };
}
