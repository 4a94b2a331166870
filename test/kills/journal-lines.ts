/** Records of the journal that is killed: each is the newest value of one of a few keys, so that a compaction can drop the rest. */
export const keyCount = 24;

/** What stands behind the number decides nothing, but must come back unchanged. */
const filling = (n: number) => String.fromCharCode(97 + (n % 26)).repeat((n * 7919) % 3000);

export const encodeLine = (key: number, n: number): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(`${key} ${n} ${filling(n)}`);

/** Null where it is not exactly what was written. */
export function decodeLine(bytes: Uint8Array): { key: number; n: number } | null {
  const text = new TextDecoder().decode(bytes);
  const [key = '', n = ''] = text.split(' ', 2);
  const line = { key: Number(key), n: Number(n) };
  return text === new TextDecoder().decode(encodeLine(line.key, line.n)) ? line : null;
}
