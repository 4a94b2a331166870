import type { Ratings } from './ratings.ts';

/** Units with the same number of ratings in each category, taken together: most tables have few different ones. */
export type UnitPatterns = {
  q: number;
  found: number;
  /** found x q, row by row: ratings of each category. */
  counts: Int32Array;
  /** Ratings in a unit of each pattern. */
  ratings: Int32Array;
  /** How many units have each pattern. */
  units: Int32Array;
  /** The pattern of each unit. */
  patternOf: Int32Array;
};

/** A growing table from keys of at most 30 bits to 0, 1, 2 ... in the order they came. */
function createIndex() {
  let size = 1024;
  let keys = new Int32Array(size).fill(-1);
  let places = new Int32Array(size);
  const order: number[] = [];
  const slotOf = (key: number) => {
    let slot = Math.imul(key, 0x9e3779b1) >>> 8;
    for (slot &= size - 1; keys[slot] !== -1 && keys[slot] !== key; slot = (slot + 1) & (size - 1));
    return slot;
  };
  const grow = () => {
    size *= 4;
    keys = new Int32Array(size).fill(-1);
    places = new Int32Array(size);
    for (const [place, key] of order.entries()) {
      const slot = slotOf(key);
      keys[slot] = key;
      places[slot] = place;
    }
  };
  const placeOf = (key: number): number => {
    const slot = slotOf(key);
    if (keys[slot] === key) return places[slot] as number; // slots run within the table
    keys[slot] = key;
    places[slot] = order.length;
    order.push(key);
    if (2 * order.length > size) grow();
    return order.length - 1;
  };
  return { placeOf, order };
}

/** Bits that hold a count up to `raters`. */
const bitsFor = (raters: number) => 32 - Math.clz32(raters);

/** One number for each unit: the count of every category in its own bits, added up without a branch. */
function packed({ units, raters, codes, categories }: Ratings, bits: number): UnitPatterns {
  const q = categories.length;
  // The first entry is for a missing rating, whose code is -1.
  const steps = Int32Array.from({ length: q + 1 }, (_, i) => (i === 0 ? 0 : 1 << (bits * (i - 1))));
  const index = createIndex();
  const patternOf = new Int32Array(units);
  for (let unit = 0, at = 0; unit < units; unit++) {
    let key = 0;
    for (let rater = 0; rater < raters; rater++) key += steps[(codes[at++] as number) + 1] as number; // a category or -1
    patternOf[unit] = index.placeOf(key);
  }
  const found = index.order.length;
  const counts = new Int32Array(found * q);
  const mask = (1 << bits) - 1;
  for (const [pattern, key] of index.order.entries())
    for (let k = 0; k < q; k++) counts[pattern * q + k] = (key >>> (bits * k)) & mask;
  return summed(q, found, counts, patternOf);
}

/** The same for tables whose counts do not fit 30 bits. */
function keyed({ units, raters, codes, categories }: Ratings): UnitPatterns {
  const q = categories.length;
  const known = new Map<string, number>();
  const rows: Int32Array[] = [];
  const patternOf = new Int32Array(units);
  for (let unit = 0; unit < units; unit++) {
    const given = codes.slice(unit * raters, (unit + 1) * raters).sort();
    const key = given.join(' ');
    const place = known.get(key) ?? known.size;
    patternOf[unit] = place;
    if (place < known.size) continue;
    known.set(key, place);
    const row = new Int32Array(q);
    for (const code of given) if (code >= 0) row[code] = (row[code] as number) + 1; // a category
    rows.push(row);
  }
  const counts = new Int32Array(rows.length * q);
  for (const [place, row] of rows.entries()) counts.set(row, place * q);
  return summed(q, rows.length, counts, patternOf);
}

function summed(q: number, found: number, counts: Int32Array, patternOf: Int32Array): UnitPatterns {
  const ratings = new Int32Array(found);
  for (const [at, count] of counts.entries()) {
    const pattern = Math.floor(at / q);
    ratings[pattern] = (ratings[pattern] as number) + count; // one for each pattern
  }
  const units = new Int32Array(found);
  for (const pattern of patternOf) units[pattern] = (units[pattern] as number) + 1;
  return { q, found, counts, ratings, units, patternOf };
}

/** Groups the units of a table by their counts; who gave which rating is not kept. */
export function unitPatterns(table: Ratings): UnitPatterns {
  const bits = bitsFor(table.raters);
  return bits * table.categories.length <= 30 ? packed(table, bits) : keyed(table);
}
