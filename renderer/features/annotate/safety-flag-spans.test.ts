import { describe, expect, it } from 'vitest';
import type { SafetyFlag } from '../../../shared/schema/annotation.ts';
import { locatedFlags, topmostSpans } from './safety-flag-spans.ts';
import { readFlagDigit, shortened } from './safety-flag-words.ts';

const text = 'Start at 25 mg daily and titrate to 50 mg.';
const flag = (id: string, quote: string, severity: SafetyFlag['severity'] = 'low'): SafetyFlag => {
  const start = text.indexOf(quote);
  return { id, side: 'a', kind: 'wrong-dose', severity, note: '', start, end: start + quote.length, quote };
};
const shown = (...flags: SafetyFlag[]) =>
  topmostSpans(locatedFlags(text, flags)).map((span) => [span.flag.id, text.slice(span.start, span.end)]);

describe('flags that overlap', () => {
  it('show the newest on top, and what is left of the others', () => {
    expect(shown(flag('old', text, 'severe'), flag('new', '25 mg'))).toEqual([
      ['old', 'Start at '],
      ['new', '25 mg'],
      ['old', ' daily and titrate to 50 mg.'],
    ]);
    expect(shown(flag('old', '25 mg'), flag('new', text))).toEqual([['new', text]]);
    expect(shown(flag('one', '25 mg daily'), flag('two', 'daily and'), flag('three', 'mg d'))).toEqual([
      ['one', '25 '],
      ['three', 'mg d'],
      ['two', 'aily and'],
    ]);
  });

  it('leave out a flag whose passage is gone', () => {
    expect(shown(flag('here', '25 mg'), { ...flag('gone', '25 mg'), quote: 'never there' })).toEqual([
      ['here', '25 mg'],
    ]);
  });
});

describe('the words of a flag', () => {
  it('are one line, the middle of what is long left out', () => {
    expect(shortened('one\n  two')).toBe('one two');
    expect(shortened('a'.repeat(80) + 'b'.repeat(80), 21)).toBe('aaaaaaaaa … bbbbbbbbb');
  });

  it('are typed by two digits, a kind and a severity', () => {
    expect(readFlagDigit(null, 2)).toEqual({ kind: 'wrong-dose', severity: null });
    expect(readFlagDigit('wrong-dose', 3)).toEqual({ kind: 'wrong-dose', severity: 'severe' });
    expect(readFlagDigit('wrong-dose', 7)).toEqual({ kind: 'other', severity: null });
    expect(readFlagDigit(null, 9)).toBeNull();
  });
});
