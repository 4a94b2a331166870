import { describe, expect, test, vi } from 'vitest';
import { createDrain } from './quit.ts';

describe('before the app closes', () => {
  test('the page is asked, its answer is awaited, then the closing steps run in order', async () => {
    const steps: string[] = [];
    const step = (name: string) => async () => void steps.push(name);
    const drain = createDrain({
      ask: () => {
        steps.push('ask');
        return true;
      },
      closing: [step('ipc'), step('journals')],
      waitMs: 600_000,
    });
    const done = drain.run();
    await Promise.resolve();
    expect(steps).toEqual(['ask']);
    expect(drain.isDone).toBe(false);
    drain.drained();
    await done;
    expect(steps).toEqual(['ask', 'ipc', 'journals']);
    expect(drain.isDone).toBe(true);
  });

  test('asking twice is one drain', async () => {
    const ask = vi.fn(() => true);
    const close = vi.fn(async () => undefined);
    const drain = createDrain({ ask, closing: [close] });
    const both = [drain.run(), drain.run()];
    drain.drained();
    await Promise.all(both);
    expect(ask).toHaveBeenCalledOnce();
    expect(close).toHaveBeenCalledOnce();
  });

  test('a page that never answers is not waited for for ever', async () => {
    vi.useFakeTimers();
    const close = vi.fn(async () => undefined);
    const drain = createDrain({ ask: () => true, closing: [close] });
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
    await createDrain({ ask: () => false, closing: [close] }).run();
    expect(close).toHaveBeenCalledOnce();
  });

  test('a closing step that fails does not keep the next one from running', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const close = vi.fn(async () => undefined);
    await createDrain({ ask: () => false, closing: [() => Promise.reject(new Error('x')), close] }).run();
    expect(close).toHaveBeenCalledOnce();
    log.mockRestore();
  });
});
