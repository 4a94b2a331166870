import { beforeEach, expect, it } from 'vitest';
import { assignmentId, batchId, sampleAssignment, sampleBatch } from '../../test/contract/sample-work.ts';
import { ContentGaps } from './content-gaps.ts';
import { ContentIndex } from './content-index.ts';

const batch = batchId(1);
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => from + n);
const caseAt = (position: number) => assignmentId(1000 + position);

let index: ContentIndex;
let gaps: ContentGaps;
beforeEach(() => {
  index = new ContentIndex();
  gaps = new ContentGaps(index);
});

/** These positions of a batch of so many cases are on the laptop. */
function hold(total: number, positions: readonly number[]): void {
  index.takeBatch(sampleBatch(total));
  index.take({ assignments: positions.map((position) => sampleAssignment(position)) });
}

/** Asks page by page, five cases each, of a server that has these; @returns after which positions */
function download(total: number, atServer: readonly number[]): number[] {
  const asked: number[] = [];
  let reached: number | null = -1;
  while (reached !== null && asked.length < 50) {
    const after = gaps.nextPage(sampleBatch(total), reached);
    if (after === null) break;
    asked.push(after);
    const left = atServer.filter((position) => position > after);
    const page = left.slice(0, 5);
    hold(total, page);
    for (const position of page) gaps.found(batch, caseAt(position));
    reached = left.length > 5 ? (page.at(-1) ?? null) : null;
    gaps.asked({ batchId: batch, after, upTo: reached }, new Set(page));
  }
  return asked;
}

it('[S17] asks for what is missing in the middle alone, and then goes on behind the last', () => {
  hold(50, [...range(0, 10), ...range(15, 30), ...range(31, 40)]);
  expect(gaps.count()).toBe(6);
  expect(download(50, range(0, 50))).toEqual([9, 29, 39, 44]);
  expect(gaps.isWhole(sampleBatch(50))).toBe(true);
  expect(gaps.count()).toBe(0);
});

it('[S17] asks for a case that was lost, until it comes, and counts it once', () => {
  hold(21, range(0, 21));
  gaps.lose([3, 4, 20].map(caseAt));
  expect(gaps.isLost(caseAt(4))).toBe(true);
  expect(gaps.isWhole(sampleBatch(21))).toBe(false);
  expect(gaps.count()).toBe(3);
  expect(download(21, range(0, 21))).toEqual([2, 19]);
  expect(gaps.isLost(caseAt(4))).toBe(false);
  expect(gaps.isWhole(sampleBatch(21))).toBe(true);
});

it('[S17] asks again for a case that a page brought while nobody knew yet that it was lost', () => {
  hold(21, range(0, 21));
  gaps.lose([caseAt(3)]);
  gaps.asked({ batchId: batch, after: -1, upTo: 4 }, new Set(range(0, 5)));
  expect(gaps.nextPage(sampleBatch(21), -1)).toBe(2);
  expect(download(21, range(0, 21))).toEqual([2]);
});

it('[S17] asks once for what the server does not have either, and again when it tells of the batch anew', () => {
  const atServer = range(0, 20).filter((position) => position !== 17 && position !== 2);
  hold(20, [...atServer, 17]);
  gaps.lose([caseAt(17)]);
  expect(download(20, atServer)).toEqual([1, 16]);
  expect(gaps.count()).toBe(0);
  expect(download(20, atServer)).toEqual([]);
  gaps.askAgain(batch);
  expect(download(20, range(0, 20))).toEqual([1, 16]);
  expect(gaps.isWhole(sampleBatch(20))).toBe(true);
});

it('[S17] takes a download that has not come to its end, or waits for its gate, for no gap', () => {
  hold(50, range(0, 25));
  expect(gaps.count()).toBe(0);
  expect(gaps.nextPage(sampleBatch(50), -1)).toBe(24);
  hold(50, range(30, 35));
  index.takeBatch({ ...sampleBatch(50), gate: 'practice-first' });
  expect(gaps.count()).toBe(0);
});
