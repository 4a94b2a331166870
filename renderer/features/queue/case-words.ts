import type { CasePlace } from '../../data/types.ts';
import { sinceText } from '../../ui/dates.ts';
import type { CaseTab } from './case-lists.ts';

const stateNames = { submitted: 'submitted', skipped: 'skipped', draft: 'draft', untouched: 'new' } as const;

/** How far the case has come and where its newest change is. */
export function placeWords(place: CasePlace): string {
  const where = place.state === 'untouched' ? null : place.waiting ? 'waiting to be sent' : 'at the server';
  return [stateNames[place.state], where, place.recalled ? 'taken back by your lead' : null]
    .filter((part) => part !== null)
    .join(' · ');
}

/** When what the list is about happened: saved, received or returned; empty where another laptop knows. */
export function whenWords(tab: CaseTab, place: CasePlace, now: Date): string {
  if (tab === 'returned')
    return place.returnedWith ? `returned ${sinceText(place.returnedWith.at, now)}` : '';
  const received = place.receivedAt !== null && !place.waiting;
  if (received && tab !== 'drafts') return `received ${sinceText(place.receivedAt ?? '', now)}`;
  return place.savedAt === null ? '' : `saved ${sinceText(place.savedAt, now)}`;
}
