import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { DesktopBridge } from '../../shared/ipc.ts';

type Listener = (event: object, payload: unknown) => void;
const electron = vi.hoisted(() => ({
  exposed: new Map<string, unknown>(),
  listeners: new Map<string, unknown>(),
  invoke: vi.fn(async (..._args: unknown[]) => ({ ok: true, value: null })),
}));
vi.mock('electron', () => ({
  contextBridge: { exposeInMainWorld: (key: string, value: unknown) => electron.exposed.set(key, value) },
  ipcRenderer: {
    on: (name: string, listener: unknown) => electron.listeners.set(name, listener),
    invoke: electron.invoke,
  },
}));

const arrive = (name: string, payload: unknown) => (electron.listeners.get(name) as Listener)({}, payload);
let desktop: DesktopBridge;
/** As a page could call it, which knows no types. */
const invokeAny = (channel: unknown) => desktop.invoke(channel as 'app:info');

beforeEach(async () => {
  vi.resetModules();
  electron.invoke.mockClear();
  await import('./index.ts');
  desktop = electron.exposed.get('desktop') as DesktopBridge;
});

describe('window.desktop', () => {
  test('is all that is exposed, with two functions', () => {
    expect([...electron.exposed.keys()]).toEqual(['desktop']);
    expect(Object.keys(desktop)).toEqual(['invoke', 'on']);
  });

  test('passes known channels on', async () => {
    await desktop.invoke('keys:load', 'data-key');
    expect(electron.invoke).toHaveBeenCalledWith('keys:load', 'data-key');
  });

  test.each(['shell:open', '', 'constructor', '__proto__', 'ELECTRON_BROWSER_REQUIRE'])(
    'refuses the channel %j itself',
    async (channel) => {
      expect(await invokeAny(channel)).toMatchObject({ ok: false, code: 'bad-request' });
      expect(electron.invoke).not.toHaveBeenCalled();
    },
  );

  test('refuses a channel that only looks like a known one when it is read twice', async () => {
    let reads = 0;
    const shifty = {
      toString: () => {
        reads += 1;
        return reads === 1 ? 'app:info' : 'evil';
      },
    };
    expect(await invokeAny(shifty)).toMatchObject({ ok: false });
    expect(electron.invoke).not.toHaveBeenCalled();
  });

  test('tells of events until the subscription ends, and never hands out the event object', () => {
    const heard = vi.fn();
    const end = desktop.on('app:resumed', heard);
    arrive('app:resumed', null);
    end();
    arrive('app:resumed', null);
    expect(heard.mock.calls).toEqual([[null]]);
  });

  test('a link that came before anybody listened waits for the first listener, once', () => {
    arrive('app:link', { token: 'early' });
    const first = vi.fn();
    const second = vi.fn();
    desktop.on('app:link', first);
    desktop.on('app:link', second);
    expect(first.mock.calls).toEqual([[{ token: 'early' }]]);
    expect(second).not.toHaveBeenCalled();
  });

  test('there is no subscription to unknown events', () => {
    expect(() => desktop.on('ipc-message' as never, vi.fn())).toThrow('no such event');
  });
});
