import { beforeEach, expect, test, vi } from 'vitest';
import { ipcChannels } from '../../shared/ipc.ts';

type Listener = (event: object, ...args: unknown[]) => Promise<unknown>;
const registered = vi.hoisted(() => new Map<string, unknown>());
vi.mock('electron', () => ({
  ipcMain: { handle: (channel: string, listener: unknown) => registered.set(channel, listener) },
}));
const { registerIpc } = await import('./ipc.ts');

const ours = { sender: { id: 1 }, senderFrame: { url: 'app://workstation/', parent: null } };
const window = { webContents: { id: 1 } } as never;
const call = (channel: string, event: object, ...args: unknown[]) =>
  (registered.get(channel) as Listener)(event, ...args);

beforeEach(() => registered.clear());

test('every channel of the contract is registered, and no other', () => {
  registerIpc({ handlers: {} as never, window: () => window });
  expect([...registered.keys()].sort()).toEqual(Object.keys(ipcChannels).sort());
});

test('a foreign frame is refused on every channel before its handler', async () => {
  const strength = vi.fn();
  registerIpc({ handlers: { 'keys:strength': strength } as never, window: () => window });
  const foreign = { sender: { id: 1 }, senderFrame: { url: 'https://evil.example/', parent: null } };
  for (const channel of registered.keys())
    expect(await call(channel, foreign)).toMatchObject({ ok: false, code: 'forbidden' });
  expect(strength).not.toHaveBeenCalled();
});

test('closing waits for calls under way and refuses new ones', async () => {
  const slow = Promise.withResolvers<{ strength: 'keyring' }>();
  const ipc = registerIpc({
    handlers: { 'keys:strength': () => slow.promise } as never,
    window: () => window,
  });
  const underWay = call('keys:strength', ours);
  let isClosed = false;
  const closing = ipc.close().then(() => {
    isClosed = true;
  });
  expect(await call('keys:strength', ours)).toMatchObject({ ok: false, code: 'store-unavailable' });
  expect(isClosed).toBe(false);
  slow.resolve({ strength: 'keyring' });
  await closing;
  expect(await underWay).toEqual({ ok: true, value: { strength: 'keyring' } });
});
