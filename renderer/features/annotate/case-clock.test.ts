import { expect, it } from 'vitest';
import { createCaseClock, idleLimitMs } from './case-clock.ts';

const clockOf = (words = 0) => createCaseClock({ activeMs: 0, wallMs: 0 }, words);

it('counts quiet reading as active up to the limit, and the rest as away', () => {
  const clock = clockOf();
  clock.open(0);
  clock.sign(50_000);
  expect(clock.read(50_000)).toEqual({ activeMs: 50_000, wallMs: 50_000 });
  expect(clock.read(650_000)).toEqual({ activeMs: 110_000, wallMs: 650_000 });
});

it('gives long texts a longer limit', () => {
  expect(idleLimitMs(30)).toBe(60_000);
  expect(idleLimitMs(600)).toBe(200_000);
});

it('counts a hidden window as wall time only', () => {
  const clock = clockOf();
  clock.open(0);
  clock.hide(10_000);
  clock.show(40_000);
  clock.close(45_000);
  expect(clock.read(99_000)).toEqual({ activeMs: 15_000, wallMs: 45_000 });
});

it('goes on from what was spent before', () => {
  const clock = createCaseClock({ activeMs: 1000, wallMs: 2000 }, 0);
  clock.open(500);
  clock.close(1500);
  expect(clock.read(1500)).toEqual({ activeMs: 2000, wallMs: 3000 });
});
