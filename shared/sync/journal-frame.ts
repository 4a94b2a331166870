import { sha256 } from '@noble/hashes/sha2.js';

/**
 * A journal is a run of frames: 4 bytes magic "SOJ1", 4 bytes payload length (big-endian),
 * 8 bytes checksum (first half of SHA-256 over length and payload, cut to 8), then the payload.
 * A tail that does not make a whole, matching frame is torn and is cut. A damaged stretch in the middle is
 * passed over: reading goes on at the next frame whose checksum matches.
 */
const magic = [0x53, 0x4f, 0x4a, 0x31] as const;
export const frameHeaderBytes = 16;
/** Larger than any body with its batch page; a length beyond it is damage, not data. */
export const maxPayloadBytes = 64 * 1024 * 1024;

function checksum(length: Uint8Array, payload: Uint8Array): Uint8Array {
  return sha256.create().update(length).update(payload).digest().subarray(0, 8);
}

/** Frames one payload. @throws RangeError when it is larger than maxPayloadBytes */
export function encodeFrame(payload: Uint8Array): Uint8Array {
  if (payload.byteLength > maxPayloadBytes) throw new RangeError('journal payload too large');
  const frame = new Uint8Array(frameHeaderBytes + payload.byteLength);
  frame.set(magic, 0);
  new DataView(frame.buffer).setUint32(4, payload.byteLength);
  frame.set(checksum(frame.subarray(4, 8), payload), 8);
  frame.set(payload, frameHeaderBytes);
  return frame;
}

/** Frames several payloads into one run of bytes, to be written at once. */
export function encodeFrames(payloads: readonly Uint8Array[]): Uint8Array {
  const frames = payloads.map(encodeFrame);
  const run = new Uint8Array(frames.reduce((sum, frame) => sum + frame.byteLength, 0));
  let at = 0;
  for (const frame of frames) {
    run.set(frame, at);
    at += frame.byteLength;
  }
  return run;
}

const hasMagic = (bytes: Uint8Array, at: number) => magic.every((byte, i) => bytes[at + i] === byte);

type FrameAt = { kind: 'whole'; payload: Uint8Array; end: number } | { kind: 'short' } | { kind: 'damaged' };

/** What stands at one offset: a whole frame, the start of one that needs more bytes, or no frame. */
function frameAt(bytes: Uint8Array, at: number): FrameAt {
  const left = bytes.byteLength - at;
  for (let i = 0; i < Math.min(magic.length, left); i++)
    if (bytes[at + i] !== magic[i]) return { kind: 'damaged' };
  if (left < frameHeaderBytes) return { kind: 'short' };
  const length = new DataView(bytes.buffer, bytes.byteOffset + at, 8).getUint32(4);
  if (length > maxPayloadBytes) return { kind: 'damaged' };
  const end = at + frameHeaderBytes + length;
  if (end > bytes.byteLength) return { kind: 'short' };
  const payload = bytes.subarray(at + frameHeaderBytes, end);
  const sum = checksum(bytes.subarray(at + 4, at + 8), payload);
  if (!sum.every((byte, i) => byte === bytes[at + 8 + i])) return { kind: 'damaged' };
  return { kind: 'whole', payload, end };
}

/** Payload length that a header names, or null where no header stands. */
function lengthAt(bytes: Uint8Array, at: number): number | null {
  if (!hasMagic(bytes, at)) return null;
  const length = new DataView(bytes.buffer, bytes.byteOffset + at, 8).getUint32(4);
  return length > maxPayloadBytes ? null : length;
}

/**
 * Follows frames from header to header, checksums unread.
 * @returns `last`, the start of the last frame whose header stands in the bytes (-1 where none does), and `next`,
 *   where the frame behind it would begin, which may lie beyond the bytes; null at bytes that are no header
 */
export function followFrames(bytes: Uint8Array): { last: number; next: number } | null {
  let last = -1;
  let next = 0;
  while (next + frameHeaderBytes <= bytes.byteLength) {
    const length = lengthAt(bytes, next);
    if (length === null) return null;
    last = next;
    next += frameHeaderBytes + length;
  }
  return { last, next };
}

/** Payloads (views) of frames one behind the other up to the last byte, checksums unread; null where they are not so. */
export function followedPayloads(bytes: Uint8Array): Uint8Array[] | null {
  const payloads: Uint8Array[] = [];
  for (let at = 0; at < bytes.byteLength; ) {
    const length = at + frameHeaderBytes <= bytes.byteLength ? lengthAt(bytes, at) : null;
    if (length === null || at + frameHeaderBytes + length > bytes.byteLength) return null;
    payloads.push(bytes.subarray(at + frameHeaderBytes, at + frameHeaderBytes + length));
    at += frameHeaderBytes + length;
  }
  return payloads;
}

/** Whether the bytes are one whole frame, its checksum included. */
export function isWholeFrame(bytes: Uint8Array): boolean {
  const frame = frameAt(bytes, 0);
  return frame.kind === 'whole' && frame.end === bytes.byteLength;
}

/** Offset of the next whole frame at or after `from`, or -1. */
function nextWholeFrame(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(magic[0], from); at !== -1; at = bytes.indexOf(magic[0], at + 1))
    if (hasMagic(bytes, at) && frameAt(bytes, at).kind === 'whole') return at;
  return -1;
}

export type FrameScan = {
  /** Payloads of all whole frames, in order (views, not copies). */
  payloads: Uint8Array[];
  /** Every byte before this offset is decided: end of the last whole frame, or of damage before it. */
  consumed: number;
  /** Stretches that are no frame although whole frames follow them. */
  damaged: { start: number; end: number }[];
};

/**
 * Reads every whole frame, passing over damage. With `final` the bytes end where the file ends, and what is
 * left after `consumed` is a torn tail. Without it the rest may become a frame when more bytes follow:
 * read again from `consumed` on, with more of them.
 */
export function scanFrames(bytes: Uint8Array, options: { final: boolean }): FrameScan {
  const scan: FrameScan = { payloads: [], consumed: 0, damaged: [] };
  let at = 0;
  while (at < bytes.byteLength) {
    const frame = frameAt(bytes, at);
    if (frame.kind === 'whole') {
      scan.payloads.push(frame.payload);
      scan.consumed = at = frame.end;
      continue;
    }
    if (frame.kind === 'short' && !options.final) break;
    const next = nextWholeFrame(bytes, at + 1);
    if (next === -1) break;
    scan.damaged.push({ start: at, end: next });
    scan.consumed = at = next;
  }
  return scan;
}

/**
 * Reads whole frames from the start of `bytes` and stops at the first that is not one.
 * @returns the payloads (views, not copies), the byte length of all whole frames, and why reading stopped:
 *   `end` exactly at the end, `short` inside a frame that may go on in more bytes, `damaged` at bytes that are no frame.
 */
export function decodeFrames(bytes: Uint8Array): {
  payloads: Uint8Array[];
  wholeBytes: number;
  stopped: 'end' | 'short' | 'damaged';
} {
  const payloads: Uint8Array[] = [];
  let at = 0;
  while (at < bytes.byteLength) {
    const frame = frameAt(bytes, at);
    if (frame.kind !== 'whole') return { payloads, wholeBytes: at, stopped: frame.kind };
    payloads.push(frame.payload);
    at = frame.end;
  }
  return { payloads, wholeBytes: at, stopped: 'end' };
}
