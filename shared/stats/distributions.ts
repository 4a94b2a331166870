/// <reference path="./cephes.d.ts" />
import cephes from 'cephes';

// The functions are WebAssembly; outside Node it is compiled asynchronously.
await cephes.compiled;

/** A probability too small for a double is 0; Cephes throws there. */
function orZero(probability: () => number): number {
  try {
    return probability();
  } catch (error) {
    if (error instanceof Error && error.message.includes('underflow')) return 0;
    throw error;
  }
}

/** P(Z <= z) of the standard normal distribution; keeps its relative precision in the lower tail. */
export const normalCdf = (z: number): number => orZero(() => cephes.ndtr(z));

/** The z with P(Z <= z) = p, for 0 < p < 1; minus and plus infinity at 0 and 1. */
export function normalQuantile(p: number): number {
  if (p <= 0) return Number.NEGATIVE_INFINITY;
  return p >= 1 ? Number.POSITIVE_INFINITY : cephes.ndtri(p);
}

/** P(|Z| >= |z|), two-sided. */
export const normalTwoSided = (z: number): number => Math.min(1, 2 * normalCdf(-Math.abs(z)));

/** log(n!) less its Stirling approximation, for n > 0 that need not be whole (Loader 2000, "Fast and accurate computation of binomial probabilities"). */
function stirlingError(n: number): number {
  if (n <= 15) return cephes.lgam(n + 1) - (n + 0.5) * Math.log(n) + n - Math.log(2 * Math.PI) / 2;
  const squared = n * n;
  return (
    (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / squared) / squared) / squared) / squared) / n
  );
}

/** x log(x / m) + m - x, precise where x is close to m (Loader 2000). */
function deviancePart(x: number, m: number): number {
  if (Math.abs(x - m) >= 0.1 * (x + m)) return x * Math.log(x / m) + m - x;
  const v = (x - m) / (x + m);
  let sum = (x - m) * v;
  let term = 2 * x * v;
  for (let j = 1; j < 1000; j++) {
    term *= v * v;
    const next = sum + term / (2 * j + 1);
    if (next === sum) break;
    sum = next;
  }
  return sum;
}

/** Gamma(a + b + 1) / (Gamma(a + 1) Gamma(b + 1)) x^a y^b for a, b > 0 and x + y = 1 (Loader 2000). */
function saddlePoint(a: number, b: number, x: number, y: number): number {
  const n = a + b;
  const error = stirlingError(n) - stirlingError(a) - stirlingError(b);
  const deviance = deviancePart(a, n * x) + deviancePart(b, n * y);
  return Math.exp(error - deviance) * Math.sqrt(n / (2 * Math.PI * a * b));
}

/** The continued fraction of the incomplete beta function (DLMF 8.17.22) by Lentz's method, for x below the mean. */
function betaFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1) || tiny);
  let fraction = d;
  for (let m = 1; m < 1_000_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + even * d || tiny);
    c = 1 + even / c || tiny;
    fraction *= d * c;
    d = 1 / (1 + odd * d || tiny);
    c = 1 + odd / c || tiny;
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return fraction;
}

/** Cephes loses digits in large shapes: a part in 10^9 at a million, a part in 500 at ten millions. */
const largeShapes = 10_000;

/** The regularized incomplete beta function of x, with y = 1 - x. */
function incompleteBeta(x: number, y: number, a: number, b: number): number {
  if (a + b <= largeShapes) return orZero(() => cephes.incbet(a, b, x));
  const front = (saddlePoint(a, b, x, y) * a * b) / (a + b);
  if (front === 0) return x < a / (a + b) ? 0 : 1;
  return x < (a + 1) / (a + b + 2)
    ? (front * betaFraction(x, a, b)) / a
    : 1 - (front * betaFraction(y, b, a)) / b;
}

/** P(X <= x) of the beta distribution, with y = 1 - x given as well: near 1 only y still has its digits. */
function betaLower(x: number, y: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (y <= 0) return 1;
  if (x > 0.5) {
    const upper = incompleteBeta(y, x, b, a);
    if (upper < 0.999) return 1 - upper;
  }
  const lower = incompleteBeta(x, y, a, b);
  return lower < leastProbability ? 0 : lower;
}

/** Smaller ones have lost their digits, and count as 0. */
const leastProbability = 1e-300;

