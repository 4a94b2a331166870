import type { QueueBatch } from '../../data/types.ts';
import { counted } from '../../ui/work-words.ts';

const work = (opened: readonly QueueBatch[]): string => {
  if (opened.length === 0) return 'Your lead assigns your work next; it shows in the queue by itself.';
  const names = opened.map(({ name, total }) => `${name} (${counted(total, 'case')})`).join(', ');
  return `Open for you now: ${names}.`;
};

/** How a practice ended, and what comes next. */
export function practiceEnd(
  practice: NonNullable<QueueBatch['practice']>,
  opened: readonly QueueBatch[],
): { title: string; text: string } {
  const { agreed, cases, needed, passed } = practice;
  if (passed === null)
    return {
      title: 'Practice done',
      text: 'The result comes with the next sync; you need not wait here. It shows in the queue.',
    };
  const result = `You agreed with the experts in ${agreed} of ${cases}; ${needed} ${needed === 1 ? 'was' : 'were'} needed.`;
  if (passed) return { title: 'Practice passed', text: `${result} ${work(opened)}` };
  return {
    title: 'Practice not passed yet',
    text: `${result} Read once more what experts said, and talk to your lead: another practice can be sent to you.`,
  };
}
