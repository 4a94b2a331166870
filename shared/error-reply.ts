import { z } from 'zod';
import { AppError, type ErrorCode, errorTable } from './errors.ts';

// Apart from errors.ts, so that a worker that only throws errors does not carry the schemas.

/** How every failed reply of the server looks. */
export const errorReplySchema = z.object({
  error: z.object({ code: z.string(), message: z.string(), details: z.unknown().optional() }),
});

const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(errorTable, code);

/** Turns a failed reply back into an AppError; a reply of another form (a proxy's page) is a `server-error`. */
export function errorFromReply(reply: unknown): AppError {
  const parsed = errorReplySchema.safeParse(reply);
  if (!parsed.success || !isErrorCode(parsed.data.error.code)) return new AppError('server-error');
  const { code, message, details } = parsed.data.error;
  return new AppError(code, { message, details });
}
