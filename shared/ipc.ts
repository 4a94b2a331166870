import { z } from 'zod';

/**
 * The whole contract between the renderer and its host: Electron's main process over IPC, or the browser
 * host behind the same interface. Every channel has a schema for its arguments and its result.
 */

/** A name of a local file the host keeps for the app: letters, digits, dot and dash, no path. */
const fileName = z.string().regex(/^[a-z0-9][a-z0-9.-]{0,99}$/);
const bytes = z.instanceof(Uint8Array);

const netRequest = z.strictObject({
  method: z.enum(['GET', 'POST']),
  /** A path of the configured server, such as /api/sync/push?x=1; never another host. */
  path: z.string().startsWith('/api/').max(4000),
  /** JSON text. */
  body: z.string().nullable(),
  timeoutMs: z.number().int().min(1000).max(600_000),
});

const netReply = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('reply'),
    status: z.number().int(),
    contentType: z.string(),
    body: z.string(),
    /** Seconds of a Retry-After header. */
    retryAfter: z.number().nullable(),
  }),
  /** No reply at all: no network, no server, a broken connection, a time-out. */
  z.strictObject({ kind: z.literal('unreachable'), reason: z.string() }),
]);
/** A file for the server, such as an import: its bytes go as they are, the reply is a whole stream of JSON lines. */
const netUpload = z.strictObject({
  path: z.string().startsWith('/api/').max(4000),
  fileName: z.string().max(300),
  bytes,
});
export type NetUpload = z.infer<typeof netUpload>;
export type NetRequest = z.infer<typeof netRequest>;
export type NetReply = z.infer<typeof netReply>;

const diskState = z.strictObject({
  /** Free bytes on the disk of the journal, or null where the host cannot tell. */
  freeBytes: z.number().nullable(),
});

/** Arguments and result of each channel, by its name. */
export const ipcChannels = {
  'net:request': { args: z.tuple([netRequest]), result: netReply },
  'net:upload': { args: z.tuple([netUpload]), result: netReply },
  /** Address of the server, such as https://labels.example.org, or null before one was chosen. */
  'net:server': { args: z.tuple([]), result: z.strictObject({ url: z.string().nullable() }) },
  'net:set-server': { args: z.tuple([z.string().max(500)]), result: z.strictObject({ url: z.string() }) },
  /** Forgets the session's token in the host; the server is told by /api/auth/sign-out. */
  'net:forget-session': { args: z.tuple([]), result: z.null() },

  /**
   * Opens (or creates) an append-only journal and cuts a torn tail. A second opener is refused with `already-open`.
   */
  'journal:open': {
    args: z.tuple([fileName]),
    result: z.strictObject({
      size: z.number().int(),
      cutBytes: z.number().int(),
      disk: diskState,
      /** False where the host may clear its files by itself when space is short: a browser that did not promise. */
      kept: z.boolean().optional(),
    }),
  },
  /** Whole records (see shared/sync/journal-frame.ts) from an offset on, as raw framed bytes. */
  'journal:read': {
    args: z.tuple([fileName, z.number().int().min(0)]),
    result: z.strictObject({ bytes, next: z.number().int().nullable() }),
  },
  /** Appends the payloads as one framed write; the promise settles after fdatasync. */
  'journal:append': {
    args: z.tuple([fileName, z.array(bytes).min(1).max(1000)]),
    result: z.strictObject({ size: z.number().int(), disk: diskState }),
  },
  /** Writes a new journal of these payloads beside the old one and swaps them by rename. */
  'journal:replace': {
    args: z.tuple([fileName, z.array(bytes).max(100_000)]),
    result: z.strictObject({ size: z.number().int() }),
  },
  /**
   * Copies an open journal as it stands to a file beside it, before a damaged one is replaced. The same bytes are copied
   * once, however often it is asked.
   */
  'journal:set-aside': { args: z.tuple([fileName]), result: z.null() },
  'journal:close': { args: z.tuple([fileName]), result: z.null() },
  /** Deletes a journal that is not open, with all that was ever cut from it or set aside: its key is gone. None there: done. */
  'journal:remove': { args: z.tuple([fileName]), result: z.null() },

  /** Small secrets, wrapped by the system's keyring where there is one worth the name. */
  'keys:load': {
    args: z.tuple([fileName]),
    result: z.strictObject({ bytes: bytes.nullable() }),
  },
  'keys:store': { args: z.tuple([fileName, bytes]), result: z.null() },
  /** Writes over a secret and deletes it, its wrap in the keyring included. None there: done. */
  'keys:remove': { args: z.tuple([fileName]), result: z.null() },
  'keys:strength': {
    args: z.tuple([]),
    result: z.strictObject({ strength: z.enum(['keyring', 'password-only']) }),
  },

  /** Lets the person save bytes to a file of their choice; null when they chose none. */
  'files:save': {
    args: z.tuple([z.strictObject({ suggestedName: z.string().max(200), bytes })]),
    result: z.strictObject({ savedAs: z.string().nullable() }),
  },
  /** Opens an http(s) or mailto address outside the app, after a confirmation that shows it. */
  'app:open-link': { args: z.tuple([z.string().max(4000)]), result: z.strictObject({ opened: z.boolean() }) },
  'app:info': {
    args: z.tuple([]),
    result: z.strictObject({
      host: z.enum(['electron', 'browser']),
      version: z.string(),
      /** 'darwin' shows Cmd where others show Ctrl. */
      os: z.enum(['darwin', 'win32', 'linux', 'other']),
      deviceName: z.string(),
    }),
  },
  /**
   * The renderer's answer to `app:drain`: it has written what it could, the window may close; `unsaved` where the disk has
   * refused answers, which closing would lose.
   */
  'app:drained': { args: z.tuple([z.strictObject({ unsaved: z.boolean() })]), result: z.null() },
} as const satisfies Record<string, { args: z.ZodType<unknown[]>; result: z.ZodType }>;

export type IpcChannel = keyof typeof ipcChannels;
export type IpcArgs<C extends IpcChannel> = z.input<(typeof ipcChannels)[C]['args']>;
export type IpcResult<C extends IpcChannel> = z.output<(typeof ipcChannels)[C]['result']>;

/** What the host tells the renderer without being asked. */
export const ipcEvents = {
  /** Save everything now and answer with app:drained; the window closes after it or after five seconds. */
  'app:drain': z.null(),
  /** The computer woke up or the network came back: try to sync. */
  'app:resumed': z.null(),
  /** The system's own lock screen came up, or the computer is going to sleep: lock the work. */
  'app:screen-locked': z.null(),
  /** A one-time link was opened with the app: its token. */
  'app:link': z.strictObject({ token: z.string() }),
} as const;
export type IpcEvent = keyof typeof ipcEvents;
export type IpcEventPayload<E extends IpcEvent> = z.output<(typeof ipcEvents)[E]>;

/**
 * A failed call crosses the bridge as a value, because Electron strips an Error to its message.
 * The preload and the browser host both reply in this form; renderer/platform.ts throws AppError from it.
 */
export type IpcOutcome<T> =
  | { ok: true; value: T }
  | { ok: false; code: string; message: string; details?: unknown };

/** `window.desktop` in Electron: the preload exposes exactly this. */
export type DesktopBridge = {
  invoke: <C extends IpcChannel>(channel: C, ...args: IpcArgs<C>) => Promise<IpcOutcome<IpcResult<C>>>;
  /** Returns the function that ends the subscription. */
  on: <E extends IpcEvent>(event: E, listener: (payload: IpcEventPayload<E>) => void) => () => void;
};
