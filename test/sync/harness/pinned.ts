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
  {
    name: 'what a copy of the database and a restored server made of the same numbers loses nothing',
    plan: {
      seed: 2896,
      actions: [
        { at: 23077, kind: 'copy-laptop', laptop: 1, p: 0.8155, q: 0.2661 },
        { at: 27550, kind: 'server-backup', laptop: 2, p: 0.9594, q: 0.8788 },
        { at: 54300, kind: 'wipe-rows', laptop: 1, p: 0.4772, q: 0.4356 },
        { at: 63028, kind: 'submit', laptop: 0, p: 0.238, q: 0.9022 },
        { at: 105913, kind: 'correct', laptop: 1, p: 0.5044, q: 0.4934 },
        { at: 125954, kind: 'night', laptop: 2, p: 0.495, q: 0.7926 },
        { at: 126512, kind: 'keyring-down', laptop: 1, p: 0.6259, q: 0.4629 },
        { at: 155591, kind: 'server-restore', laptop: 1, p: 0.4488, q: 0.1335 },
      ],
      faults: [
        { laptop: 1, nth: 12, kind: 'reply-lost', p: 0.5943 },
        { laptop: 1, nth: 14, kind: 'garbled', p: 0.0241 },
        { laptop: 1, nth: 15, kind: 'too-large-413', p: 0.1722 },
        { laptop: 1, nth: 16, kind: 'portal-502', p: 0.2311 },
        { laptop: 1, nth: 19, kind: 'busy-503', p: 0.1886 },
        { laptop: 1, nth: 20, kind: 'error-500', p: 0.1369 },
        { laptop: 1, nth: 22, kind: 'portal-502', p: 0.1488 },
        { laptop: 1, nth: 23, kind: 'reply-lost', p: 0.7826 },
        { laptop: 1, nth: 24, kind: 'garbled', p: 0.9485 },
      ],
      crashes: [],
    },
  },
  {
    name: 'a failure of the laptop itself is tried again within a minute',
    plan: {
      seed: 16235,
      actions: [
        { at: 81477, kind: 'submit', laptop: 2, p: 0.8831, q: 0.4096 },
        { at: 93025, kind: 'server-backup', laptop: 2, p: 0.6183, q: 0.9002 },
        { at: 109488, kind: 'rows-stuck', laptop: 2, p: 0.5983, q: 0.8751 },
        { at: 114806, kind: 'server-restore', laptop: 1, p: 0.3041, q: 0.6558 },
        { at: 118186, kind: 'correct', laptop: 2, p: 0.4635, q: 0.206 },
        { at: 121987, kind: 'draft', laptop: 2, p: 0.619, q: 0.1315 },
      ],
      faults: [{ laptop: 2, nth: 22, kind: 'garbled', p: 0.8882 }],
      crashes: [],
    },
  },
  {
    name: 'what a restored server gives in the places of cases that it lost is downloaded',
    plan: {
      seed: 1,
      actions: [
        { at: 5000, kind: 'server-backup', laptop: 0, p: 0.1, q: 0.5 },
        { at: 10000, kind: 'reassign', laptop: 0, p: 0.7007, q: 0.5 },
        { at: 90000, kind: 'server-restore', laptop: 0, p: 0.1, q: 0.5 },
        { at: 90000, kind: 'reassign', laptop: 0, p: 0.7008, q: 0.5 },
      ],
      faults: [],
      crashes: [],
    },
  },
  {
    name: 'a refusal in the middle of which the network comes back is tried again soon',
    plan: {
      seed: 8011,
      actions: [
        { at: 29250, kind: 'recall', laptop: 1, p: 0.6474, q: 0.996 },
        { at: 42572, kind: 'draft', laptop: 0, p: 0.271, q: 0.1794 },
        { at: 55236, kind: 'restart', laptop: 0, p: 0.4791, q: 0.2725 },
        { at: 69721, kind: 'keyring-down', laptop: 0, p: 0.1203, q: 0.2169 },
        { at: 80906, kind: 'draft', laptop: 0, p: 0.9792, q: 0.4008 },
        { at: 97622, kind: 'draft', laptop: 0, p: 0.1867, q: 0.8575 },
        { at: 122216, kind: 'disk-full', laptop: 0, p: 0.7006, q: 0.8058 },
        { at: 140300, kind: 'draft', laptop: 0, p: 0.0911, q: 0.7885 },
        { at: 140509, kind: 'submit', laptop: 0, p: 0.1421, q: 0.3686 },
        { at: 141799, kind: 'submit', laptop: 0, p: 0.4496, q: 0.3276 },
        { at: 152201, kind: 'draft', laptop: 0, p: 0.3505, q: 0.2491 },
      ],
      faults: [
        { laptop: 0, nth: 1, kind: 'error-500', p: 0.9711 },
        { laptop: 0, nth: 2, kind: 'request-truncated', p: 0.0976 },
        { laptop: 0, nth: 4, kind: 'garbled', p: 0.7202 },
        { laptop: 0, nth: 9, kind: 'too-large-413', p: 0.7231 },
        { laptop: 0, nth: 26, kind: 'error-500', p: 0.5287 },
        { laptop: 0, nth: 32, kind: 'busy-503', p: 0.9281 },
        { laptop: 0, nth: 35, kind: 'absent-404', p: 0.7169 },
        { laptop: 0, nth: 37, kind: 'signed-out-401', p: 0.3487 },
        { laptop: 0, nth: 38, kind: 'garbled', p: 0.0982 },
        { laptop: 0, nth: 39, kind: 'reply-truncated', p: 0.4885 },
        { laptop: 0, nth: 40, kind: 'busy-503', p: 0.503 },
        { laptop: 0, nth: 44, kind: 'request-truncated', p: 0.1413 },
        { laptop: 0, nth: 46, kind: 'absent-404', p: 0.4395 },
      ],
      crashes: [
        { laptop: 0, kind: 'disk', when: 'inside', power: true, nth: 151 },
        { laptop: 0, kind: 'crypto', when: 'before', power: true, nth: 3, save: 5 },
      ],
      browsers: [2],
    },
  },
];
