import { sha256 } from '@noble/hashes/sha2.js';

/**
 * A journal is a run of frames: 4 bytes magic "SOJ1", 4 bytes payload length (big-endian),
 * 8 bytes checksum (first half of SHA-256 over length and payload, cut to 8), then the payload.
 * A tail that does not make a whole, matching frame is torn and is cut; everything before it stands.
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

/**
 * Reads whole frames from the start of `bytes`.
 * @returns the payloads (views, not copies), the byte length of all whole frames, and why reading stopped:
 *   `end` exactly at the end, `short` inside a frame that may go on in more bytes, `damaged` at bytes that are no frame.
 */
export function decodeFrames(bytes: Uint8Array): {
  payloads: Uint8Array[];
  wholeBytes: number;
  stopped: 'end' | 'short' | 'damaged';
} {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const payloads: Uint8Array[] = [];
  let at = 0;
  while (at < bytes.byteLength) {
    if (bytes.byteLength - at < frameHeaderBytes) return { payloads, wholeBytes: at, stopped: 'short' };
    if (!hasMagic(bytes, at)) return { payloads, wholeBytes: at, stopped: 'damaged' };
    const length = view.getUint32(at + 4);
    if (length > maxPayloadBytes) return { payloads, wholeBytes: at, stopped: 'damaged' };
    const end = at + frameHeaderBytes + length;
    if (end > bytes.byteLength) return { payloads, wholeBytes: at, stopped: 'short' };
    const payload = bytes.subarray(at + frameHeaderBytes, end);
    const sum = checksum(bytes.subarray(at + 4, at + 8), payload);
    if (!sum.every((byte, i) => byte === bytes[at + 8 + i])) return { payloads, wholeBytes: at, stopped: 'damaged' };
    payloads.push(payload);
    at = end;
  }
  return { payloads, wholeBytes: at, stopped: 'end' };
}
