import { EventEmitter } from 'node:events';
import { describe, expect, test, vi } from 'vitest';
import { crashCounter, followPage } from './page-life.ts';

function followed() {
  const webContents = Object.assign(new EventEmitter(), { reload: vi.fn() });
  const tell = { replaced: vi.fn(async () => undefined), loaded: vi.fn(), givesUp: vi.fn() };
  followPage({ webContents, isDestroyed: () => false } as never, tell);
  return { webContents, tell };
}

describe('the page', () => {
  test('what it held is given free when another document takes its place', () => {
    const { webContents, tell } = followed();
    webContents.emit('did-navigate');
    expect(tell.replaced).toHaveBeenCalledOnce();
  });

  test('is loaded again after a crash, once what it held is free', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const { webContents, tell } = followed();
    const free = Promise.withResolvers<undefined>();
    tell.replaced.mockReturnValueOnce(free.promise);
    webContents.emit('render-process-gone', {}, { reason: 'crashed' });
    await Promise.resolve();
    expect(webContents.reload).not.toHaveBeenCalled();
    free.resolve(undefined);
    await vi.waitFor(() => expect(webContents.reload).toHaveBeenCalledOnce());
    log.mockRestore();
  });

  test('is not loaded for ever when it keeps crashing', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const { webContents, tell } = followed();
    for (let i = 0; i < 3; i += 1) webContents.emit('render-process-gone', {}, { reason: 'oom' });
    await vi.waitFor(() => expect(tell.givesUp).toHaveBeenCalledOnce());
    expect(webContents.reload).toHaveBeenCalledTimes(2);
    log.mockRestore();
  });

  test('leaving cleanly is no crash', () => {
    const { webContents, tell } = followed();
    webContents.emit('render-process-gone', {}, { reason: 'clean-exit' });
    expect(tell.replaced).not.toHaveBeenCalled();
  });

  test('crashes that lie far apart are forgotten', () => {
    let now = 0;
    const mayReload = crashCounter(() => now);
    for (let i = 0; i < 10; i += 1) {
      expect(mayReload()).toBe(true);
      now += 60_000;
    }
  });
});
