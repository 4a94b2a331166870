import 'fake-indexeddb/auto';
import RealDexie, { type Table } from 'dexie';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import MemoryDexie, { storedDatabase } from './memory-dexie.ts';
import type { RunningApp } from './running-app.ts';
import { surround } from './surroundings.ts';

type Row = { id: string; batchId?: string; position?: number; blob?: Uint8Array; note?: string };
type Database = {
  rows: Table<Row, string>;
  more: Table<Row, string>;
  open: () => Promise<unknown>;
  close: () => void;
  transaction: (mode: 'rw', ...tables: unknown[]) => Promise<unknown>;
};

const stored = storedDatabase();
const app = {
  step: async (_kind: string, _what: string, effect: () => unknown) => effect(),
  laptop: { rowsAreStuck: () => false, database: () => stored, disk: { free: 1 } },
} as unknown as RunningApp;

const real = () => new RealDexie('rows-contract') as unknown as Database;
const memory = () => new MemoryDexie('rows-contract') as unknown as Database;

/** Whatever the local store asks of its rows, both answer alike. */
describe.each([
  ['Dexie over fake-indexeddb', real],
  ['the rows in memory', memory],
])('%s', (_name, make) => {
  let database: Database;
  beforeEach(async () => {
    surround(() => app);
    stored.tables.clear();
    database = make();
    const schema = { rows: 'id, [batchId+position]', more: 'id' };
    (database as unknown as RealDexie).version(1).stores(schema);
    await database.open();
  });
  afterEach(async () => {
    database.close();
    surround(() => null);
    await RealDexie.delete('rows-contract');
  });

  it('puts, gets and counts by id, the last put standing', async () => {
    await database.rows.put({ id: 'b', note: 'first' });
    await database.rows.bulkPut([
      { id: 'a', blob: new Uint8Array([1, 2]) },
      { id: 'b', note: 'second' },
    ]);
    expect(await database.rows.get('b')).toEqual({ id: 'b', note: 'second' });
    expect((await database.rows.get('a'))?.blob).toEqual(new Uint8Array([1, 2]));
    expect(await database.rows.get('c')).toBeUndefined();
    expect(await database.rows.count()).toBe(2);
    expect((await database.rows.toArray()).map(({ id }) => id)).toEqual(['a', 'b']);
    expect(await database.rows.bulkGet(['b', 'c'])).toEqual([{ id: 'b', note: 'second' }, undefined]);
  });

  it('keeps what it was given, whatever becomes of it outside', async () => {
    const row: Row = { id: 'a', blob: new Uint8Array([1]), note: 'as put' };
    await database.rows.put(row);
    row.note = 'changed';
    row.blob?.fill(9);
    expect(await database.rows.get('a')).toEqual({ id: 'a', blob: new Uint8Array([1]), note: 'as put' });
  });

  it('deletes what is named, in one transaction with what is put', async () => {
    await database.rows.bulkPut([{ id: 'a' }, { id: 'b' }, { id: 'c' }]);
    await database.transaction('rw', database.rows, database.more, async () => {
      await database.rows.bulkDelete(['a', 'c', 'never there']);
      await database.more.bulkDelete([]);
      await database.more.bulkPut([]);
      await database.rows.put({ id: 'd' });
    });
    expect((await database.rows.toArray()).map(({ id }) => id)).toEqual(['b', 'd']);
  });

  it('updates what is there and nothing else', async () => {
    await database.rows.put({ id: 'a', note: 'one', position: 1 });
    await database.rows.update('a', { note: 'two' });
    await database.rows.update('b', { note: 'three' });
    expect(await database.rows.toArray()).toEqual([{ id: 'a', note: 'two', position: 1 }]);
  });

  it('finds by the beginning of an id, and orders by two columns', async () => {
    await database.rows.bulkPut([
      { id: 'x.2', batchId: 'b', position: 2 },
      { id: 'y.1', batchId: 'a', position: 10 },
      { id: 'x.1', batchId: 'a', position: 9 },
    ]);
    expect((await database.rows.where('id').startsWith('x.').toArray()).map(({ id }) => id)).toEqual([
      'x.1',
      'x.2',
    ]);
    const ordered = () => database.rows.orderBy('[batchId+position]');
    expect(await ordered().primaryKeys()).toEqual(['x.1', 'y.1', 'x.2']);
    expect(await ordered().keys()).toEqual([
      ['a', 9],
      ['a', 10],
      ['b', 2],
    ]);
  });

  it('writes all of a transaction or nothing of it', async () => {
    const { rows, more } = database;
    await database.transaction('rw', rows, more, async () => {
      await rows.put({ id: 'a' });
      await more.bulkPut([{ id: 'b' }]);
    });
    const broken = database.transaction('rw', [rows, more], async () => {
      await rows.put({ id: 'c' });
      throw new Error('broken off');
    });
    await expect(broken).rejects.toThrow('broken off');
    expect((await rows.toArray()).map(({ id }) => id)).toEqual(['a']);
    expect((await more.toArray()).map(({ id }) => id)).toEqual(['b']);
  });

  it('refuses to work once it is closed', async () => {
    database.close();
    await expect(database.rows.put({ id: 'a' })).rejects.toThrow();
    await expect(database.rows.get('a')).rejects.toThrow();
  });

  it('finds again what was written before, once it is opened anew', async () => {
    await database.rows.put({ id: 'a' });
    database.close();
    await database.open();
    expect(await database.rows.count()).toBe(1);
  });
});
