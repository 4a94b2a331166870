import { AsyncLocalStorage } from 'node:async_hooks';
import { currentApp } from './surroundings.ts';

/**
 * Stands for the `dexie` package under renderer/data/database.ts: tables in memory whose every call is a step that the
 * scheduler takes. A transaction is written whole when its commit step is taken, and not at all before.
 * test/sync/harness/memory-dexie.test.ts runs the same suite on this and on Dexie over fake-indexeddb.
 */
type Row = Record<string, unknown> & { id: string };
type Tables = Map<string, Map<string, Row>>;
type Write = (tables: Tables) => void;
type Transaction = { writes: Write[]; failed: unknown };
type KeyPart = string | number;

/** What IndexedDB holds of one database; a wipe puts another one in its place. */
export type StoredDatabase = { tables: Tables; isGone: boolean };
export const storedDatabase = (): StoredDatabase => ({ tables: new Map(), isGone: false });

/** Rows are put and never changed in place, so that copies may share them. */
export function copyOf(stored: StoredDatabase): StoredDatabase {
  return { tables: new Map([...stored.tables].map(([name, rows]) => [name, new Map(rows)])), isGone: false };
}

const zone = new AsyncLocalStorage<Transaction | null>();

class LostConnection extends Error {
  override name = 'DatabaseClosedError';
}

function compareKeys(one: readonly KeyPart[], other: readonly KeyPart[]): number {
  for (const [i, part] of one.entries()) {
    const against = other[i] as KeyPart;
    if (part !== against) return part < against ? -1 : 1;
  }
  return 0;
}

const cloned = (row: Row): Row => {
  const copy = { ...row };
  for (const [key, value] of Object.entries(copy))
    if (value instanceof Uint8Array) copy[key] = new Uint8Array(value);
    else if (typeof value === 'object' && value !== null) copy[key] = structuredClone(value);
  return copy;
};

const byId = (one: Row, other: Row) => (one.id < other.id ? -1 : one.id > other.id ? 1 : 0);

class MemoryTable {
  readonly #database: Dexie;
  readonly #name: string;
  constructor(database: Dexie, name: string) {
    this.#database = database;
    this.#name = name;
  }

  #rows(): Map<string, Row> {
    return this.#database.tableNamed(this.#name);
  }

  get(id: string): Promise<Row | undefined> {
    return this.#database.read('get', () => {
      const row = this.#rows().get(id);
      return row && cloned(row);
    });
  }

  bulkGet(ids: readonly string[]): Promise<(Row | undefined)[]> {
    return this.#database.read('bulkGet', () => ids.map((id) => this.#rows().get(id)));
  }

  toArray(): Promise<Row[]> {
    return this.#database.read('toArray', () => [...this.#rows().values()].sort(byId));
  }

  count(): Promise<number> {
    return this.#database.read('count', () => this.#rows().size);
  }

  put(row: Row): Promise<void> {
    return this.bulkPut([row]);
  }

  bulkPut(rows: readonly Row[]): Promise<void> {
    const copies = rows.map(cloned);
    return this.#database.write('put', (tables) => {
      const table = tableIn(tables, this.#name);
      for (const row of copies) table.set(row.id, row);
    });
  }

  bulkDelete(ids: readonly string[]): Promise<void> {
    return this.#database.write('delete', (tables) => {
      const table = tableIn(tables, this.#name);
      for (const id of ids) table.delete(id);
    });
  }

  update(id: string, changes: Partial<Row>): Promise<void> {
    const copy = cloned(changes as Row);
    return this.#database.write('update', (tables) => {
      const table = tableIn(tables, this.#name);
      const row = table.get(id);
      if (row) table.set(id, { ...row, ...copy });
    });
  }

  where(_index: 'id') {
    return {
      startsWith: (prefix: string) => ({
        toArray: () =>
          this.#database.read('startsWith', () =>
            [...this.#rows().values()].filter(({ id }) => id.startsWith(prefix)).sort(byId),
          ),
      }),
    };
  }

  orderBy(index: string) {
    const columns = index.replace(/[[\]]/g, '').split('+');
    const keyOf = (row: Row) => columns.map((column) => row[column] as KeyPart);
    const ordered = () => [...this.#rows().values()].sort((a, b) => compareKeys(keyOf(a), keyOf(b)));
    return {
      keys: () => this.#database.read('keys', () => ordered().map(keyOf)),
      primaryKeys: () => this.#database.read('primaryKeys', () => ordered().map(({ id }) => id)),
    };
  }
}

function tableIn(tables: Tables, name: string): Map<string, Row> {
  const table = tables.get(name) ?? new Map<string, Row>();
  tables.set(name, table);
  return table;
}

export default class Dexie {
  readonly name: string;
  #stored: StoredDatabase | null = null;
  #isStuck = false;
  #lane: Promise<unknown> = Promise.resolve();

  constructor(name: string) {
    this.name = name;
  }

  version(_number: number) {
    return {
      stores: (schema: Record<string, string>) => {
        for (const table of Object.keys(schema))
          Object.assign(this, { [table]: new MemoryTable(this, table) });
      },
    };
  }

  open(): Promise<this> {
    const app = currentApp();
    return app.step('rows', 'open', () => {
      if (app.laptop.rowsAreStuck(this)) return new Promise<this>(() => undefined);
      this.#stored = app.laptop.database(this.name);
      this.#isStuck = false;
      return this;
    });
  }

  close(): void {
    this.#stored = null;
  }

  tableNamed(table: string): Map<string, Row> {
    return tableIn(this.#connected().tables, table);
  }

  #connected(): StoredDatabase {
    if (!this.#stored || this.#stored.isGone) throw new LostConnection('the database is closed');
    return this.#stored;
  }

  /** Once stuck, a connection stays so. */
  #hangs(): boolean {
    this.#isStuck ||= currentApp().laptop.rowsAreStuck(this);
    return this.#isStuck;
  }

  read<T>(what: string, find: () => T): Promise<T> {
    return currentApp().step('rows', what, () =>
      this.#hangs() ? new Promise<T>(() => undefined) : find(),
    ) as Promise<T>;
  }

  write(what: string, write: Write): Promise<void> {
    const transaction = zone.getStore();
    if (!transaction) return this.#commit(what, [write]);
    return currentApp().step('rows', what, () => {
      if (this.#hangs()) return new Promise<void>(() => undefined);
      this.#connected();
      transaction.writes.push(write);
      return undefined;
    });
  }

  #commit(what: string, writes: readonly Write[]): Promise<void> {
    const app = currentApp();
    return app.step('rows', `commit ${what}`, () => {
      if (this.#hangs()) return new Promise<void>(() => undefined);
      const { tables } = this.#connected();
      if (app.laptop.disk.free <= 0) throw new Error('QuotaExceededError');
      for (const write of writes) write(tables);
      return undefined;
    });
  }

  /** Read-write transactions of one connection come one after the other. */
  transaction<T>(_mode: string, ...given: unknown[]): Promise<T> {
    const body = given.at(-1) as () => Promise<T>;
    const run = async () => {
      const transaction: Transaction = { writes: [], failed: null };
      const value = await zone.run(transaction, body);
      await this.#commit('transaction', transaction.writes);
      return value;
    };
    const going = this.#lane.then(run, run);
    this.#lane = going.catch(() => undefined);
    return going;
  }
}
