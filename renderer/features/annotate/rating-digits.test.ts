import { describe, expect, it } from 'vitest';
import type { Scale } from '../../../shared/schema/rubric.ts';
import { digitMomentMs, readDigit, type TypedDigits } from './rating-digits.ts';

const range: Scale = { kind: 'range', low: 'dangerous', high: 'excellent' };
const seven: Scale = { kind: 'steps', anchors: ['1', '2', '3', '4', '5', '6', '7'] };
const two: Scale = { kind: 'steps', anchors: ['no', 'yes'] };

/** Types digits at one slider, `pauseMs` apart, and tells every value it had. */
function type(digits: string, scale: Scale, pauseMs = 200) {
  let typed: TypedDigits | null = null;
  return [...digits].map((digit, index) => {
    const rating = readDigit(typed, { place: 'here', scale, isUnset: true }, Number(digit), index * pauseMs);
    typed = rating?.typed ?? null;
    return rating && { value: rating.value, ended: rating.ended };
  });
}

describe('digits on steps', () => {
  it('are the step, and end it at once', () => {
    expect(type('7', seven)).toEqual([{ value: 7, ended: true }]);
    expect(type('2', two)).toEqual([{ value: 2, ended: true }]);
  });

  it('that the scale does not have mean nothing', () => {
    expect(type('3', two)).toEqual([null]);
    expect(type('0', seven)).toEqual([null]);
    expect(type('8', seven)).toEqual([null]);
  });
});

describe('digits on a range', () => {
  it('give tens, then ones, and the second ends the number', () => {
    expect(type('75', range)).toEqual([
      { value: 70, ended: false },
      { value: 75, ended: true },
    ]);
    expect(type('05', range)).toEqual([
      { value: 0, ended: false },
      { value: 5, ended: true },
    ]);
  });

  it('begin again after a pause', () => {
    expect(type('75', range, digitMomentMs)).toEqual([
      { value: 70, ended: false },
      { value: 50, ended: false },
    ]);
  });

  it('make 100 of 1, 0, 0, though the focus has gone on after 10', () => {
    const ten = readDigit(
      { place: 'first', digits: '1', at: 0, wasUnset: true },
      { place: 'first', scale: range, isUnset: false },
      0,
      100,
    );
    expect(ten).toMatchObject({ value: 10, ended: true });
    for (const scale of [range, seven, null])
      expect(readDigit(ten?.typed ?? null, { place: 'next', scale, isUnset: true }, 0, 200)).toEqual({
        place: 'first',
        value: 100,
        ended: false,
        typed: null,
      });
    expect(
      readDigit(ten?.typed ?? null, { place: 'next', scale: range, isUnset: true }, 4, 200),
    ).toMatchObject({ place: 'next', value: 40 });
  });
});