/** P(X <= x) of the beta distribution with shapes a, b > 0. */
export const betaCdf = (x: number, a: number, b: number): number => betaLower(x, 1 - x, a, b);

const logistic = (t: number) => 1 / (1 + Math.exp(-t));

/**
 * log(x / (1 - x)) of the quantile x of the beta distribution, 0 < p < 1: by the Illinois rule on the logarithm of the
 * probability, with a halving wherever that does not bring the ends together.
 */
function betaLogOdds(p: number, a: number, b: number): number {
  if (p > 0.5) return -betaLogOdds(1 - p, b, a);
  const excess = (t: number) => Math.log(betaLower(logistic(t), logistic(-t), a, b) / p);
  let [low, high] = [-745, 745];
  let [below, above] = [Number.NEGATIVE_INFINITY, -Math.log(p)];
  let stayed = 0;
  for (let step = 0; step < 400; step++) {
    const width = high - low;
    if (width <= 4e-16 * Math.max(1, Math.abs(low))) break;
    const line = low + (width * below) / (below - above);
    const t = Number.isFinite(below) && step % 4 !== 3 && line > low && line < high ? line : low + width / 2;
    const found = excess(t);
    if (found === 0) return t;
    if (found < 0) {
      [low, below] = [t, found];
      if (stayed === -1) above /= 2;
      stayed = -1;
    } else {
      [high, above] = [t, found];
      if (stayed === 1) below /= 2;
      stayed = 1;
    }
  }
  return (low + high) / 2;
}

/** The x with P(X <= x) = p of the beta distribution with shapes a, b > 0. */
export function betaQuantile(p: number, a: number, b: number): number {
  if (p <= 0) return 0;
  return p >= 1 ? 1 : logistic(betaLogOdds(p, a, b));
}

/** P(T <= t) of Student's distribution with df > 0 degrees of freedom, not only whole ones. */
export function studentCdf(t: number, df: number): number {
  const all = df + t * t;
  const tail = betaLower(df / all, (t * t) / all, df / 2, 0.5) / 2;
  return t <= 0 ? tail : 1 - tail;
}

/** The t with P(T <= t) = p of Student's distribution; minus and plus infinity at 0 and 1. */
export function studentQuantile(p: number, df: number): number {
  if (p === 0.5) return 0;
  if (p > 0.5) return -studentQuantile(1 - p, df);
  if (p <= 0) return Number.NEGATIVE_INFINITY;
  return -Math.sqrt(df * Math.exp(-betaLogOdds(2 * p, df / 2, 0.5)));
}

/** P(F >= f) of Fisher's distribution with df1, df2 > 0 degrees of freedom. */
export function fisherUpper(f: number, df1: number, df2: number): number {
  if (f <= 0) return 1;
  const all = df2 + df1 * f;
  return Number.isFinite(all) ? betaLower(df2 / all, (df1 * f) / all, df2 / 2, df1 / 2) : 0;
}

/** The f with P(F <= f) = p of Fisher's distribution; infinite where it is too large for a double. */
export function fisherQuantile(p: number, df1: number, df2: number): number {
  if (p <= 0) return 0;
  if (p >= 1) return Number.POSITIVE_INFINITY;
  return (df2 / df1) * Math.exp(betaLogOdds(p, df1 / 2, df2 / 2));
}

/** P(X >= x) of the chi-squared distribution with df > 0 degrees of freedom. */
export const chiSquaredUpper = (x: number, df: number): number =>
  x <= 0 ? 1 : orZero(() => cephes.chdtrc(df, x));

/** P(X <= k) of the binomial distribution of n trials with probability p. */
export function binomialCdf(k: number, n: number, p: number): number {
  if (k < 0) return 0;
  return k >= n ? 1 : betaLower(1 - p, p, n - k, k + 1);
}

/** P(X = k) of the binomial distribution of n trials with probability p (Loader 2000). */
export function binomialPmf(k: number, n: number, p: number): number {
  if (k < 0 || k > n) return 0;
  if (p <= 0 || p >= 1) return (p <= 0 ? k === 0 : k === n) ? 1 : 0;
  if (k === 0) return Math.exp(n * Math.log1p(-p));
  return k === n ? Math.exp(n * Math.log(p)) : saddlePoint(k, n - k, p, 1 - p);
}
