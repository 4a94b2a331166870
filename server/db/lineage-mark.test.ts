import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findLineageBreak, readLineageMark, writeLineageMark } from './lineage-mark.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'second-opinion-lineage-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

it.each([
  ['nothing was kept', null, { epoch: 'a', events: 0 }, null],
  ['as much', { epoch: 'a', events: 7, isCopy: false }, { epoch: 'a', events: 7 }, null],
  ['more', { epoch: 'a', events: 7, isCopy: false }, { epoch: 'a', events: 9 }, null],
  ['less', { epoch: 'a', events: 7, isCopy: false }, { epoch: 'a', events: 6 }, 'events-missing'],
  [
    'as much beside a copy',
    { epoch: 'a', events: 7, isCopy: true },
    { epoch: 'a', events: 7 },
    'folder-put-back',
  ],
  ['less under another epoch', { epoch: 'a', events: 7, isCopy: true }, { epoch: 'b', events: 6 }, null],
])('[S13] compares what the database knows with what was kept: %s', (_name, mark, now, found) => {
  expect(findLineageBreak(mark, now)).toBe(found);
});

it('gives back what was written, and leaves no other file', () => {
  expect(readLineageMark(dataDir)).toBeNull();
  writeLineageMark(dataDir, { epoch: 'a', events: 7 });
  writeLineageMark(dataDir, { epoch: 'b', events: 8 });
  expect(readLineageMark(dataDir)).toEqual({ epoch: 'b', events: 8, isCopy: false });
  expect(readdirSync(dataDir)).toEqual(['lineage.json']);
});

it('knows a file that was put here later than it says it was written', () => {
  const writtenAt = Date.now() - 3_600_000;
  writeFileSync(join(dataDir, 'lineage.json'), JSON.stringify({ epoch: 'a', events: 7, writtenAt }));
  expect(readLineageMark(dataDir)).toEqual({ epoch: 'a', events: 7, isCopy: true });
});

it.each(['', '{', '{"epoch":7}', '{"epoch":"a","events":"7","writtenAt":1}'])(
  'takes a file it cannot read for none: %s',
  (text) => {
    writeFileSync(join(dataDir, 'lineage.json'), text);
    expect(readLineageMark(dataDir)).toBeNull();
  },
);
