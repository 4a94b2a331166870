/** Takes exactly so many bytes at a time from chunks of any size; null where the source ends before that. */
export type ByteSource = {
  take: (length: number) => Promise<Uint8Array<ArrayBuffer> | null>;
  /** True when nothing is left. */
  ended: () => Promise<boolean>;
};

/** Reads chunks as they are asked for; at most what was asked for and one chunk is held. */
export function byteSource(chunks: AsyncIterable<Uint8Array>): ByteSource {
  const coming = chunks[Symbol.asyncIterator]();
  let held: Uint8Array[] = [];
  let heldBytes = 0;

  const more = async (): Promise<boolean> => {
    const next = await coming.next();
    if (next.done) return false;
    held.push(next.value);
    heldBytes += next.value.byteLength;
    return true;
  };

  const cut = (length: number): Uint8Array<ArrayBuffer> => {
    const taken = new Uint8Array(length);
    let at = 0;
    while (at < length) {
      const [first = new Uint8Array(0), ...rest] = held;
      const part = first.subarray(0, length - at);
      taken.set(part, at);
      at += part.byteLength;
      held = part.byteLength < first.byteLength ? [first.subarray(part.byteLength), ...rest] : rest;
    }
    heldBytes -= length;
    return taken;
  };

  return {
    take: async (length) => {
      while (heldBytes < length) if (!(await more())) return null;
      return cut(length);
    },
    ended: async () => {
      while (heldBytes === 0) if (!(await more())) return true;
      return false;
    },
  };
}
