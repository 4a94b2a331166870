import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Line, maxLineBytes, splitLines } from './lines.ts';
import { unpack } from './unpack.ts';

async function* inPieces(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.byteLength; at += size) yield bytes.subarray(at, at + size);
}
async function linesOf(bytes: Uint8Array, size = 64 * 1024): Promise<Line[]> {
  const lines: Line[] = [];
  for await (const line of splitLines(unpack(inPieces(bytes, size), () => {}))) lines.push(line);
  return lines;
}
const problemOf = (line: Line | undefined) => (line && 'problem' in line ? line.problem.problem : null);

describe('splitLines', () => {
  it('copes with CRLF, blank lines and a missing line break at the end', async () => {
    expect(await linesOf(Buffer.from('{"a":1}\r\n\r\n  \n{"b":"é"}'))).toEqual([
      { number: 1, text: '{"a":1}' },
      { number: 4, text: '{"b":"é"}' },
    ]);
  });

  it('gives the same lines however the bytes are cut, packed or not', async () => {
    const text = fc.array(fc.stringMatching(/^[^\r\n]*$/, { maxLength: 30 }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 1, max: 9 }), async (texts, size) => {
        const plain = Buffer.from(texts.map((each) => `${each.toWellFormed()}x`).join('\n'));
        const whole = await linesOf(plain);
        expect(whole.map((line) => ('text' in line ? line.text : ''))).toEqual(
          texts.map((each) => `${each.toWellFormed()}x`),
        );
        expect(await linesOf(plain, size)).toEqual(whole);
        expect(await linesOf(gzipSync(plain), size)).toEqual(whole);
      }),
      { numRuns: 50 },
    );
  });

  it('names the line and the byte that is not UTF-8, and reads on', async () => {
    const bytes = Buffer.concat([
      Buffer.from('{"a":1}\n{"b":"caf'),
      Buffer.from([0xe9]),
      Buffer.from('"}\n{"c":1}\n'),
    ]);
    const lines = await linesOf(bytes);
    expect(problemOf(lines[1])).toBe('is not UTF-8: byte 10 (E9), after "{"b":"caf"');
    expect(lines.map((line) => line.number)).toEqual([1, 2, 3]);
  });

  it('names a byte order mark', async () => {
    const lines = await linesOf(Buffer.from('\ufeff{"a":1}\n{"b":1}'));
    expect(problemOf(lines[0])).toContain('byte order mark');
    expect(lines[1]).toEqual({ number: 2, text: '{"b":1}' });
  });

  it('passes over a line that is too long and reads on', async () => {
    const bytes = Buffer.concat([Buffer.alloc(2 * maxLineBytes, 0x61), Buffer.from('\n{"b":1}')]);
    const lines = await linesOf(bytes);
    expect(problemOf(lines[0])).toBe('is longer than 5 MB');
    expect(lines[1]).toEqual({ number: 2, text: '{"b":1}' });
  });

  it('refuses UTF-16 in one sentence', async () => {
    await expect(linesOf(Buffer.from('\ufeff{}', 'utf16le'))).rejects.toThrow(
      'The file is UTF-16. Save it as UTF-8',
    );
  });

  it('does not take a gzip file that is cut short for a whole one', async () => {
    const packed = gzipSync(Buffer.from('{"a":1}\n'.repeat(1000)));
    await expect(linesOf(packed.subarray(0, -12))).rejects.toMatchObject({ code: 'Z_BUF_ERROR' });
  });
});
