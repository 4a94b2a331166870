/** How two items (positions in a list) fared against each other: `first` shown first, where that matters. */
export type PairCount = { first: number; second: number; wins: number; losses: number; ties: number };

/** Judgements as positions of items and an outcome: 1 the first won, -1 the second, 0 a tie. */
export type Judgements = { first: Int32Array; second: Int32Array; outcome: Int8Array };

/**
 * Counts judgements of `items` items into one row for each ordered pair that occurs.
 * @throws RangeError for a position that is no item, an item against itself, or columns of unequal length
 */
export function countPairs({ first, second, outcome }: Judgements, items: number): PairCount[] {
  if (first.length !== second.length || first.length !== outcome.length)
    throw new RangeError('the columns of judgements must be equally long');
  const cells = new Int32Array(items * items * 3);
  for (let at = 0; at < first.length; at++) {
    const i = first[at] as number; // columns are equally long, as below
    const j = second[at] as number;
    const result = outcome[at] as number;
    // As unsigned numbers, negative positions are too large as well.
    if (i >>> 0 >= items || j >>> 0 >= items || i === j || result > 1 || result < -1)
      throw new RangeError(`judgement ${at + 1} is not between two different items of the list`);
    const cell = (i * items + j) * 3 + 1 - result;
    cells[cell] = (cells[cell] as number) + 1;
  }
  return Array.from({ length: items * items }, (_, pair) => ({
    first: Math.floor(pair / items),
    second: pair % items,
    wins: cells[pair * 3] ?? 0,
    ties: cells[pair * 3 + 1] ?? 0,
    losses: cells[pair * 3 + 2] ?? 0,
  })).filter(({ wins, ties, losses }) => wins + ties + losses > 0);
}

/**
 * True when every item can be reached from every other along "beat or tied with": only then do Bradley-Terry
 * abilities have a finite maximum (Ford 1957; with ties, Davidson 1970).
 */
export function isStronglyConnected(
  pairs: readonly PairCount[],
  items: number,
  tiesConnect: boolean,
): boolean {
  const empty = () => Array.from({ length: items }, (): number[] => []);
  const edges = { down: empty(), up: empty() };
  const add = (from: number, to: number) => {
    edges.down[from]?.push(to);
    edges.up[to]?.push(from);
  };
  for (const { first, second, wins, losses, ties } of pairs) {
    const tied = tiesConnect && ties > 0;
    if (wins > 0 || tied) add(first, second);
    if (losses > 0 || tied) add(second, first);
  }
  return reaches(edges.down, items) && reaches(edges.up, items);
}

function reaches(edges: readonly (readonly number[])[], items: number): boolean {
  const seen = new Set([0]);
  const waiting = [0];
  for (let from = waiting.pop(); from !== undefined; from = waiting.pop())
    for (const to of edges[from] ?? [])
      if (!seen.has(to)) {
        seen.add(to);
        waiting.push(to);
      }
  return seen.size >= items;
}
