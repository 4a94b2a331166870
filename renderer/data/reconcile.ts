/** How new each item is on one side, by its id. */
export type Versions = ReadonlyMap<string, number>;

export type Repairs = {
  /** Items to write into Dexie, because the journal's are newer or Dexie has none. */
  toDexie: string[];
  /** Items to append to the journal, because it lost them to damage or is gone. */
  toJournal: string[];
};

/**
 * Compares journal and Dexie item by item: the newer wins on both sides and nothing is ever removed. Whichever
 * side was wiped, cut or damaged, both hold the union of the newest afterwards.
 */
export function reconcile(journal: Versions, dexie: Versions): Repairs {
  const newer = (mine: Versions, theirs: Versions) =>
    [...mine].filter(([id, lsn]) => lsn > (theirs.get(id) ?? -1)).map(([id]) => id);
  return { toDexie: newer(journal, dexie), toJournal: newer(dexie, journal) };
}
