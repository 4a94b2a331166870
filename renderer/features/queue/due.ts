import { counted, workWords } from '../../ui/work-words.ts';

const dayMs = 86_400_000;

export type DueInput = {
  /** A calendar date such as 2026-11-24; the work is due by its end. */
  deadline: string | null;
  now: Date;
  /** Cases not yet submitted or skipped. */
  remaining: number;
  /** Median active time of this physician's last cases, milliseconds; null before there are enough. */
  paceMs: number | null;
};

/** Whole calendar days from today to the deadline in the reader's own time zone. */
function daysUntil(deadline: string, now: Date): number {
  const [year = 0, month = 1, day = 1] = deadline.split('-').map(Number);
  const today = Date.UTC(now.getFullYear(), now.getMonth(), now.getDate());
  return Math.round((Date.UTC(year, month - 1, day) - today) / dayMs);
}

function dayWords(days: number): string {
  if (days < -1) return `overdue by ${-days} days`;
  if (days === -1) return 'overdue since yesterday';
  if (days === 0) return 'due today';
  if (days === 1) return 'due tomorrow';
  if (days < 14) return `due in ${days} days`;
  return days < 60
    ? `due in ${Math.round(days / 7)} weeks`
    : `due in ${counted(Math.round(days / 30.4), 'month')}`;
}

/** "about 1 h 10 of work" in one's own pace; only the count where there is none yet. */
export const remainingWords = (remaining: number, paceMs: number | null): string =>
  paceMs === null ? `${counted(remaining, 'case')} to do` : `${workWords(remaining * paceMs)} of work`;

/** "due in 3 days, about 1 h 10 of work"; `late` is for the colour, never the only sign. */
export function dueWords({ deadline, now, remaining, paceMs }: DueInput): { text: string; late: boolean } {
  if (remaining === 0) return { text: 'all cases done', late: false };
  const work = remainingWords(remaining, paceMs);
  if (deadline === null) return { text: work, late: false };
  const days = daysUntil(deadline, now);
  return { text: `${dayWords(days)}, ${work}`, late: days < 0 };
}
