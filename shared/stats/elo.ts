/** One game in the order it was played; `score` is 1, 1/2 or 0 for the first. */
export type Game = { first: number; second: number; score: number };
export type EloOptions = { k?: number; initial?: number; scale?: number; base?: number };

/**
 * Elo ratings (1978) after a sequence of games. Their order changes the result, so they are for comparison with
 * published tables only; `bradleyTerry` is the estimate to report.
 */
export function eloRatings(games: readonly Game[], items: number, options: EloOptions = {}): Float64Array {
  const { k = 32, initial = 1500, scale = 400, base = 10 } = options;
  const ratings = new Float64Array(items).fill(initial);
  for (const { first, second, score } of games) {
    const [a, b] = [ratings[first] ?? initial, ratings[second] ?? initial];
    const change = k * (score - 1 / (1 + base ** ((b - a) / scale)));
    ratings[first] = a + change;
    ratings[second] = b - change;
  }
  return ratings;
}
