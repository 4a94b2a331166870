import { describe, expect, it } from 'vitest';
import type { SyncSummary } from '../data/types.ts';
import { syncChipWords } from './sync-chip-words.ts';

const summary = (over: Partial<SyncSummary>): SyncSummary => ({
  state: 'synced',
  waiting: 0,
  lastSyncedAt: null,
  message: null,
  ...over,
});

describe('the chip outside a case', () => {
  it('says synced only when the server has everything', () => {
    expect(syncChipWords(summary({}))).toEqual({ tone: 'ok', label: 'All synced', detail: null });
    expect(syncChipWords(summary({ state: 'waiting', waiting: 3 }))).toEqual({
      tone: 'ok',
      label: 'Saved on this laptop',
      detail: '3 waiting to sync',
    });
  });
  it('says first of all that answers are on no disk', () => {
    expect(syncChipWords(summary({}), 1)).toEqual({
      tone: 'warn',
      label: 'Not saved: answers of 1 case',
      detail: null,
    });
  });
  it('says offline quietly, with what waits', () => {
    expect(syncChipWords(summary({ state: 'offline', waiting: 2 }))).toMatchObject({
      tone: 'quiet',
      detail: '2 waiting to sync',
    });
    expect(syncChipWords(summary({ state: 'offline' }))).toMatchObject({ tone: 'quiet', detail: 'all sent' });
  });
  it('warns when somebody must act', () => {
    expect(syncChipWords(summary({ state: 'sign-in', waiting: 1 })).tone).toBe('warn');
    expect(syncChipWords(summary({ state: 'attention', message: 'One case could not be read.' })).tone).toBe(
      'warn',
    );
  });
});
