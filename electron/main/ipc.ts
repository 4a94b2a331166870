import { type BrowserWindow, ipcMain } from 'electron';
import { AppError } from '../../shared/errors.ts';
import {
  type IpcChannel,
  type IpcEvent,
  type IpcEventPayload,
  type IpcOutcome,
  ipcChannels,
} from '../../shared/ipc.ts';
import { answerCall, type IpcHandlers, isOurPage } from './ipc-call.ts';

export type Ipc = {
  /** Refuses new calls from now on and settles when those under way are answered. */
  close: () => Promise<void>;
};

const refused = (code: 'forbidden' | 'store-unavailable', message: string): IpcOutcome<never> => {
  const error = new AppError(code, { message });
  return { ok: false, code: error.code, message: error.message };
};

/** The one place that listens to pages: every channel of the contract, each call checked for who and what. */
export function registerIpc(options: { handlers: IpcHandlers; window: () => BrowserWindow | null }): Ipc {
  const underWay = new Set<Promise<unknown>>();
  let isClosed = false;

  const take = (channel: IpcChannel, args: unknown[]) => {
    const call = answerCall(options.handlers, channel, args);
    underWay.add(call);
    void call.finally(() => underWay.delete(call));
    return call;
  };

  for (const channel of Object.keys(ipcChannels) as IpcChannel[]) {
    ipcMain.handle(channel, async (event, ...args: unknown[]) => {
      if (!isOurPage(event, options.window()?.webContents.id ?? null))
        return refused('forbidden', 'Only the window of Second Opinion may ask for this.');
      if (isClosed) return refused('store-unavailable', 'Second Opinion is closing; this was not done.');
      return take(channel, args);
    });
  }

  return {
    close: async () => {
      isClosed = true;
      await Promise.allSettled([...underWay]);
    },
  };
}

/** Tells the page something it did not ask for. */
export function sendEvent<E extends IpcEvent>(
  window: BrowserWindow | null,
  event: E,
  payload: IpcEventPayload<E>,
) {
  if (window && !window.isDestroyed()) window.webContents.send(event, payload);
}
