import { render, screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { type ContextShape, ContextView } from './context-view.tsx';
import { pointsInOrder, rangeText, shortDate, spokenSeries, trendOf } from './series-trend.ts';

const empty: ContextShape = {
  problems: [],
  medications: [],
  allergies: [],
  noKnownAllergies: false,
  notes: [],
  vitals: [],
  labs: [],
};
const potassium = {
  name: 'Potassium',
  unit: 'mmol/L',
  low: 3.5,
  high: 5,
  points: [
    { at: '2026-03-12', value: 5.8 },
    { at: '2026-01-10', value: 4.5 },
    { at: '2026-02-11', value: 5.1 },
  ],
};

describe('a series', () => {
  it('is put into the order of time, each value against the range', () => {
    expect(pointsInOrder(potassium).map(({ value, range }) => [value, range])).toEqual([
      [4.5, 'normal'],
      [5.1, 'high'],
      [5.8, 'high'],
    ]);
  });

  it('rises, falls, stays, or is one value', () => {
    const trend = (...values: number[]) =>
      trendOf(
        pointsInOrder({ name: 'x', points: values.map((value, i) => ({ at: `2026-01-0${i + 1}`, value })) }),
      );
    expect(trend(4.5, 5.8)).toBe('rising');
    expect(trend(7.2, 5.8)).toBe('falling');
    expect(trend(140, 143)).toBe('steady');
    expect(trend(-3, -6)).toBe('falling');
    expect(trend(5)).toBe('single');
  });

  it('speaks as one sentence', () => {
    expect(spokenSeries(potassium)).toBe(
      'Potassium, mmol/L: 4.5 on 10 Jan 2026; 5.1, high on 11 Feb 2026; 5.8, high on 12 Mar 2026. rising. reference 3.5–5.',
    );
  });

  it('shows its values with arrows between, the ones out of range marked', () => {
    const { container } = render(<ContextView context={{ ...empty, labs: [potassium] }} />);
    expect(container.textContent).toContain('4.5 → 5.1 → 5.8');
    expect([...container.querySelectorAll('span[data-out]')].map((one) => one.textContent)).toEqual([
      '5.1',
      '5.8',
      '↗',
    ]);
    expect(rangeText({ name: 'x', high: 5, points: [] })).toBe('≤ 5');
  });
});

describe('the context', () => {
  it('tells an allergy, none known, and nothing recorded apart', () => {
    const { rerender } = render(
      <ContextView
        context={{ ...empty, allergies: [{ substance: 'Penicillin', reaction: 'rash', severity: 'mild' }] }}
      />,
    );
    expect(screen.getByText('Penicillin: rash (mild)')).toBeInTheDocument();
    rerender(<ContextView context={{ ...empty, noKnownAllergies: true }} />);
    expect(screen.getByText('No known allergies')).toBeInTheDocument();
    rerender(<ContextView context={empty} />);
    expect(screen.getByText('Not recorded')).toBeInTheDocument();
  });

  it('shows notes newest first, with their date as it was written', () => {
    const notes = [
      { date: '2026-01-02', kind: 'Ward note', text: 'older' },
      { date: '2026-03-12T08:30', kind: 'Clinic note', author: 'GP', text: 'newer' },
    ];
    render(<ContextView context={{ ...empty, notes }} />);
    const [first, second] = screen.getAllByRole('article');
    expect(within(first as HTMLElement).getByText('newer')).toBeInTheDocument();
    expect(within(second as HTMLElement).getByText('2 Jan 2026')).toBeInTheDocument();
    expect(shortDate('2026-03-12T08:30:00+09:00')).toBe('12 Mar 2026, 08:30');
  });

  it('shows medications with dose and frequency', () => {
    render(
      <ContextView
        context={{ ...empty, medications: [{ name: 'Bisoprolol', dose: '5 mg', frequency: 'daily' }] }}
      />,
    );
    expect(screen.getByRole('listitem')).toHaveTextContent('Bisoprolol 5 mg daily');
  });
});
