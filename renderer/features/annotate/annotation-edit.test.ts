import { describe, expect, it } from 'vitest';
import { emptyAnnotation } from '../../../shared/schema/annotation.ts';
import {
  applyEdit,
  type Edit,
  edited,
  type History,
  redone,
  startHistory,
  undone,
} from './annotation-edit.ts';

const rate = (value: number, dimension = 'accuracy'): Edit => ({ type: 'rate', side: 'a', dimension, value });

function historyOf(...steps: [Edit, number][]): History {
  return steps.reduce((history, [edit, at]) => edited(history, edit, at), startHistory(emptyAnnotation()));
}

describe('an edit', () => {
  it('changes its answer and nothing else', () => {
    const before = emptyAnnotation();
    const body = applyEdit(before, rate(4));
    expect(body).toEqual({ ...before, ratings: { a: { accuracy: 4 }, b: {} } });
    expect(before).toEqual(emptyAnnotation());
  });

  it.each<Edit>([
    { type: 'both-unacceptable', on: false },
    { type: 'refusal', side: 'a', verdict: null },
    { type: 'reasoning', part: 'evidence', text: '' },
    { type: 'case-flag', kind: 'broken-case', on: false },
  ])('that changes nothing ($type) returns the same body', (edit) => {
    const body = emptyAnnotation();
    expect(applyEdit(body, edit)).toBe(body);
  });

  it('sets and takes back a flag', () => {
    const on = applyEdit(emptyAnnotation(), { type: 'case-flag', kind: 'broken-case', on: true });
    expect(on.caseFlags).toEqual([{ kind: 'broken-case', note: '' }]);
    expect(applyEdit(on, { type: 'case-flag', kind: 'broken-case', on: false }).caseFlags).toEqual([]);
  });

  it('takes a rating back, and leaves no trace of it', () => {
    const rated = applyEdit(emptyAnnotation(), rate(4));
    const unrate: Edit = { type: 'unrate', side: 'a', dimension: 'accuracy' };
    expect(applyEdit(rated, unrate)).toStrictEqual(emptyAnnotation());
    const empty = emptyAnnotation();
    expect(applyEdit(empty, unrate)).toBe(empty);
  });

  it('takes a preference back', () => {
    const preferred = applyEdit(emptyAnnotation(), { type: 'prefer', value: 2 });
    expect(applyEdit(preferred, { type: 'prefer', value: null })).toStrictEqual(emptyAnnotation());
  });

  it('keeps fields it does not know', () => {
    const body = { ...emptyAnnotation(), certainty: 3 };
    expect(applyEdit(body, { type: 'prefer', value: -2 })).toMatchObject({ certainty: 3, preference: -2 });
  });

  it('takes over another version but not its time', () => {
    const mine = { ...emptyAnnotation(), time: { activeMs: 5, wallMs: 9 } };
    const other = { ...emptyAnnotation(), preference: 3 as const, time: { activeMs: 70, wallMs: 80 } };
    expect(applyEdit(mine, { type: 'replace', body: other })).toEqual({ ...other, time: mine.time });
  });
});

describe('undo and redo', () => {
  it('go back and forth over everything, one answer at a time', () => {
    const history = historyOf(
      [rate(4), 0],
      [{ type: 'prefer', value: 1 }, 10],
      [{ type: 'both-unacceptable', on: true }, 20],
    );
    const one = undone(history);
    expect(one?.history.present).toMatchObject({ bothUnacceptable: false, preference: 1 });
    expect(one?.place).toBe('both-unacceptable');
    const two = one && undone(one.history);
    expect(two?.history.present.preference).toBeNull();
    const three = two && undone(two.history);
    expect(three?.history.present).toEqual(emptyAnnotation());
    expect(three?.place).toBe('rating a accuracy');
    expect(three && undone(three.history)).toBeNull();
    const again = three && redone(three.history);
    expect(again?.history.present.ratings.a).toEqual({ accuracy: 4 });
  });

  it('take one drag as one step, and two visits to a slider as two', () => {
    const dragged = historyOf([rate(1), 0], [rate(2), 100], [rate(5), 200]);
    expect(dragged.past).toHaveLength(1);
    expect(historyOf([rate(1), 0], [rate(5), 2000]).past).toHaveLength(2);
    expect(historyOf([rate(1), 0], [rate(2, 'safety'), 50], [rate(3), 90]).past).toHaveLength(3);
  });

  it('never join two presses of a toggle or of a preference', () => {
    expect(
      historyOf([{ type: 'prefer', value: 1 }, 0], [{ type: 'prefer', value: 2 }, 10]).past,
    ).toHaveLength(2);
  });

  it('never join a rating with the taking back before it', () => {
    const unrate: Edit = { type: 'unrate', side: 'a', dimension: 'accuracy' };
    const history = historyOf([rate(4), 0], [unrate, 2000], [rate(2), 2050]);
    expect(undone(history)?.history.present.ratings.a).toEqual({});
  });

  it('take one visit to the editor of the corrected answer as one step, however long it took', () => {
    const write = (text: string, visit: number): Edit => ({
      type: 'correction',
      correction: { from: 'a', text },
      visit,
    });
    const history = historyOf(
      [write('Not', 1), 0],
      [write('Not now.', 1), 90_000],
      [write('Not now, but later.', 2), 90_100],
    );
    const back = undone(history);
    expect(back?.history.present.correction?.text).toBe('Not now.');
    expect(back && undone(back.history)?.history.present).toEqual(emptyAnnotation());
  });

  it('leave confirmations alone: they happened, whatever is undone', () => {
    const confirm: Edit = { type: 'confirm', rules: ['less-safe'], at: '2026-11-21T04:00:00.000Z' };
    const history = historyOf([rate(4), 0], [{ type: 'prefer', value: 1 }, 10], [confirm, 20]);
    expect(history.past).toHaveLength(2);
    const back = undone(history);
    expect(back?.place).toBe('preference');
    const confirmations = [{ rule: 'less-safe', at: '2026-11-21T04:00:00.000Z' }];
    expect(back?.history.present).toMatchObject({ preference: null, confirmations });
    const again = back && redone(back.history);
    expect(again?.history.present).toMatchObject({ preference: 1, confirmations });
  });

  it('forget what was undone once something new is said', () => {
    const back = undone(historyOf([rate(4), 0]));
    const history = back && edited(back.history, rate(2), 5);
    expect(history && redone(history)).toBeNull();
  });
});
