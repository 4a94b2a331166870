import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createAutosave, type SaveProgress } from './autosave.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function setUp(save: () => Promise<void> = async () => {}) {
  const seen: SaveProgress[] = [];
  const write = vi.fn(save);
  return {
    autosave: createAutosave({ save: write, onProgress: (progress) => seen.push(progress) }),
    write,
    seen,
  };
}

describe('autosave', () => {
  it('hands a run of changes over within 250 ms of the first, not after the last', async () => {
    const { autosave, write } = setUp();
    for (let at = 0; at < 240; at += 40) {
      autosave.touch();
      await vi.advanceTimersByTimeAsync(40);
    }
    expect(write.mock.calls.length).toBeGreaterThanOrEqual(1);
  });

  it('waits for no timer and no frame with the first change, and takes all that its handler did together', async () => {
    const { autosave, write } = setUp();
    autosave.touch();
    autosave.touch();
    expect(write).not.toHaveBeenCalled();
    await Promise.resolve();
    await Promise.resolve();
    await Promise.resolve();
    expect(write).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1000);
    expect(write).toHaveBeenCalledTimes(1);
  });

  it('hands the first change over at once, and then at most every 150 ms', async () => {
    const { autosave, write } = setUp();
    autosave.touch();
    await vi.advanceTimersByTimeAsync(1);
    expect(write).toHaveBeenCalledTimes(1);
    autosave.touch();
    await vi.advanceTimersByTimeAsync(100);
    expect(write).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(100);
    expect(write).toHaveBeenCalledTimes(2);
  });

  it('puts no save off when the clock of the laptop is put back', async () => {
    const { autosave, write } = setUp();
    autosave.touch();
    await vi.advanceTimersByTimeAsync(1);
    vi.setSystemTime(Date.now() - 3_600_000);
    autosave.touch();
    await vi.advanceTimersByTimeAsync(200);
    expect(write).toHaveBeenCalledTimes(2);
  });

  it('says saving only when the disk takes noticeably long', async () => {
    let finish = () => {};
    const { autosave, seen } = setUp(
      () =>
        new Promise((resolve) => {
          finish = resolve;
        }),
    );
    autosave.touch();
    await vi.advanceTimersByTimeAsync(100);
    expect(seen).toEqual(['pending', 'saving']);
    await vi.advanceTimersByTimeAsync(100);
    expect(seen.at(-1)).toBe('slow');
    finish();
    await vi.advanceTimersByTimeAsync(0);
    expect(seen.at(-1)).toBe('clean');
  });

  it('never counts as clean while changes keep coming faster than they are saved', async () => {
    const { autosave, seen } = setUp(() => new Promise((resolve) => setTimeout(resolve, 40)));
    for (let at = 0; at < 1000; at += 30) {
      autosave.touch();
      await vi.advanceTimersByTimeAsync(30);
      expect(seen.at(-1)).not.toBe('clean');
    }
    expect(seen.at(-1)).toBe('slow');
    await vi.advanceTimersByTimeAsync(500);
    expect(seen.at(-1)).toBe('clean');
  });

  it('keeps a change whose save failed, and saves it at the next flush', async () => {
    let fails = true;
    const { autosave, write, seen } = setUp(async () => {
      if (fails) throw new Error('disk');
    });
    autosave.touch();
    await autosave.flush();
    expect(seen.at(-1)).toBe('failed');
    fails = false;
    await autosave.flush();
    expect(write).toHaveBeenCalledTimes(2);
    expect(seen.at(-1)).toBe('clean');
  });

  it('hands a submission over at once, behind a draft that is under way, and no draft on top of it', async () => {
    const order: string[] = [];
    let finishDraft = () => {};
    const { autosave } = setUp(() => {
      order.push('draft');
      return new Promise((resolve) => {
        finishDraft = resolve;
      });
    });
    autosave.touch();
    await vi.advanceTimersByTimeAsync(1);
    autosave.touch();
    const submission = autosave.write(async () => void order.push('submitted'));
    expect(order).toEqual(['draft', 'submitted']);
    finishDraft();
    await submission;
    await vi.advanceTimersByTimeAsync(1000);
    await autosave.flush();
    expect(order).toEqual(['draft', 'submitted']);
  });

  it('writes no draft on top of a submission under way when the draft before it fails', async () => {
    const order: string[] = [];
    let failDraft = () => {};
    let finishSubmission = () => {};
    const { autosave, seen } = setUp(() => {
      order.push('draft');
      return new Promise((_, reject) => {
        failDraft = () => reject(new Error('disk'));
      });
    });
    autosave.touch();
    await vi.advanceTimersByTimeAsync(1);
    const submission = autosave.write(() => {
      order.push('submitted');
      return new Promise((resolve) => {
        finishSubmission = resolve;
      });
    });
    failDraft();
    await vi.advanceTimersByTimeAsync(1);
    const flushed = autosave.flush();
    await vi.advanceTimersByTimeAsync(1);
    finishSubmission();
    await Promise.all([submission, flushed]);
    expect(order).toEqual(['draft', 'submitted']);
    expect(seen.at(-1)).toBe('clean');
  });

  it('rejects a failed submission and still has it to save as a draft', async () => {
    const { autosave, write } = setUp();
    await expect(autosave.write(() => Promise.reject(new Error('disk')))).rejects.toThrow('disk');
    await autosave.flush();
    expect(write).toHaveBeenCalledTimes(1);
  });
});
