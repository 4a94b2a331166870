import { describe, expect, it } from 'vitest';
import { frameHeaderBytes, scanFrames } from '../../shared/sync/journal-frame.ts';

/** The journal part of a host, however it is reached; failures are thrown with a `code`. */
export type JournalHost = {
  open: (name: string) => Promise<{ size: number; cutBytes: number }>;
  read: (name: string, offset: number) => Promise<{ bytes: Uint8Array; next: number | null }>;
  append: (name: string, payloads: Uint8Array<ArrayBuffer>[]) => Promise<{ size: number }>;
  replace: (name: string, payloads: Uint8Array<ArrayBuffer>[]) => Promise<{ size: number }>;
  setAside: (name: string) => Promise<void>;
  remove: (name: string) => Promise<void>;
  close: (name: string) => Promise<void>;
};

/** What the suite needs of the place the journals are in. */
export type JournalPlace = {
  host: JournalHost;
  /** Changes the bytes of a closed journal behind the host's back. */
  tamper: (
    name: string,
    change: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>,
  ) => Promise<void>;
  /** Names and bytes of all files beside each other, the journals' own included. */
  files: () => Promise<Map<string, Uint8Array>>;
  /** A second opener, as another window or process would be; null where the place cannot have one. */
  secondHost: (() => Promise<JournalHost>) | null;
  /** Throws away all files of the place while the host has them open; null where nobody can. */
  throwAway?: () => Promise<void>;
  end: () => Promise<void>;
};

const text = (value: string): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(value) as Uint8Array<ArrayBuffer>;
const name = 'so-test.work';

/** Longer than a host may trust that a file it has just seen still stands. */
const aMoment = () => new Promise((resolve) => setTimeout(resolve, 600));

const long = (word: string) => word.repeat(500);

async function readAll(host: JournalHost, of = name): Promise<string[]> {
  const found: string[] = [];
  for (let offset: number | null = 0; offset !== null; ) {
    const chunk: { bytes: Uint8Array; next: number | null } = await host.read(of, offset);
    for (const payload of scanFrames(chunk.bytes, { final: true }).payloads)
      found.push(new TextDecoder().decode(payload));
    offset = chunk.next;
  }
  return found;
}

