/**
 * Inverse of a symmetric positive definite matrix (row by row, n x n) by Cholesky's factors; null when it is not
 * positive definite to working precision.
 */
export function invertedSymmetric(matrix: Float64Array, n: number): Float64Array | null {
  const factor = choleskyFactor(matrix, n);
  if (!factor) return null;
  const inverse = new Float64Array(n * n);
  const column = new Float64Array(n);
  for (let at = 0; at < n; at++) {
    column.fill(0);
    column[at] = 1;
    solveInPlace(factor, n, column);
    for (let row = 0; row < n; row++) inverse[row * n + at] = column[row] as number; // within n
  }
  return inverse;
}

/** The lower factor L with L L' = matrix, or null. */
function choleskyFactor(matrix: Float64Array, n: number): Float64Array | null {
  const factor = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * n + j] as number; // within n x n, as below
      for (let k = 0; k < j; k++) sum -= (factor[i * n + k] as number) * (factor[j * n + k] as number);
      if (i !== j) factor[i * n + j] = sum / (factor[j * n + j] as number);
      else if (sum <= 1e-13 * (matrix[i * n + i] as number)) return null;
      else factor[i * n + i] = Math.sqrt(sum);
    }
  return factor;
}

/** Replaces b by the solution of L L' x = b. */
function solveInPlace(factor: Float64Array, n: number, b: Float64Array): void {
  for (let i = 0; i < n; i++) {
    let sum = b[i] as number; // within n, as below
    for (let k = 0; k < i; k++) sum -= (factor[i * n + k] as number) * (b[k] as number);
    b[i] = sum / (factor[i * n + i] as number);
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = b[i] as number;
    for (let k = i + 1; k < n; k++) sum -= (factor[k * n + i] as number) * (b[k] as number);
    b[i] = sum / (factor[i * n + i] as number);
  }
}

/** Matrix (n x n) times vector. */
export function timesVector(matrix: Float64Array, n: number, vector: Float64Array): Float64Array {
  const result = new Float64Array(n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++)
      result[i] = (result[i] as number) + (matrix[i * n + j] as number) * (vector[j] as number); // within n x n
  return result;
}

/** True when Newton's steps are at the end of what doubles can tell: tiny, or small and, by counts of millions, no longer shrinking. */
export const isSettled = (step: number, last: number): boolean =>
  step < 1e-11 || (step < 1e-8 && step > last / 2);
