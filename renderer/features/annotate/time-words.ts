import type { TimedSection } from '../../../shared/schema/annotation.ts';

/** The header's steps, so that nothing flickers while one reads. */
export const paceStepMs = 5000;

/** "2:35", or "1:02:35" past an hour. */
export function clockText(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const rest = String(seconds % 60).padStart(2, '0');
  return hours === 0 ? `${minutes}:${rest}` : `${hours}:${String(minutes).padStart(2, '0')}:${rest}`;
}

/** Down to whole steps of the header's display. */
export const inPaceSteps = (ms: number) => Math.floor(ms / paceStepMs) * paceStepMs;

/** "2 min 35 s", "45 s", "1 h 2 min". */
export function spanWords(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes >= 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
}

export const sectionNames: Record<TimedSection, string> = {
  context: 'Context',
  answers: 'Answers',
  judging: 'Ratings and preference',
  reasoning: 'Reasoning',
  guidelines: 'Guidelines',
};
