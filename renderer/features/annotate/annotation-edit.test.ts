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

  it('forget what was undone once something new is said', () => {
    const back = undone(historyOf([rate(4), 0]));
    const history = back && edited(back.history, rate(2), 5);
    expect(history && redone(history)).toBeNull();
  });
});
