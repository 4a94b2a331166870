/** A paragraph, heading, list item or table row of an answer, as far as matching needs it. */
export type Block = { text: string; heading: boolean };
/** Indexes of two blocks that say the same, of A and of B. */
export type Match = readonly [a: number, b: number];

const wordsTaken = 60;
/** A word that stands in more blocks than this tells nothing about which ones belong together. */
const tooCommon = 24;
const candidates = 5;
const leastAlike = 0.28;

/**
 * Pairs the blocks of two answers that say the same, in reading order on both sides: likeness by shared words
 * and word pairs, rare ones counting more, then the heaviest chain that never crosses.
 */
export function matchBlocks(a: readonly Block[], b: readonly Block[]): Match[] {
  const shingles = { a: a.map(shinglesOf), b: b.map(shinglesOf) };
  const weights = rarity([...shingles.a, ...shingles.b]);
  const holders = holdersOf(shingles.b);
  const totals = {
    a: shingles.a.map((set) => weightOf(set, weights)),
    b: shingles.b.map((set) => weightOf(set, weights)),
  };
  const pairs: Weighted[] = [];
  shingles.a.forEach((set, i) => {
    const alike = [...sharedWith(set, holders, weights)]
      .map(([j, shared]) => ({ i, j, weight: (2 * shared) / ((totals.a[i] ?? 0) + (totals.b[j] ?? 0)) }))
      .map((pair) =>
        a[pair.i]?.heading && b[pair.j]?.heading ? { ...pair, weight: pair.weight + 0.2 } : pair,
      )
      .filter(({ weight }) => weight >= leastAlike)
      .sort((one, other) => other.weight - one.weight);
    pairs.push(...alike.slice(0, candidates));
  });
  return heaviestChain(pairs, b.length);
}

function shinglesOf({ text }: Block): ReadonlySet<string> {
  const words = (text.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? [])
    .slice(0, wordsTaken)
    .flatMap(unspaced);
  return new Set([...words, ...words.slice(1).map((word, index) => `${words[index]} ${word}`)]);
}

/** Runs without blanks (Chinese, Japanese, Thai) are taken letter by letter; their pairs tell enough. */
const unspaced = (word: string): string[] =>
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u.test(word)
    ? [...word].slice(0, wordsTaken)
    : [word];

function rarity(sets: readonly ReadonlySet<string>[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const set of sets) for (const one of set) counts.set(one, (counts.get(one) ?? 0) + 1);
  return new Map([...counts].map(([one, count]) => [one, Math.log(1 + sets.length / count)]));
}

const weightOf = (set: ReadonlySet<string>, weights: Map<string, number>) => {
  let sum = 0;
  for (const one of set) sum += weights.get(one) ?? 0;
  return sum;
};

function holdersOf(sets: readonly ReadonlySet<string>[]): Map<string, number[]> {
  const holders = new Map<string, number[]>();
  sets.forEach((set, index) => {
    for (const one of set) {
      const list = holders.get(one);
      if (list) list.push(index);
      else holders.set(one, [index]);
    }
  });
  return holders;
}

function sharedWith(set: ReadonlySet<string>, holders: Map<string, number[]>, weights: Map<string, number>) {
  const shared = new Map<number, number>();
  for (const one of set) {
    const list = holders.get(one) ?? [];
    if (list.length > tooCommon) continue;
    for (const j of list) shared.set(j, (shared.get(j) ?? 0) + (weights.get(one) ?? 0));
  }
  return shared;
}

type Weighted = { i: number; j: number; weight: number };
type Link = Weighted & { sum: number; before: Link | null };

/** The heaviest sequence with both indexes rising; a tree of prefix maxima keeps it at n log n. */
function heaviestChain(pairs: Weighted[], size: number): Match[] {
  const best: (Link | null)[] = new Array<Link | null>(size + 1).fill(null);
  const below = (j: number): Link | null => {
    let top: Link | null = null;
    for (let at = j; at > 0; at -= at & -at)
      if ((best[at]?.sum ?? 0) > (top?.sum ?? 0)) top = best[at] ?? null;
    return top;
  };
  const put = (link: Link) => {
    for (let at = link.j + 1; at <= size; at += at & -at)
      if (link.sum > (best[at]?.sum ?? 0)) best[at] = link;
  };
  // Within one block of A the later block of B goes first, so that a chain takes each block once.
  pairs.sort((one, other) => one.i - other.i || other.j - one.j);
  for (const pair of pairs) {
    const before = below(pair.j);
    put({ ...pair, before, sum: pair.weight + (before?.sum ?? 0) });
  }
  const chain: Match[] = [];
  for (let link = below(size); link; link = link.before) chain.push([link.i, link.j]);
  return chain.reverse();
}
