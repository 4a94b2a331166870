import type { PlainRecord } from '../platform.ts';

/** What the page asks of the journal worker. */
export type WorkerCall =
  | { op: 'journal:open'; name: string }
  | { op: 'journal:read'; name: string; offset: number }
  | { op: 'journal:append'; name: string; payloads: Uint8Array[] }
  /** The key comes with the first call of an open journal; cloning it costs more than sealing with it. */
  | { op: 'journal:append-sealed'; name: string; key: CryptoKey | null; records: PlainRecord[] }
  | { op: 'journal:replace'; name: string; payloads: Uint8Array[] }
  | { op: 'journal:set-aside'; name: string }
  | { op: 'journal:close'; name: string }
  | { op: 'journal:remove'; name: string }
  /** Whether the open ones still have their names; the browser may throw a site's files away at any time. */
  | { op: 'journal:look' }
  /** As a look, and fails where one could not be written again. */
  | { op: 'journal:require' }
  | { op: 'keys:load'; name: string }
  | { op: 'keys:store'; name: string; bytes: Uint8Array }
  | { op: 'keys:remove'; name: string };

export type WorkerReply =
  | { id: number; ok: true; value: unknown }
  | { id: number; ok: false; code: string; message: string };
