import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { annotationBodySchema, emptyAnnotation } from './annotation.ts';
import { holdsQuote, locatePassage, maxQuoteLength, maxSafetyFlags, passageOf } from './safety-flag.ts';

const text = 'Start at 25 mg daily. Check K.\n\nStart at 25 mg daily.';

describe('a passage', () => {
  it('holds the source between two offsets, without the blanks at its ends', () => {
    expect(passageOf(text, 8, 15)).toEqual({ start: 9, end: 14, quote: '25 mg' });
    expect(passageOf(text, 15, 8)).toEqual({ start: 9, end: 14, quote: '25 mg' });
    expect(passageOf(text, -5, 5)).toEqual({ start: 0, end: 5, quote: 'Start' });
    expect(passageOf(text, 30, 32)).toBeNull();
    expect(passageOf('', 0, 10)).toBeNull();
  });

  it('never holds half a character', () => {
    const face = 'a 👩‍⚕️ b';
    expect(passageOf(face, 3, face.length)).toMatchObject({ start: 2 });
    expect(passageOf(face, 0, 3)).toMatchObject({ end: 4 });
    expect(passageOf(face, 0, 3)?.quote.isWellFormed()).toBe(true);
  });

  it('is refused when it is longer than a flag can hold', () => {
    const long = 'x'.repeat(maxQuoteLength + 1);
    expect(passageOf(long, 0, maxQuoteLength)).not.toBeNull();
    expect(passageOf(long, 0, long.length)).toBeNull();
  });

  it('is always its own slice of any text, whatever the offsets', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer(), fc.integer(), (any, from, to) => {
        const passage = passageOf(any, from, to);
        if (passage === null) return;
        expect(any.slice(passage.start, passage.end)).toBe(passage.quote);
        expect(passage.quote.isWellFormed()).toBe(true);
        expect(holdsQuote(any, passage)).toBe(true);
        expect(locatePassage(any, passage)).toEqual({ start: passage.start, end: passage.end });
      }),
    );
  });
});

describe('a stored passage', () => {
  const second = { start: 32, end: 52, quote: 'Start at 25 mg daily' };

  it('keeps its place among equal sentences', () => {
    expect(locatePassage(text, second)).toEqual({ start: 32, end: 52 });
    expect(locatePassage(text, { ...second, start: 0, end: 20 })).toEqual({ start: 0, end: 20 });
  });

  it('is found again by its quote, the nearest one, when its offsets stand elsewhere', () => {
    expect(locatePassage(`Note: ${text}`, second)).toEqual({ start: 38, end: 58 });
    expect(locatePassage(text, { ...second, start: 3, end: 4 })).toEqual({ start: 0, end: 20 });
  });

  it('is not found, and nothing else is shown for it, when its quote is gone', () => {
    expect(locatePassage('Another text.', second)).toBeNull();
    expect(locatePassage(text, { start: 3, end: 3, quote: '' })).toBeNull();
  });
});

it('holds to what the schema of an annotation allows', () => {
  const flag = {
    id: 'f',
    side: 'a',
    kind: 'other',
    severity: 'low',
    note: '',
    start: 0,
    end: maxQuoteLength,
  };
  const body = (quote: string, count = 1) => ({
    ...emptyAnnotation(),
    safetyFlags: Array.from({ length: count }, () => ({ ...flag, quote })),
  });
  const parses = (value: unknown) => annotationBodySchema.safeParse(value).success;
  expect(parses(body('x'.repeat(maxQuoteLength)))).toBe(true);
  expect(parses(body('x'.repeat(maxQuoteLength + 1)))).toBe(false);
  expect(parses(body('x', maxSafetyFlags))).toBe(true);
  expect(parses(body('x', maxSafetyFlags + 1))).toBe(false);
});
