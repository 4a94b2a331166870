import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

const names = [
  'sign-in',
  'sign-in-again',
  'queue',
  'queue-gated',
  'queue-empty',
  'queue-drafts',
  'queue-ready',
  'queue-sent',
  'queue-returned',
  'queue-feedback',
  'practice-waiting',
  'practice-feedback',
  'practice-end',
  'annotate-fresh',
  'annotate-half-rated',
  'annotate-missing',
  'annotate-all-rated',
  'annotate-are-you-sure',
  'annotate-passage',
  'annotate-flag-form',
  'annotate-flags',
  'annotate-flag-list',
  'annotate-find',
  'annotate-differences',
  'annotate-case-flags',
  'annotate-correction',
  'annotate-guidelines-changed',
  'annotate-time',
  'annotate-context-above',
  'annotate-context-folded',
  'annotate-calibration',
  'queue-two-laptops',
  'annotate-two-laptops',
  'annotate-two-laptops-picked',
  'annotate-two-laptops-chosen',
  'annotate-recalled',
  'annotate-returned',
  'annotate-locked',
  'batch-end',
  'palette',
  'settings-keys',
  'ledger',
  'emergency-copy',
  'account-menu',
  'forgot-password',
  'previous-password',
  'recovery-requested',
  'locked',
  'locked-copy',
  'studies',
  'study',
  'study-guidelines-editor',
  'import-checked',
  'new-batch-practice',
  'batch-lock',
  'batch-practice',
  'people',
  'people-laptops',
  'people-wipe',
  'locked',
  'account-menu',
  'my-laptops',
  'remove-work',
  'review',
  'review-batch',
  'review-comparison',
  'review-return',
  'queue-recalled',
];

/** A laptop's hard days are walked, and looked at by rules, in `hard-days.test.ts`. */
const walks = 'physician,newcomer,lead,qa,admin';
const limitMs = 600_000;

// One size is enough to hold the tour; the command takes three.
it(
  'npm run screens takes every screen and state of its tour, in both schemes',
  async () => {
    const command = ['build/screens.ts', '--sizes', '1280x800', '--only', walks];
    const { stdout } = await promisify(execFile)(process.execPath, command, { cwd: root });
    expect(stdout).not.toContain('not taken');
    for (const scheme of ['light', 'dark'])
      for (const name of names)
        expect(existsSync(join(root, 'screens', `${name}-1280x800-${scheme}.png`)), name).toBe(true);
  },
  limitMs,
);
