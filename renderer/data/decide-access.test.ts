import { describe, expect, it } from 'vitest';
import {
  type Access,
  afterContact,
  afterOpening,
  afterRunning,
  judgeOpening,
  openingMs,
  readAccess,
} from './decide-access.ts';

const day = 86_400_000;
const start = Date.parse('2026-03-01T08:00:00Z');
const met = (leaseDays: number, at = start): Access =>
  afterContact(readAccess(null, at), { offlineLeaseDays: leaseDays, idleLockMinutes: 15 }, at);

describe('the offline lease', () => {
  it('runs for the site’s days from the last contact, by this laptop’s clock', () => {
    expect(judgeOpening(met(10), start + 10 * day - 1)).toEqual({ kind: 'open', wentBackMs: 0 });
    expect(judgeOpening(met(10), start + 10 * day)).toEqual({ kind: 'lease-over' });
  });

  it('begins where none was kept, or what was kept cannot be read', () => {
    for (const stored of [null, '{', '{}', '[]'])
      expect(judgeOpening(readAccess(stored, start), start + 29 * day).kind).toBe('open');
  });

  it('is not made longer by a clock that is set back: it runs out with use and with every opening', () => {
    let access = afterRunning(met(10), start + 9 * day, day);
    expect(judgeOpening(access, start)).toEqual({ kind: 'open', wentBackMs: 9 * day });
    access = afterRunning(access, start, day / 2);
    expect(judgeOpening(access, start).kind).toBe('open');
    access = afterRunning(access, start + 1000, day / 2);
    expect(judgeOpening(access, start + 1000)).toEqual({ kind: 'lease-over' });
    let opened = afterRunning(met(10), start + 9 * day, day);
    for (let n = 0; n < day / openingMs; n++) opened = afterOpening(opened, start);
    expect(judgeOpening(opened, start)).toEqual({ kind: 'lease-over' });
  });

  it('says nothing of a clock that went back less than a day', () => {
    const access = afterRunning(met(10), start + 2 * day, day);
    expect(judgeOpening(access, start + day + 1)).toEqual({ kind: 'open', wentBackMs: 0 });
  });

  it('that a clock set forward by mistake ended is repaired by one contact', () => {
    const forward = afterOpening(met(10), start + 400 * day);
    expect(judgeOpening(forward, start + day)).toEqual({ kind: 'lease-over' });
    const repaired = afterContact(forward, null, start + day);
    expect(judgeOpening(repaired, start + 10 * day)).toEqual({ kind: 'open', wentBackMs: 0 });
    expect(judgeOpening(repaired, start + 11 * day)).toEqual({ kind: 'lease-over' });
  });
});
