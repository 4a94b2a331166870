import { uuidv7 } from '../../../shared/schema/ids.ts';

/** Uniform in [0, 1). */
export type Random = () => number;

export type SeededIds = {
  /** A time-ordered id, as the server gives them. */
  id: <Id extends string = string>() => Id;
  /** A random id, as an epoch is. */
  epoch: () => string;
  /** A session's token, in the letters of a real one. */
  token: () => string;
};

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Everything a world names by chance, from its own randomness and clock: the same seed gives the same names. */
export function seededIds(random: Random, clock: () => number): SeededIds {
  const bytes = (count: number) => Uint8Array.from({ length: count }, () => Math.floor(random() * 256));
  return {
    id: <Id extends string>() => uuidv7(clock(), bytes(10)) as Id,
    epoch: () => {
      const hex = hexOf(bytes(16));
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
    },
    token: () => Buffer.from(bytes(32)).toString('base64url'),
  };
}
