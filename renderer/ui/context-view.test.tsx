import { render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { ContextChoicesContext } from './context-choices.ts';
import { type ContextShape, ContextView } from './context-view.tsx';
import { newestOf, pointsInOrder, rangeText, shortDate, trendOf } from './series-trend.ts';
import { nearestPoint } from './spark-line.tsx';

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
    { at: '2026-03-12', value: 5.8, note: 'haemolysed' },
    { at: '2026-01-10', value: 4.5 },
    { at: '2026-02-11', value: 5.1 },
  ],
};
const sodium = {
  ...potassium,
  name: 'Sodium',
  low: 135,
  high: 145,
  points: [{ at: '2026-03-12', value: 140 }],
};

const seriesOf = (...values: number[]) => ({
  name: 'x',
  points: values.map((value, i) => ({ at: `2026-01-0${i + 1}`, value })),
});

describe('a series', () => {
  it('is put into the order of time, each value against the range', () => {
    expect(pointsInOrder(potassium).map(({ value, range }) => [value, range])).toEqual([
      [4.5, 'normal'],
      [5.1, 'high'],
      [5.8, 'high'],
    ]);
    expect(rangeText({ name: 'x', high: 5, points: [] })).toBe('≤ 5');
  });

  it('rises, falls, stays, or is one value', () => {
    const trend = (...values: number[]) => trendOf(pointsInOrder(seriesOf(...values)));
    expect(trend(4.5, 5.8)).toBe('rising');
    expect(trend(7.2, 5.8)).toBe('falling');
    expect(trend(140, 143)).toBe('steady');
    expect(trend(-3, -6)).toBe('falling');
    expect(trend(5)).toBe('single');
  });

  it('is steady within a tenth of its reference range, which 3 % of a sodium is not', () => {
    const range = { low: 135, high: 145 };
    expect(trendOf(pointsInOrder(seriesOf(140, 139)), range)).toBe('steady');
    expect(trendOf(pointsInOrder(seriesOf(140, 137)), range)).toBe('falling');
  });

  it('tells the trend of the values it shows: 5.8 after 7.2 falls, whatever was before', () => {
    expect(newestOf(seriesOf(4.5, 4.6, 7.2, 6.4, 5.8)).trend).toBe('falling');
    expect(newestOf(seriesOf(4.5, 5.1, 5.8)).trend).toBe('rising');
  });

  it('shows its newest values with unit and trend, H or L beside those out of range', () => {
    render(<ContextView context={{ ...empty, labs: [potassium] }} />);
    const values = screen.getByRole('list', { name: 'Potassium, newest values' });
    expect(values.textContent).toBe('4.5 → 5.1H high → 5.8H high');
    const row = values.closest('li');
    expect(row).toHaveTextContent('mmol/L, rising');
    expect(row).toHaveTextContent('Reference 3.5–5');
  });

  it('shows a point with its date and note to the arrow keys, then all of them in a table', async () => {
    const user = userEvent.setup();
    render(<ContextView context={{ ...empty, labs: [potassium, sodium] }} />);
    const curve = screen.getByRole('button', { name: 'Potassium: all 3 values with dates' });
    await user.tab();
    await user.tab();
    expect(curve).toHaveFocus();
    expect(screen.getByText('12 Mar 2026: 5.8 H, haemolysed')).toBeInTheDocument();
    await user.keyboard('{ArrowLeft}{ArrowLeft}');
    expect(screen.getByText('10 Jan 2026: 4.5')).toBeInTheDocument();
    await user.keyboard('{Enter}');
    const rows = within(screen.getByRole('table', { name: 'Potassium, newest first' })).getAllByRole('row');
    expect(rows.map((row) => row.textContent)).toEqual([
      'DateValue, mmol/LNote',
      '12 Mar 20265.8H highhaemolysed',
      '11 Feb 20265.1H high',
      '10 Jan 20264.5',
    ]);
  });

  it('is one tab stop for a whole list, with up and down between its curves', async () => {
    const user = userEvent.setup();
    render(<ContextView context={{ ...empty, labs: [potassium, sodium] }} />);
    screen.getByRole('button', { name: /Potassium/ }).focus();
    await user.keyboard('{ArrowDown}');
    expect(screen.getByRole('button', { name: 'Sodium: its date' })).toHaveFocus();
    await user.keyboard('{Home}');
    expect(screen.getByRole('button', { name: /Potassium/ })).toHaveFocus();
    const curves = screen.getAllByRole('button', { name: /Potassium|Sodium/ });
    expect(curves.map(({ tabIndex }) => tabIndex)).toEqual([0, -1]);
  });

  it('finds the point nearest to the hand', () => {
    const points = pointsInOrder(potassium);
    expect([0, 40, 60, 200].map((x) => nearestPoint(points, x))).toEqual([0, 1, 1, 2]);
  });

  it('stands in the chart’s own order; the head counts what is out of range, folded or not', async () => {
    const user = userEvent.setup();
    render(<ContextView context={{ ...empty, labs: [sodium, potassium] }} />);
    const head = screen.getByRole('button', { name: 'Labs 2 · 1 out of range' });
    expect(screen.getAllByRole('list', { name: /newest values/ })[0]).toHaveAccessibleName(/Sodium/);
    await user.click(head);
    expect(head).toHaveAttribute('aria-expanded', 'false');
    expect(screen.queryByRole('list', { name: /newest values/ })).toBeNull();
    expect(head).toHaveTextContent('1 out of range');
  });
});

