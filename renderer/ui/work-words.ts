/** What a case takes before anyone's own pace is known: three minutes. */
export const defaultPaceMs = 3 * 60_000;

/** A length of work as a person says it: to the minute under ten, to five minutes under two hours, then by half hours. */
export function workWords(ms: number): string {
  const minutes = ms / 60_000;
  if (minutes < 1) return 'under a minute';
  if (minutes < 10) return `about ${Math.round(minutes)} min`;
  if (minutes < 57.5) return `about ${Math.round(minutes / 5) * 5} min`;
  const rounded = minutes < 117.5 ? Math.round(minutes / 5) * 5 : Math.round(minutes / 30) * 30;
  const hours = Math.floor(rounded / 60);
  const rest = rounded % 60;
  return rest === 0 ? `about ${hours} h` : `about ${hours} h ${String(rest).padStart(2, '0')}`;
}

/** "1 case", "2 cases"; the plural is the noun with an s unless given. */
export const counted = (count: number, noun: string, plural = `${noun}s`): string =>
  `${count.toLocaleString()} ${count === 1 ? noun : plural}`;
