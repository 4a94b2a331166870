const dayAndTime = new Intl.DateTimeFormat(undefined, {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});
const dayOfYear = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' });
const timeOfDay = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });

/** "21 Nov, 14:05" in the reader's own zone and language. */
export const dateTimeText = (iso: string): string => dayAndTime.format(new Date(iso));

/** "21 Nov 2026"; a bare calendar date is that date in every zone. */
export function dateText(iso: string): string {
  const [year = 0, month = 1, day = 1] = iso.slice(0, 10).split('-').map(Number);
  return dayOfYear.format(iso.length === 10 ? new Date(year, month - 1, day) : new Date(iso));
}

/** "just now", "4 min ago", "at 14:05", then the date with its time. */
export function sinceText(iso: string, now: Date): string {
  const then = new Date(iso);
  const minutes = (now.getTime() - then.getTime()) / 60_000;
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${Math.floor(minutes)} min ago`;
  return then.toDateString() === now.toDateString() ? `at ${timeOfDay.format(then)}` : dateTimeText(iso);
}

/** "2:40" minutes and seconds; "–" where there is nothing to say. */
export function minutesText(ms: number | null): string {
  if (ms === null) return '–';
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** 12345 -> "12,345" as the reader writes it. */
export const countText = (count: number): string => count.toLocaleString();
