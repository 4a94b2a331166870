import type { Put, WorkLog } from './work-log.ts';
import { preferenceKey } from './work-log.ts';

const key = 'journal-damage';

/** What is remembered of damage in the journal of this work, sealed among it. */
type DamageNote = {
  /** Places that could not be read and are out of the file: it was set aside and written anew. */
  earlier: number;
  /** Places in the file, and how many bytes they are: more of them is more damage. */
  inFile: number;
  bytes: number;
  foundAt: string;
  /** IndexedDB did not surely hold what stood there. */
  missing: boolean;
  /** The person has read of it. */
  seen: boolean;
};

/** What a start found in the journal. */
export type FoundDamage = {
  /** Places in the file that cannot be read. */
  inFile: number;
  bytes: number;
  /** IndexedDB held all that stood there; null while it does not answer. */
  vouched: boolean | null;
};

export type JournalDamage = {
  places: number;
  foundAt: string | null;
  /** `nothing`: IndexedDB held the same; `perhaps`: it did not surely; `unknown`: it does not answer. */
  missing: 'nothing' | 'perhaps' | 'unknown';
  seen: boolean;
};

function noteIn(log: WorkLog): DamageNote | null {
  const stored = log.preference(preferenceKey(key));
  return stored === null ? null : (JSON.parse(stored) as DamageNote);
}

const noted = (note: DamageNote): Put => ({
  type: 'preference',
  key: preferenceKey(key),
  value: { key, value: JSON.stringify(note) },
});

/** What a start has to write down of the damage it found; nothing where it is known, or nobody can tell yet. */
export function decideDamageNote(log: WorkLog, found: FoundDamage, at: string): Put[] {
  const { inFile, bytes, vouched } = found;
  const known = noteIn(log);
  if (vouched === null || bytes === (known?.bytes ?? 0)) return [];
  if (known && bytes < known.bytes)
    return [noted({ ...known, earlier: known.earlier + known.inFile - inFile, inFile, bytes })];
  const missing = known?.missing === true || !vouched;
  return [noted({ earlier: known?.earlier ?? 0, inFile, bytes, foundAt: at, missing, seen: false })];
}

/** The person has read of it. */
export function decideDamageSeen(log: WorkLog): Put[] {
  const known = noteIn(log);
  return known === null || known.seen ? [] : [noted({ ...known, seen: true })];
}

/** What is to be told of the journal; null where it was never damaged. */
export function damageOf(log: WorkLog, { inFile, bytes, vouched }: FoundDamage): JournalDamage | null {
  const known = noteIn(log);
  if (bytes > (known?.bytes ?? 0)) {
    const missing = vouched === null ? 'unknown' : vouched && !known?.missing ? 'nothing' : 'perhaps';
    return { places: (known?.earlier ?? 0) + inFile, foundAt: null, missing, seen: false };
  }
  if (known === null) return null;
  const { earlier, foundAt, seen } = known;
  return { places: earlier + known.inFile, foundAt, missing: known.missing ? 'perhaps' : 'nothing', seen };
}
