import type { Plan } from './plan.ts';

/** A history that failed once, made small, and what holds now. It is run for ever. */
export type Pinned = { name: string; plan: Plan };

export const pinned: readonly Pinned[] = [
  {
    name: 'a save is answered although IndexedDB never answers',
    plan: {
      seed: 27,
      actions: [
        { at: 101439, kind: 'rows-stuck', laptop: 1, p: 0.5139, q: 0.4655 },
        { at: 103767, kind: 'submit', laptop: 1, p: 0.9817, q: 0.3781 },
      ],
      faults: [],
      crashes: [],
    },
  },
  {
    name: 'a draft’s timer does not break the quiet that a server asked for',
    plan: {
      seed: 57,
      actions: [
        { at: 79862, kind: 'draft', laptop: 2, p: 0.8306, q: 0.0197 },
        { at: 89858, kind: 'draft', laptop: 2, p: 0.8018, q: 0.9118 },
        { at: 106894, kind: 'drafts', laptop: 1, p: 0.0783, q: 0.5641 },
      ],
      faults: [
        { laptop: 2, nth: 4, kind: 'busy-503', p: 0.0068 },
        { laptop: 2, nth: 14, kind: 'slept-in-request', p: 0.184 },
        { laptop: 2, nth: 16, kind: 'busy-503', p: 0.1743 },
      ],
      crashes: [],
    },
  },
  {
    name: 'what is sent is what stands once it is marked as attempted',
    plan: {
      seed: 54,
      actions: [
        { at: 15905, kind: 'sleep', laptop: 1, p: 0.9568, q: 0.725 },
        { at: 74657, kind: 'drafts', laptop: 1, p: 0.5353, q: 0.713 },
      ],
      faults: [],
      crashes: [],
    },
  },
];
