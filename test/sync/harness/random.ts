/** Numbers from a seed: the same seed gives the same numbers for ever. */
export type Random = {
  /** Uniform in [0, 1). */
  next: () => number;
  /** A whole number from 0 to below `count`. */
  below: (count: number) => number;
  between: (low: number, high: number) => number;
  chance: (probability: number) => boolean;
  oneOf: <T>(list: readonly T[]) => T;
  bytes: (count: number) => Uint8Array<ArrayBuffer>;
};

/** Spreads the bits of text and numbers, so that neighbouring seeds have nothing in common. */
export function seedOf(...parts: readonly (string | number)[]): number {
  let h = 0x811c9dc5;
  for (const char of parts.join('|')) {
    h = Math.imul(h ^ char.charCodeAt(0), 0x01000193);
    h ^= h >>> 15;
  }
  return h >>> 0;
}

/** sfc32: small, fast, and good enough to choose among faults. */
export function randomFrom(...parts: readonly (string | number)[]): Random {
  let a = seedOf('a', ...parts);
  let b = seedOf('b', ...parts);
  let c = seedOf('c', ...parts);
  let counter = 1;
  const word = () => {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + t;
    return t >>> 0;
  };
  for (let i = 0; i < 12; i++) word();
  const next = () => word() / 4294967296;
  const below = (count: number) => Math.floor(next() * count);
  return {
    next,
    below,
    between: (low, high) => low + next() * (high - low),
    chance: (probability) => next() < probability,
    oneOf: <T>(list: readonly T[]) => list[below(list.length)] as T,
    bytes: (count) => Uint8Array.from({ length: count }, () => word() & 0xff),
  };
}
