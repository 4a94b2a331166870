import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';

/** Numbers from 0 up to but not including 1, the same sequence for the same seed. */
export type Random = () => number;

/** A reproducible source of randomness (xoshiro128**, Blackman and Vigna 2018), its state taken from SHA-256 of the seed. */
export function seededRandom(seed: string): Random {
  const state = new Uint32Array(sha256(utf8ToBytes(seed)).slice(0, 16).buffer);
  let [a = 1, b = 2, c = 3, d = 4] = state;
  const rotate = (x: number, by: number) => (x << by) | (x >>> (32 - by));
  return () => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11);
    return result / 2 ** 32;
  };
}

/** A shuffled copy (Fisher and Yates). */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const copy = [...items];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const held = copy[i] as T; // both indices are inside the array
    copy[i] = copy[j] as T;
    copy[j] = held;
  }
  return copy;
}
