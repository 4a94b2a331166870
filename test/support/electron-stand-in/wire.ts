/**
 * Values between page and main process: what JSON holds, bytes and undefined. Electron would carry more
 * (structured clone); what the app does not need is refused, so that it is noticed.
 */
type Wire = null | boolean | number | string | Wire[] | { [key: string]: Wire };

export function toWire(value: unknown): Wire {
  if (value === undefined) return { $undefined: true };
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') return value;
  if (value instanceof Uint8Array)
    return { $bytes: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64') };
  if (Array.isArray(value)) return value.map(toWire);
  if (typeof value === 'object' && [Object.prototype, null].includes(Object.getPrototypeOf(value)))
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, toWire(part)]));
  throw new Error('An object could not be cloned.');
}

export function fromWire(wire: unknown): unknown {
  if (Array.isArray(wire)) return wire.map(fromWire);
  if (typeof wire !== 'object' || wire === null) return wire;
  if ('$undefined' in wire) return undefined;
  if ('$bytes' in wire) return new Uint8Array(Buffer.from(String(wire.$bytes), 'base64'));
  return Object.fromEntries(Object.entries(wire).map(([key, part]) => [key, fromWire(part)]));
}
