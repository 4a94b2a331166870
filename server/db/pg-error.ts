type PgError = Error & { code: string; constraint?: string };

const connectionCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  '53300', // too many connections
  '57P01', // stopped by an administrator
  '57P02', // crashed
  '57P03', // starting up or shutting down
]);
// The pool and the client raise these without a code.
const connectionMessages = /timeout exceeded when trying to connect|Connection terminated|not queryable/;

// Drizzle wraps the driver's error, and Node wraps one refused connection per address into one.
function* causesOf(error: unknown): Generator<Error> {
  for (let at = error; at instanceof Error; at = at.cause) {
    yield at;
    if (at instanceof AggregateError) for (const inner of at.errors) yield* causesOf(inner);
  }
}

const isPgError = (error: Error): error is PgError => 'code' in error && typeof error.code === 'string';

/** True when a write met a unique constraint (a name or an address that is taken). */
export function isUniqueViolation(error: unknown): boolean {
  return [...causesOf(error)].some((cause) => isPgError(cause) && cause.code === '23505');
}

/** True when the database could not be reached, as opposed to one that refused the query. */
export function isConnectionFailure(error: unknown): boolean {
  return [...causesOf(error)].some((cause) =>
    isPgError(cause)
      ? connectionCodes.has(cause.code) || cause.code.startsWith('08')
      : connectionMessages.test(cause.message),
  );
}

/** The SQLSTATE of a failed query, or an empty string. */
export function sqlState(error: unknown): string {
  return [...causesOf(error)].find(isPgError)?.code ?? '';
}
