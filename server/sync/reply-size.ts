/** About the bytes one reply carries at most; always at least one item. */
export const replyBytes = 4_000_000;

/** How many of the sizes, from the first on, fit one reply. */
export function fitting(sizes: readonly number[], limit: number): number {
  let sum = 0;
  const over = sizes.findIndex((size) => {
    sum += size;
    return sum > limit;
  });
  return over === -1 ? sizes.length : Math.max(over, 1);
}
