import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reconcile } from './reconcile.ts';

const ids = fc.constantFrom(
  'mutation|0.1',
  'mutation|0.2',
  'progress|0.1',
  'head|a',
  'head|b',
  'identity|identity',
);
const versions = fc.array(fc.tuple(ids, fc.nat(20)), { maxLength: 12 }).map((pairs) => new Map(pairs));

function mended(journal: Map<string, number>, dexie: Map<string, number>) {
  const { toDexie, toJournal } = reconcile(journal, dexie);
  const nextDexie = new Map(dexie);
  for (const id of toDexie) nextDexie.set(id, journal.get(id) ?? -1);
  const nextJournal = new Map(journal);
  for (const id of toJournal) nextJournal.set(id, dexie.get(id) ?? -1);
  return { journal: nextJournal, dexie: nextDexie };
}

const sorted = (map: Map<string, number>) => [...map].sort();

describe('reconcile', () => {
  it('leaves both sides with the newest of every item, whatever each had lost', () => {
    fc.assert(
      fc.property(versions, versions, (journal, dexie) => {
        const after = mended(journal, dexie);
        const newest = new Map(journal);
        for (const [id, lsn] of dexie) newest.set(id, Math.max(lsn, newest.get(id) ?? -1));
        expect(sorted(after.journal)).toEqual(sorted(newest));
        expect(sorted(after.dexie)).toEqual(sorted(newest));
      }),
      { seed: 20_261_121 },
    );
  });

  it('has nothing to do a second time', () => {
    fc.assert(
      fc.property(versions, versions, (journal, dexie) => {
        const after = mended(journal, dexie);
        expect(reconcile(after.journal, after.dexie)).toEqual({ toDexie: [], toJournal: [] });
      }),
      { seed: 20_261_122 },
    );
  });

  it('fills an empty Dexie from the journal and an empty journal from Dexie', () => {
    const held = new Map([['head|a', 3]]);
    expect(reconcile(held, new Map())).toEqual({ toDexie: ['head|a'], toJournal: [] });
    expect(reconcile(new Map(), held)).toEqual({ toDexie: [], toJournal: ['head|a'] });
  });
});
