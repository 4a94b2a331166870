import { createCipheriv } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { searchFolders } from './byte-search.ts';
import { unsnappy } from './snappy.ts';

const word = 'Łzq7canary → é';
/** Bytes that no packer makes smaller, the same in every run. */
function noise(length: number): Buffer {
  const key = Buffer.alloc(32, 7);
  return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(length));
}

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'byte-search-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function formsFound(planted: Buffer, before = 1000): Promise<string[]> {
  writeFileSync(join(folder, 'file'), Buffer.concat([noise(before), planted, noise(777)]));
  const { hits } = await searchFolders([folder], [{ what: 'word', text: word }]);
  return hits.map(({ form, packed }) => [...packed, form].join(' > '));
}

/** A snappy block in which the second half of the text is a copy of the first. */
function snappyTwice(text: Buffer): Buffer {
  const literal = Buffer.concat([Buffer.of((text.byteLength - 1) << 2), text]);
  const copy = Buffer.of(((text.byteLength - 1) << 2) | 2, text.byteLength, 0);
  return Buffer.concat([Buffer.of(text.byteLength * 2), literal, copy]);
}

describe('the byte search', () => {
  it('finds nothing where nothing is', async () => {
    expect(await formsFound(Buffer.from('zq7canar'))).toEqual([]);
  });

  it.each([
    ['utf-8', Buffer.from(word)],
    ['utf-16le', Buffer.from(word, 'utf16le')],
    ['utf-16be', Buffer.from(word, 'utf16le').swap16()],
    ['JSON string in ASCII', Buffer.from('{"a":"\\u0141zq7canary \\u2192 \\u00e9"}')],
    [
      'JSON escapes',
      Buffer.from([...word].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')),
    ],
    ['address', Buffer.from(`?find=${encodeURIComponent(word)}&x`)],
    ['hex', Buffer.from(Buffer.from(word).toString('hex'))],
  ])('sees a planted word as %s', async (form, planted) => {
    expect(await formsFound(planted)).toContain(form);
  });

  it.each([0, 1, 2])('sees a planted word in base64 that begins %d bytes into a group', async (offset) => {
    const before = 'x'.repeat(30 + offset);
    for (const encoding of ['base64', 'base64url'] as const)
      for (const text of ['utf8', 'utf16le'] as const) {
        const bytes = Buffer.concat([Buffer.from(before), Buffer.from(word, text), Buffer.from('tail')]);
        const planted = Buffer.from(bytes.toString(encoding));
        expect((await formsFound(planted)).join()).toMatch(/base64(url)? of utf-(8|16le) at offset/);
      }
  });

  it.each([
    ['gzip', gzipSync],
    ['zlib', deflateSync],
    ['zstd', zstdCompressSync],
  ])('sees a planted word in a %s stream in the middle of a file, whole or cut off', async (how, pack) => {
    const text = `${'some reply before it '.repeat(40)}${word}${' and after '.repeat(40)}`;
    const packed = pack(Buffer.from(text));
    expect(await formsFound(packed)).toContain(`${how} > utf-8`);
    const long = pack(Buffer.concat([Buffer.from(text), noise(300_000)]));
    expect(await formsFound(long.subarray(0, 200_000))).toContain(`${how} > utf-8`);
  });

  it('sees a planted word in a brotli body of a cache entry, and in one that is a file', async () => {
    const body = brotliCompressSync(Buffer.from(`${'a reply '.repeat(50)}${word}`));
    expect(await formsFound(body, 0)).toContain('brotli > utf-8');
    const key = Buffer.from('1/0/http://127.0.0.1/api');
    const head = Buffer.alloc(24);
    Buffer.from('305c72a71b6dfbfc', 'hex').copy(head);
    head.writeUInt32LE(key.byteLength, 12);
    const end = Buffer.from('d8410d97456ffaf4', 'hex');
    expect(await formsFound(Buffer.concat([head, key, body, end]), 0)).toContain('brotli > utf-8');
  });

  it('sees a planted word in a snappy block that copies from itself', async () => {
    const half = Buffer.from(word);
    expect(unsnappy(snappyTwice(half))?.toString()).toBe(word + word);
    const value = Buffer.concat([Buffer.of(0xff, 0x11, 0x02), snappyTwice(half)]);
    expect(await formsFound(value)).toContain('snappy value > utf-8');
  });

  it('sees a planted word in what is packed twice, and in the name of a file', async () => {
    expect(await formsFound(gzipSync(brotliCompressSync(Buffer.from(word))))).toContain(
      'gzip > brotli > utf-8',
    );
    mkdirSync(join(folder, word));
    expect(await formsFound(Buffer.alloc(0))).toContain('file name > utf-8');
  });
});