/** What every host's journal must do; run on each implementation. */
export function journalContractSuite(title: string, makePlace: () => Promise<JournalPlace>): void {
  const onPlace = (run: (place: JournalPlace) => Promise<void>) => async () => {
    const place = await makePlace();
    try {
      await run(place);
    } finally {
      await place.end();
    }
  };

  describe(`journal host: ${title}`, () => {
    it(
      'keeps records in order over a close and a new opening',
      onPlace(async ({ host }) => {
        expect(await host.open(name)).toMatchObject({ size: 0, cutBytes: 0 });
        await host.append(name, [text('one'), text('two')]);
        await host.append(name, [text('three')]);
        await host.close(name);
        expect((await host.open(name)).cutBytes).toBe(0);
        expect(await readAll(host)).toEqual(['one', 'two', 'three']);
      }),
    );

    it(
      'cuts a torn tail, keeps everything before it, and goes on',
      onPlace(async ({ host, tamper }) => {
        await host.open(name);
        await host.append(name, [text('kept')]);
        await host.append(name, [text('torn in the middle')]);
        await host.close(name);
        await tamper(name, (bytes) => bytes.slice(0, -5));
        expect((await host.open(name)).cutBytes).toBeGreaterThan(0);
        await host.append(name, [text('after')]);
        expect(await readAll(host)).toEqual(['kept', 'after']);
      }),
    );

    it(
      'passes over a damaged stretch and loses nothing behind it',
      onPlace(async ({ host, tamper }) => {
        await host.open(name);
        await host.append(name, [text('first')]);
        const { size: start } = await host.append(name, [text('second')]);
        const { size: end } = await host.append(name, [text('x'.repeat(500))]);
        await host.append(name, [text('fourth')]);
        await host.close(name);
        await tamper(name, (bytes) => {
          bytes.fill(0xff, start + 2, end - 3);
          return bytes;
        });
        expect((await host.open(name)).cutBytes).toBe(0);
        expect(await readAll(host)).toEqual(['first', 'second', 'fourth']);
      }),
    );

    it(
      'loses nothing to a length that damage changed, at the start, in the middle or at the end',
      onPlace(async ({ host, tamper }) => {
        const words = ['first', 'second', 'third', 'fourth'];
        const frame = frameHeaderBytes;
        for (const [n, length] of [
          [0, 3],
          [1, 50_000_000],
          [1, 'second'.length + frame + 'third'.length],
        ] as const) {
          await host.open(name);
          await host.replace(name, words.map(text));
          await host.close(name);
          const start = words.slice(0, n).reduce((sum, word) => sum + frame + word.length, 0);
          await tamper(name, (bytes) => {
            new DataView(bytes.buffer, bytes.byteOffset).setUint32(start + 4, length);
            return bytes;
          });
          expect((await host.open(name)).cutBytes).toBe(0);
          expect(await readAll(host)).toEqual(words.filter((_, i) => i !== n));
          await host.append(name, [text('fifth')]);
          expect(await readAll(host)).toEqual([...words.filter((_, i) => i !== n), 'fifth']);
          await host.close(name);
        }
      }),
    );

    it(
      'reads a journal of many chunks whole, records larger than a chunk included',
      onPlace(async ({ host }) => {
        const sizes = [3, 6_000_000, 10, 3_000_000, 2_000_000, 1];
        await host.open(name);
        for (const [i, size] of sizes.entries()) await host.append(name, [text(String(i).repeat(size))]);
        expect((await readAll(host)).map((value) => [value[0], value.length])).toEqual(
          sizes.map((n, i) => [String(i), n]),
        );
      }),
    );

    it(
      'replaces all records at once and appends behind them',
      onPlace(async ({ host }) => {
        await host.open(name);
        await host.append(name, [text('old'), text('older')]);
        const { size } = await host.replace(name, [text('new')]);
        expect((await host.append(name, [text('next')])).size).toBeGreaterThan(size);
        await host.close(name);
        await host.open(name);
        expect(await readAll(host)).toEqual(['new', 'next']);
      }),
    );

    it(
      'sets a damaged journal aside as it was, once, over any replacement, and removes it with the journal',
      onPlace(async ({ host, tamper, files }) => {
        await host.open(name);
        const { size: end } = await host.append(name, [text('first')]);
        await host.append(name, [text('second'), text('third')]);
        await host.close(name);
        await tamper(name, (bytes) => {
          bytes.fill(0xee, end + 3, end + 9);
          return bytes;
        });
        const before = (await files()).get(name);
        await host.open(name);
        await host.setAside(name);
        await host.setAside(name);
        await host.replace(name, [text('first'), text('third')]);
        expect(await readAll(host)).toEqual(['first', 'third']);
        await host.close(name);
        const aside = [...(await files())].filter(([file]) => file.startsWith(`${name}.damaged-`));
        expect(aside.map(([, bytes]) => [...bytes])).toEqual([[...(before ?? [])]]);
        await host.remove(name);
        expect([...(await files()).keys()].filter((file) => file.startsWith(name))).toEqual([]);
      }),
    );

    it(
      'refuses a second opener and one that is not open',
      onPlace(async ({ host, secondHost }) => {
        await host.open(name);
        await expect(host.open(name)).rejects.toMatchObject({ code: 'already-open' });
        if (secondHost) {
          const second = await secondHost();
          await expect(second.open(name)).rejects.toMatchObject({ code: 'already-open' });
        }
        await host.close(name);
        await expect(host.append(name, [text('x')])).rejects.toMatchObject({ code: 'journal-unavailable' });
      }),
    );

    it(
      'gives journals whose files were thrown away while open their names again before it acknowledges more',
      onPlace(async ({ host, files, throwAway }) => {
        if (!throwAway) return;
        await host.open(name);
        await host.open('so-test.content');
        await host.append('so-test.content', [text(long('cases'))]);
        await host.append(name, [text(long('before'))]);
        for (const word of ['after', 'after another time']) {
          await throwAway();
          await aMoment();
          const { size } = await host.append(name, [text(long(word))]);
          expect((await files()).get(name)?.byteLength).toBe(size);
        }
        await expect
          .poll(async () => [...(await files()).keys()].toSorted())
          .toEqual(['so-test.content', name]);
        await throwAway();
        await aMoment();
        await host.replace(name, [text(long('before and after'))]);
        await host.append(name, [text(long('the end'))]);
        await throwAway();
        await aMoment();
        await host.close(name);
        await host.close('so-test.content');
        await host.open(name);
        await host.open('so-test.content');
        expect(await readAll(host)).toEqual([long('before and after'), long('the end')]);
        expect(await readAll(host, 'so-test.content')).toEqual([long('cases')]);
      }),
    );

    it(
      'keeps two journals apart',
      onPlace(async ({ host }) => {
        await host.open(name);
        await host.open('so-test.content');
        await host.append('so-test.content', [text('content')]);
        await host.append(name, [text('work')]);
        expect(await readAll(host)).toEqual(['work']);
      }),
    );
  });
}
