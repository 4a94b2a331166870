import type { LedgerEntry, LedgerGroup, SyncSummary } from '../../data/types.ts';
import { counted } from '../../ui/work-words.ts';

const cases = (count: number) => counted(count, 'case');

/** The state in one line and what it means for the physician in another. */
export function summaryWords({ state, waiting, about }: SyncSummary): { title: string; text: string } {
  const kept =
    waiting === 0 ? 'Nothing waits to be sent.' : `${cases(waiting)} saved on this laptop, to be sent.`;
  if (state === 'synced')
    return { title: 'All synced', text: 'The server has confirmed every change made on this laptop.' };
  if (state === 'waiting')
    return {
      title: `${cases(waiting)} waiting`,
      text: 'They are saved on this laptop and are sent by themselves.',
    };
  if (state === 'syncing') return { title: 'Syncing', text: kept };
  if (state === 'offline')
    return {
      title: 'Offline',
      text: `${kept} You can go on working; sending starts by itself when the server can be reached.`,
    };
  if (state === 'sign-in')
    return { title: 'Sign in to sync', text: `Your session at the server has ended. ${kept}` };
  if (about === 'versions')
    return {
      title: 'A choice is yours',
      text: `Nothing is wrong with the sync: all versions of a case are kept. ${kept}`,
    };
  return { title: 'Needs attention', text: kept };
}

export const statusWords: Record<LedgerEntry['status'], string> = {
  waiting: 'waits to be sent',
  accepted: 'received',
  late: 'received late',
  quarantined: 'set aside',
  conflict: 'conflict',
};

/** What an empty list means. */
export const emptyWords = {
  all: 'Nothing has been changed on this laptop yet. Every save is listed here with its receipt.',
  waiting: 'Nothing waits: the server has confirmed every change made on this laptop.',
  attention: 'Nothing needs a look.',
  synced: 'Nothing has been received by the server yet.',
} as const satisfies Record<LedgerGroup | 'all', string>;

/** What a person has to look at, or null for an entry that is as it should be. */
export function attentionSentence(entry: LedgerEntry): string | null {
  if (entry.status === 'quarantined')
    return `The server keeps it but cannot read it${entry.reason ? `: ${entry.reason}` : '.'} It is safe here. Open the case and save it again; if it is set aside once more, tell your lead.`;
  if (entry.status === 'conflict')
    return `The server holds another change under this number; both are kept.${entry.reason ? ` ${entry.reason}` : ''} Tell your lead.`;
  return entry.status === 'waiting' ? entry.reason : null;
}
