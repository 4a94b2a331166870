import type { ImportProblem } from '../../shared/contract/imports.ts';
import type { CaseRecord } from '../../shared/schema/case-record.ts';
import { atLine, readRecordLine } from '../../shared/schema/record-line.ts';
import { hashesOf } from './case-rows.ts';
import type { Line } from './lines.ts';

export type ReadRecord = {
  line: number;
  record: CaseRecord;
  contentHash: string;
  /** With its known answers: what tells two lines of one file apart. */
  wholeHash: string;
};
/** Some lines of the file, read: the good ones and what is wrong with the others. */
export type Chunk = { lines: number; records: ReadRecord[]; refused: ImportProblem[][] };

const maxRecords = 200;
const maxChars = 4_000_000;

const emptyChunk = (): Chunk => ({ lines: 0, records: [], refused: [] });

/** Reads lines into chunks that are written at once, limited in records and in size. */
export async function* chunkRecords(lines: AsyncIterable<Line>): AsyncGenerator<Chunk> {
  let chunk = emptyChunk();
  let chars = 0;
  for await (const line of lines) {
    chunk.lines++;
    const read = 'problem' in line ? { problems: [line.problem] } : readRecordLine(line.text);
    if ('problems' in read) chunk.refused.push(read.problems.map((problem) => atLine(line.number, problem)));
    else chunk.records.push({ line: line.number, record: read.record, ...hashesOf(read.raw) });
    chars += 'text' in line ? line.text.length : 0;
    if (chunk.lines < maxRecords && chars < maxChars) continue;
    yield chunk;
    chunk = emptyChunk();
    chars = 0;
  }
  if (chunk.lines > 0) yield chunk;
}

/** Reads the next item while the last one is worked on; never more than one ahead. */
export async function* inAdvance<T>(items: AsyncGenerator<T>): AsyncGenerator<T> {
  let next = items.next();
  // An error of the item in advance is met at its own turn; until then nobody listens.
  next.catch(() => {});
  try {
    for (;;) {
      const item = await next;
      if (item.done) return;
      next = items.next();
      next.catch(() => {});
      yield item.value;
    }
  } finally {
    // When the consumer leaves early, the file is closed behind it.
    await items.return(undefined).catch(() => {});
  }
}
