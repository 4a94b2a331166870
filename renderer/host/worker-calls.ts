import type { PlainRecord } from '../platform.ts';

/** What the page asks of the journal worker. */
export type WorkerCall =
  | { op: 'journal:open'; name: string }
  | { op: 'journal:read'; name: string; offset: number }
  | { op: 'journal:append'; name: string; payloads: Uint8Array[] }
  | { op: 'journal:append-sealed'; name: string; key: CryptoKey; records: PlainRecord[] }
  | { op: 'journal:replace'; name: string; payloads: Uint8Array[] }
  | { op: 'journal:close'; name: string }
  | { op: 'keys:load'; name: string }
  | { op: 'keys:store'; name: string; bytes: Uint8Array };

export type WorkerReply =
  | { id: number; ok: true; value: unknown }
  | { id: number; ok: false; code: string; message: string };
