import { type CaseRecord, caseRecordSchema } from '../../../shared/schema/case-record.ts';

/** What the top of a file holds: its first record, or why it cannot be read as one. */
export type FirstRecord =
  | { kind: 'record'; record: CaseRecord; models: string[] }
  | { kind: 'problem'; problem: string };

const longestLine = 8_000_000;

/** The file's text from its start, unpacked where it is gzip (told by its first two bytes, not its name). */
async function openText(file: File): Promise<ReadableStream<Uint8Array>> {
  const [first, second] = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  const stream: ReadableStream<Uint8Array<ArrayBuffer>> = file.stream();
  return first === 0x1f && second === 0x8b ? stream.pipeThrough(new DecompressionStream('gzip')) : stream;
}

/** Reads no more of the file than its first line that is not blank. */
async function firstLine(file: File): Promise<string | null> {
  const reader = (await openText(file)).getReader();
  const decoder = new TextDecoder('utf-8');
  let text = '';
  try {
    while (text.length < longestLine) {
      const { done, value } = await reader.read();
      text = (text + (done ? decoder.decode() : decoder.decode(value, { stream: true }))).replace(/^\s+/, '');
      const end = text.indexOf('\n');
      if (end !== -1) return text.slice(0, end);
      if (done) return text === '' ? null : text;
    }
    return text;
  } finally {
    // The rest is not wanted; a stream that is broken further on is the server's to report.
    await reader.cancel().catch(() => undefined);
  }
}

const problem = (text: string): FirstRecord => ({ kind: 'problem', problem: text });

/** Reads the first record of a JSON Lines file, plain or gzipped, for a preview. */
export async function readFirstRecord(file: File): Promise<FirstRecord> {
  let line: string | null;
  try {
    line = await firstLine(file);
  } catch {
    return problem('The file cannot be unpacked: it looks like gzip but is damaged or cut off.');
  }
  if (line === null) return problem('The file is empty.');
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return problem('Its first line is not JSON. The file must be JSON Lines: one record on each line.');
  }
  const parsed = caseRecordSchema.safeParse(value);
  if (parsed.success)
    return {
      kind: 'record',
      record: parsed.data,
      models: [...new Set(parsed.data.responses.map((response) => response.model))],
    };
  const [issue] = parsed.error.issues;
  const where = issue?.path.join('.') ?? '';
  return problem(
    `Its first record does not fit${where ? ` at "${where}"` : ''}: ${issue?.message ?? 'unknown form'}. “Check first” lists every line.`,
  );
}
