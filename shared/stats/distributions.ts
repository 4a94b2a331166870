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

/** P(X <= x) of the beta distribution with shapes a, b > 0. */
export function betaCdf(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  return x >= 1 ? 1 : orZero(() => cephes.incbet(a, b, x));
}

/** The x with P(X <= x) = p of the beta distribution with shapes a, b > 0. */
export function betaQuantile(p: number, a: number, b: number): number {
  if (p <= 0) return 0;
  return p >= 1 ? 1 : cephes.incbi(a, b, p);
}

/** P(T <= t) of Student's distribution with df > 0 degrees of freedom, not only whole ones. */
export function studentCdf(t: number, df: number): number {
  const tail = betaCdf(df / (df + t * t), df / 2, 0.5) / 2;
  return t <= 0 ? tail : 1 - tail;
}

/** The t with P(T <= t) = p of Student's distribution. */
export function studentQuantile(p: number, df: number): number {
  if (p === 0.5) return 0;
  if (p > 0.5) return -studentQuantile(1 - p, df);
  if (p <= 0) return Number.NEGATIVE_INFINITY;
  const x = betaQuantile(2 * p, df / 2, 0.5);
  return -Math.sqrt((df * (1 - x)) / x);
}

/** P(F >= f) of Fisher's distribution with df1, df2 > 0 degrees of freedom. */
export const fisherUpper = (f: number, df1: number, df2: number): number =>
  f <= 0 ? 1 : betaCdf(df2 / (df2 + df1 * f), df2 / 2, df1 / 2);

/** The f with P(F <= f) = p of Fisher's distribution. */
export function fisherQuantile(p: number, df1: number, df2: number): number {
  if (p <= 0) return 0;
  const x = betaQuantile(1 - p, df2 / 2, df1 / 2);
  return (df2 * (1 - x)) / (df1 * x);
}

/** P(X >= x) of the chi-squared distribution with df > 0 degrees of freedom. */
export const chiSquaredUpper = (x: number, df: number): number =>
  x <= 0 ? 1 : orZero(() => cephes.chdtrc(df, x));

/** Logarithm of the binomial coefficient n over k. */
export const logChoose = (n: number, k: number): number =>
  cephes.lgam(n + 1) - cephes.lgam(k + 1) - cephes.lgam(n - k + 1);

/** P(X <= k) of the binomial distribution of n trials with probability p. */
export function binomialCdf(k: number, n: number, p: number): number {
  if (k < 0) return 0;
  return k >= n ? 1 : betaCdf(1 - p, n - k, k + 1);
}

/** P(X = k) of the binomial distribution of n trials with probability p. */
export function binomialPmf(k: number, n: number, p: number): number {
  if (k < 0 || k > n) return 0;
  if (p <= 0 || p >= 1) return (p <= 0 ? k === 0 : k === n) ? 1 : 0;
  return Math.exp(logChoose(n, k) + k * Math.log(p) + (n - k) * Math.log1p(-p));
}
