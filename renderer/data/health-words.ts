import type { LocalHealth } from './types.ts';

/** What a physician is told where the work stands on less than its two copies: where, what, and the next step. */
export function healthSentences({ journalAlone, casesAway }: LocalHealth): string[] {
  if (!journalAlone) return [];
  const opened =
    'The local database of this laptop does not answer, so your work was opened from the journal beside it: every answer saved here is there, new ones are saved there and sent as always, and the database is brought up to date by itself once it answers. If this is still here tomorrow, restart the computer and tell your administrator.';
  return casesAway
    ? [
        opened,
        'The texts of some cases are in that database alone: these cases open once it answers, or once they were downloaded again. Connect to the network; your answers to them are safe.',
      ]
    : [opened];
}