describe('the context', () => {
  it('tells an allergy, none known, and nothing recorded apart in words', () => {
    const { rerender } = render(
      <ContextView
        context={{
          ...empty,
          allergies: [
            { substance: 'Penicillin', reaction: 'rash', severity: 'mild' },
            { substance: 'Latex' },
          ],
        }}
      />,
    );
    const [penicillin, latex] = within(
      screen.getByRole('heading', { name: 'Allergies' }).parentElement as HTMLElement,
    )
      .getAllByRole('listitem')
      .map((item) => item.textContent);
    expect(penicillin).toBe('Penicillin: rashmild');
    expect(latex).toBe('Latex, reaction not recorded');
    rerender(<ContextView context={{ ...empty, noKnownAllergies: true }} />);
    expect(screen.getByText('No known allergies')).toBeInTheDocument();
    rerender(<ContextView context={empty} />);
    expect(screen.getByText('Allergies not recorded')).toBeInTheDocument();
  });

  it('never folds the allergies', () => {
    render(<ContextView context={empty} />);
    expect(screen.queryByRole('button', { name: /Allergies/ })).toBeNull();
  });

  it('says what the chart does not hold', () => {
    render(<ContextView context={{ ...empty, labs: [potassium] }} />);
    expect(
      screen.getByText('Not in this chart: problems, medications, vital signs, notes.'),
    ).toBeInTheDocument();
  });

  it('shows notes newest first, with their date as it was written', () => {
    const notes = [
      { date: '2026-01-02', kind: 'Ward note', text: 'older' },
      { date: '2026-03-12T08:30', kind: 'Clinic note', author: 'GP', text: 'newer' },
    ];
    render(<ContextView context={{ ...empty, notes }} />);
    const [first, second] = screen.getAllByRole('article');
    expect(within(first as HTMLElement).getByText('newer')).toBeInTheDocument();
    expect(within(first as HTMLElement).getByRole('heading')).toHaveTextContent(
      '12 Mar 2026, 08:30 · Clinic note, GP',
    );
    expect(within(second as HTMLElement).getByText('2 Jan 2026')).toBeInTheDocument();
    expect(shortDate('2026-03-12T08:30:00+09:00')).toBe('12 Mar 2026, 08:30');
  });

  it('greys what a note repeats, names the older note once, and shows it plainly when asked', async () => {
    const user = userEvent.setup();
    const copied = 'Known heart failure on four medicines. No fever.';
    const notes = [
      { date: '2026-01-02', kind: 'Ward note', text: `${copied} K 4.5 mmol/L.` },
      { date: '2026-01-03', kind: 'Ward note', text: `Slept badly. ${copied} K 5.8 mmol/L.` },
    ];
    const { container } = render(<ContextView context={{ ...empty, notes }} />);
    const repeated = () => [...container.querySelectorAll('[data-repeated]')].map((one) => one.textContent);
    expect(repeated()).toEqual([`repeated from 2 Jan 2026: ${copied}`]);
    await user.click(screen.getByRole('checkbox', { name: 'Repeated text greyed' }));
    expect(repeated()).toEqual([]);
    expect(screen.getAllByRole('article')[0]).toHaveTextContent(`Slept badly. ${copied} K 5.8 mmol/L.`);
  });

  it('offers no greying where nothing is repeated', () => {
    render(
      <ContextView context={{ ...empty, notes: [{ date: '2026-01-02', kind: 'Note', text: 'One.' }] }} />,
    );
    expect(screen.queryByRole('checkbox')).toBeNull();
  });

  it('shows medications as a table, a missing dose as missing', () => {
    const medications = [
      { name: 'Bisoprolol', dose: '5 mg', frequency: 'daily' },
      { name: 'Steroid cream', frequency: 'as needed', note: 'to the hands' },
    ];
    render(<ContextView context={{ ...empty, medications }} />);
    expect(screen.getByRole('button', { name: 'Medications 2' })).toBeInTheDocument();
    const rows = screen.getAllByRole('row').map((row) => row.textContent);
    expect(rows).toEqual([
      'MedicationDoseHow often',
      'Bisoprolol5 mgdaily',
      'Steroid cream–no dose givenas needed',
      'to the hands',
    ]);
  });

  it('shows characters that would turn a dose around', () => {
    const medications = [{ name: 'Digoxin', dose: '\u202e52 µg' }];
    render(<ContextView context={{ ...empty, medications }} />);
    expect(screen.getByText('[U+202E]52 µg')).toBeInTheDocument();
  });

  it('tells whoever keeps the choices what was folded, and follows them', async () => {
    const user = userEvent.setup();
    const onFoldPart = vi.fn();
    const choices = { folded: { problems: true }, onFoldPart, greyRepeated: true, onGreyRepeated: vi.fn() };
    render(
      <ContextChoicesContext value={choices}>
        <ContextView context={{ ...empty, problems: [{ name: 'Gout' }], labs: [potassium] }} />
      </ContextChoicesContext>,
    );
    expect(screen.queryByText('Gout')).toBeNull();
    await user.click(screen.getByRole('button', { name: 'Problems 1' }));
    await user.click(screen.getByRole('button', { name: /^Labs/ }));
    expect(onFoldPart.mock.calls).toEqual([
      ['problems', false],
      ['labs', true],
    ]);
  });
});
