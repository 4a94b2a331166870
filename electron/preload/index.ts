import { contextBridge, ipcRenderer } from 'electron';
import type { DesktopBridge, IpcEvent } from '../../shared/ipc.ts';
import { ipcChannelNames, ipcEventNames } from '../../shared/ipc-names.ts';

type Listener = (payload: unknown) => void;

const isOneOf = (names: readonly string[], name: unknown): name is string =>
  typeof name === 'string' && names.includes(name);

const listeners = new Map<string, Set<Listener>>(ipcEventNames.map((name) => [name, new Set()]));
/** A link may arrive before the screen listens; the newest one waits for it. */
let waitingLink: { payload: unknown } | null = null;

for (const name of ipcEventNames) {
  ipcRenderer.on(name, (_event, payload: unknown) => {
    const heard = listeners.get(name);
    if (name === 'app:link' && heard?.size === 0) waitingLink = { payload };
    for (const listener of heard ?? []) listener(payload);
  });
}

function subscribe(event: string, listener: Listener): () => void {
  const heard = isOneOf(ipcEventNames, event) ? listeners.get(event) : undefined;
  if (!heard || typeof listener !== 'function') throw new Error('There is no such event.');
  // One subscription per call, also when a page passes the same function twice.
  const own: Listener = (payload) => listener(payload);
  heard.add(own);
  if (event === ('app:link' satisfies IpcEvent) && waitingLink) {
    const { payload } = waitingLink;
    waitingLink = null;
    own(payload);
  }
  return () => void heard.delete(own);
}

async function invoke(channel: string, ...args: unknown[]): Promise<unknown> {
  if (!isOneOf(ipcChannelNames, channel))
    return { ok: false, code: 'bad-request', message: 'There is no such channel.' };
  return ipcRenderer.invoke(channel, ...args);
}

// The main process checks names, arguments and results by their schemas; this side only keeps the door narrow.
const desktop = { invoke, on: subscribe } as { invoke: DesktopBridge['invoke']; on: DesktopBridge['on'] };

contextBridge.exposeInMainWorld('desktop', desktop);
