import { describe, expect, it } from 'vitest';
import { errorTable } from '../../../shared/errors.ts';
import type { SyncSummary } from '../../data/types.ts';
import { chipWords, spokenOf } from './chip-words.ts';

const sync = (state: SyncSummary['state'], waiting = 0, message: string | null = null): SyncSummary => ({
  state,
  waiting,
  lastSyncedAt: null,
  message,
});
const calm = {
  cases: [{ progress: 'clean' as const, error: null }],
  changedSinceSubmit: false,
  sync: sync('synced'),
  diskLow: false,
};

describe('the chip', () => {
  it('says synced only when nothing waits', () => {
    expect(chipWords(calm)).toEqual({ tone: 'ok', label: 'Saved on this laptop', detail: 'all synced' });
    expect(chipWords({ ...calm, sync: sync('synced', 2) }).detail).toBe('2 waiting to sync');
    expect(chipWords({ ...calm, sync: sync('waiting', 0) }).detail).toBeNull();
  });

  it('puts an unsaved answer before everything else', () => {
    const cases = [
      { progress: 'clean' as const, error: null },
      { progress: 'failed' as const, error: 'Disk full.' },
    ];
    const words = chipWords({ ...calm, cases, diskLow: true, sync: sync('attention', 3, 'x') });
    expect(words).toEqual({ tone: 'warn', label: 'Not saved: Disk full', detail: null });
  });

  it('says of a long sentence only what comes first: the case has all of it', () => {
    const error = errorTable['disk-low'][1];
    const words = chipWords({ ...calm, cases: [{ progress: 'failed', error }] });
    expect(words.label).toBe('Not saved: This disk is nearly full');
    expect(error).toContain(words.label.slice('Not saved: '.length));
  });

  it('says saving, offline, sign in, attention and changed', () => {
    expect(chipWords({ ...calm, cases: [{ progress: 'slow', error: null }] }).label).toBe('Saving…');
    expect(chipWords({ ...calm, sync: sync('offline', 3) }).detail).toBe('offline, 3 waiting to sync');
    expect(chipWords({ ...calm, sync: sync('sign-in', 3) }).detail).toBe('sign in to send 3');
    expect(chipWords({ ...calm, sync: sync('attention', 0, 'Counts differ.') })).toMatchObject({
      tone: 'warn',
      label: 'Counts differ',
    });
    expect(
      chipWords({ ...calm, sync: { ...sync('attention', 0, 'A long sentence.'), about: 'versions' } }).label,
    ).toBe('Answered on more than one laptop: choose');
    expect(chipWords({ ...calm, changedSinceSubmit: true }).label).toBe(
      'Changed since submitted: submit again',
    );
    expect(chipWords({ ...calm, diskLow: true }).tone).toBe('warn');
  });

  it('announces what has changed for the physician, not how many wait', () => {
    const spoken = (one: SyncSummary) => spokenOf(chipWords({ ...calm, sync: one }), one);
    expect(spoken(sync('synced', 1))).toBe(spoken(sync('synced')));
    expect(spoken(sync('syncing', 2))).toBe('Saved on this laptop');
    expect(spoken(sync('offline', 2))).toBe('Saved on this laptop, offline');
    expect(spoken(sync('sign-in', 2))).toBe('Saved on this laptop, sign in to sync');
  });
});
