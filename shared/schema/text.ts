import { z } from 'zod';

/** Text that PostgreSQL, JSON and a hash can all carry: no NUL, no half surrogate pairs. */
export const wellFormedText = (maxChars: number) =>
  z
    .string()
    .max(maxChars)
    .refine((text) => text.isWellFormed() && !text.includes('\u0000'), {
      error: 'contains a NUL or half a character (a lone surrogate)',
    });

/** Makes any text well-formed: NUL and lone surrogates become U+FFFD, nothing else changes. */
export function toWellFormedText(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '\uFFFD');
}
