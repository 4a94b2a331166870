import { describe, expect, test, vi } from 'vitest';
import { createDrain } from './quit.ts';

const saved = { unsaved: false };
const mayLose = () => Promise.reject(new Error('asked although nothing would be lost'));

describe('before the app closes', () => {
  test('the page is asked, its answer is awaited, then the closing steps run in order', async () => {
    const steps: string[] = [];
    const step = (name: string) => async () => void steps.push(name);
    const drain = createDrain({
      ask: () => {
        steps.push('ask');
        return true;
      },
      mayLose,
      closing: [step('ipc'), step('journals')],
      waitMs: 600_000,
    });
    const done = drain.run();
    await Promise.resolve();
    expect(steps).toEqual(['ask']);
    expect(drain.isDone).toBe(false);
    drain.drained(saved);
    await done;
    expect(steps).toEqual(['ask', 'ipc', 'journals']);
    expect(drain.isDone).toBe(true);
  });

  test('asking twice is one drain', async () => {
    const ask = vi.fn(() => true);
    const close = vi.fn(async () => undefined);
    const drain = createDrain({ ask, mayLose, closing: [close] });
    const both = [drain.run(), drain.run()];
    drain.drained(saved);
    await Promise.all(both);
    expect(ask).toHaveBeenCalledOnce();
    expect(close).toHaveBeenCalledOnce();
  });

  test('a page that never answers is not waited for for ever', async () => {
    vi.useFakeTimers();
    const close = vi.fn(async () => undefined);
    const drain = createDrain({ ask: () => true, mayLose, closing: [close] });
    const done = drain.run();
    await vi.advanceTimersByTimeAsync(4999);
    expect(close).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    await done;
    expect(close).toHaveBeenCalledOnce();
    vi.useRealTimers();
  });

  test('without a page nobody is waited for', async () => {
    const close = vi.fn(async () => undefined);
    await createDrain({ ask: () => false, mayLose, closing: [close] }).run();
    expect(close).toHaveBeenCalledOnce();
  });

  test('a closing step that fails does not keep the next one from running', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const close = vi.fn(async () => undefined);
    await createDrain({
      ask: () => false,
      mayLose,
      closing: [() => Promise.reject(new Error('x')), close],
    }).run();
    expect(close).toHaveBeenCalledOnce();
    log.mockRestore();
  });

  test('answers that a disk has refused are asked about; whoever stays is asked again the next time', async () => {
    const answers = [false, true];
    const asked = vi.fn(() => true);
    const close = vi.fn(async () => undefined);
    const drain = createDrain({
      ask: asked,
      mayLose: async () => answers.shift() ?? false,
      closing: [close],
    });
    const first = drain.run();
    drain.drained({ unsaved: true });
    expect(await first).toBe('stays');
    expect([close.mock.calls.length, drain.isDone]).toEqual([0, false]);
    const second = drain.run();
    drain.drained({ unsaved: true });
    expect(await second).toBe('closed');
    expect([asked.mock.calls.length, close.mock.calls.length, drain.isDone]).toEqual([2, 1, true]);
  });
});
