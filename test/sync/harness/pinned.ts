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
    name: 'a late draft that came by after a recall does not hide what stands at the server from a new laptop',
    plan: {
      seed: 375,
      actions: [
        { at: 71314, kind: 'new-batch', laptop: 1, p: 0.0921, q: 0.118 },
        { at: 71591, kind: 'submit', laptop: 1, p: 0.8832, q: 0.2378 },
        { at: 80705, kind: 'correct', laptop: 1, p: 0.57, q: 0.4654 },
        { at: 81899, kind: 'draft', laptop: 0, p: 0.8291, q: 0.097 },
        { at: 107857, kind: 'recall', laptop: 2, p: 0.5924, q: 0.5502 },
        { at: 162189, kind: 'new-laptop', laptop: 1, p: 0.0772, q: 0.7096 },
      ],
      faults: [
        { laptop: 0, nth: 1, kind: 'stalled', p: 0.6697 },
        { laptop: 0, nth: 3, kind: 'signed-out-401', p: 0.9092 },
        { laptop: 0, nth: 11, kind: 'slept-in-request', p: 0.4403 },
      ],
      crashes: [{ laptop: 1, kind: 'rows', when: 'inside', power: true, nth: 2, page: 2 }],
    },
  },
  {
    name: 'what another copy made of our numbers at a server put back under the same epoch loses nothing',
    plan: {
      seed: 6347,
      actions: [
        { at: 7573, kind: 'submit', laptop: 1, p: 0.1214, q: 0.0228 },
        { at: 13803, kind: 'submit', laptop: 1, p: 0.989, q: 0.1816 },
        { at: 16856, kind: 'submit', laptop: 1, p: 0.9651, q: 0.8718 },
        { at: 19411, kind: 'draft', laptop: 1, p: 0.0765, q: 0.7827 },
        { at: 21755, kind: 'night', laptop: 0, p: 0.0476, q: 0.4156 },
        { at: 37004, kind: 'copy-laptop', laptop: 1, p: 0.1258, q: 0.1086 },
        { at: 37190, kind: 'draft', laptop: 1, p: 0.9456, q: 0.6759 },
        { at: 77756, kind: 'drafts', laptop: 1, p: 0.4101, q: 0.3159 },
        { at: 121722, kind: 'draft', laptop: 1, p: 0.5578, q: 0.6281 },
        { at: 133280, kind: 'submit', laptop: 0, p: 0.3444, q: 0.5872 },
        { at: 135330, kind: 'copy-laptop', laptop: 1, p: 0.4549, q: 0.4626 },
        { at: 141360, kind: 'night', laptop: 1, p: 0.158, q: 0.2807 },
        { at: 149911, kind: 'correct', laptop: 1, p: 0.8152, q: 0.5358 },
        { at: 151915, kind: 'submit', laptop: 0, p: 0.8266, q: 0.6611 },
        { at: 152050, kind: 'draft', laptop: 1, p: 0.2341, q: 0.2314 },
        { at: 157050, kind: 'server-backup', laptop: 1, p: 0.5314, q: 0.4487 },
        { at: 302265, kind: 'server-restore', laptop: 1, p: 0.9929, q: 0.4301 },
      ],
      faults: [
        { laptop: 0, nth: 133, kind: 'busy-503', p: 0.4034 },
        { laptop: 0, nth: 135, kind: 'reply-truncated', p: 0.9002 },
        { laptop: 0, nth: 138, kind: 'reply-lost', p: 0.0052 },
        { laptop: 0, nth: 140, kind: 'request-truncated', p: 0.9915 },
        { laptop: 0, nth: 143, kind: 'reply-truncated', p: 0.584 },
        { laptop: 0, nth: 144, kind: 'reply-truncated', p: 0.8377 },
        { laptop: 0, nth: 145, kind: 'request-truncated', p: 0.4293 },
        { laptop: 1, nth: 11, kind: 'too-many-429', p: 0.7367 },
        { laptop: 1, nth: 12, kind: 'too-many-429', p: 0.3757 },
        { laptop: 1, nth: 15, kind: 'signed-out-401', p: 0.5033 },
        { laptop: 1, nth: 204, kind: 'slept-in-request', p: 0.3062 },
        { laptop: 1, nth: 205, kind: 'error-500', p: 0.5069 },
        { laptop: 1, nth: 213, kind: 'stalled', p: 0.6506 },
      ],
      crashes: [
        { laptop: 0, kind: 'rows', when: 'after', power: true, nth: 61 },
        { laptop: 1, kind: 'rows', when: 'before', power: true, nth: 1, save: 1 },
      ],
      browsers: [0, 1],
    },
  },
];
