import type { JournalDamage } from './journal-damage.ts';
import type { LocalHealth } from './types.ts';

const places = (count: number) => (count === 1 ? 'at one place' : `at ${count} places`);

const meaning: Record<JournalDamage['missing'], string> = {
  nothing:
    'the local database held the same, so nothing is missing. The unreadable bytes are kept; tell your administrator that this disk may be failing.',
  perhaps:
    'and the local database did not surely hold what stood there, so a change that was not sent yet may be missing. All that you see is whole and what the server confirmed is safe; look through your latest cases, and tell your administrator, who finds the unreadable bytes kept on this laptop.',
  unknown:
    'and the local database, which may hold what stood there, does not answer yet. All that you see is whole and nothing is given up; if this is still here tomorrow, save an emergency copy under Sync and receipts and tell your administrator.',
};

/** Where, what and the next step, of a journal that cannot be read everywhere. */
export const damageSentence = (damage: JournalDamage): string =>
  `The journal of your work on this laptop cannot be read ${places(damage.places)}${damage.missing === 'nothing' ? ';' : ','} ${meaning[damage.missing]}`;

const noAnswer =
  'The local database of this laptop does not answer, so your work was opened from the journal beside it: every answer saved here is there, new ones are saved there and sent as always, and the database is brought up to date by itself once it answers. If this is still here tomorrow, restart the computer and tell your administrator.';
const spared =
  'This disk is so full that opening the local database could destroy it, so it was left shut and your work was opened from the journal beside it: every answer saved here is there. Free some space; the database opens by itself then.';

/** Not an alarm: what to know of a browser that did not promise to keep this site's files. */
export const clearedSentence =
  'This browser has not promised to keep the files of this site: when the disk runs short it may clear them, unsent work among them. Keep some space free, send often, or use the desktop app.';

/** Cases that were downloaded once and cannot be read here any more. */
const missingSentence = (count: number): string =>
  count === 1
    ? 'The texts of one downloaded case cannot be read on this laptop any more and come again at the next contact with the server: connect, and go on with the other cases meanwhile; your answers are safe.'
    : `The texts of ${count} downloaded cases cannot be read on this laptop any more and come again at the next contact with the server: connect, and go on with the other cases meanwhile; your answers are safe.`;

/** What a physician is told where the work stands on less than its two copies: where, what, and the next step. */
export function healthSentences(health: Omit<LocalHealth, 'mayBeCleared'>): string[] {
  const { journalAlone, databaseSpared, casesAway, damage, damagedCases, missingCases } = health;
  const sentences = damage ? [damageSentence(damage)] : [];
  if (journalAlone) sentences.push(databaseSpared ? spared : noAnswer);
  if (casesAway)
    sentences.push(
      'The texts of some cases are in that database alone: these cases open once it answers, or once they were downloaded again. Connect to the network; your answers to them are safe.',
    );
  if (missingCases > 0) sentences.push(missingSentence(missingCases));
  else if (damagedCases > 0)
    sentences.push(
      `The journal of the downloaded cases cannot be read ${places(damagedCases)}. None of your answers stands there, and a case that is lost with it is downloaded again by itself; tell your administrator that this disk may be failing.`,
    );
  return sentences;
}
