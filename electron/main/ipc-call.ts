import type { WebContents, WebFrameMain } from 'electron';
import { AppError } from '../../shared/errors.ts';
import {
  type IpcArgs,
  type IpcChannel,
  type IpcOutcome,
  type IpcResult,
  ipcChannels,
} from '../../shared/ipc.ts';
import { appHost, appScheme } from './protocol.ts';

export type IpcHandlers = {
  [C in IpcChannel]: (...args: IpcArgs<C>) => Promise<IpcResult<C>>;
};
/** Who calls: the page, and the frame inside it. */
export type IpcSender = {
  sender: Pick<WebContents, 'id'>;
  senderFrame: Pick<WebFrameMain, 'parent' | 'url'> | null;
};

export function isAppAddress(address: string): boolean {
  const url = URL.parse(address);
  return url?.protocol === `${appScheme}:` && url.host === appHost;
}

/** Only the main frame of our own window, while it shows our own page, may call. */
export function isOurPage({ sender, senderFrame }: IpcSender, windowContentsId: number | null): boolean {
  if (senderFrame === null || sender.id !== windowContentsId) return false;
  return senderFrame.parent === null && isAppAddress(senderFrame.url);
}

const failed = (error: AppError): IpcOutcome<never> => ({
  ok: false,
  code: error.code,
  message: error.message,
  ...(error.details !== undefined && { details: error.details }),
});

type Issue = { path: PropertyKey[]; message: string };
const issuesOf = (issues: readonly Issue[]) =>
  issues.slice(0, 20).map(({ path, message }) => ({ path: path.map(String).join('.'), message }));

/** Checks the arguments, runs the handler, checks its result; every failure is a value without a stack. */
export async function answerCall<C extends IpcChannel>(
  handlers: IpcHandlers,
  channel: C,
  args: unknown[],
): Promise<IpcOutcome<IpcResult<C>>> {
  const schemas = ipcChannels[channel];
  const given = schemas.args.safeParse(args);
  if (!given.success)
    return failed(
      new AppError('bad-request', { details: { channel, issues: issuesOf(given.error.issues) } }),
    );
  try {
    const handler: IpcHandlers[C] = handlers[channel];
    // The schema of this very channel made them.
    const result = await handler(...(given.data as IpcArgs<C>));
    return { ok: true, value: schemas.result.parse(result) as IpcResult<C> };
  } catch (cause) {
    if (cause instanceof AppError) return failed(cause);
    console.error(`${channel} failed:`, cause);
    return failed(new AppError('server-error', { message: 'This did not work on this laptop. Try again.' }));
  }
}
