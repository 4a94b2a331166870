import type { ImportProblem } from '../contract/imports.ts';
import { type CaseRecord, caseRecordSchema } from './case-record.ts';
import { knownAnswerProblems } from './known-answer.ts';
import { problemsOf, type RecordProblem } from './record-problems.ts';

export type { RecordProblem } from './record-problems.ts';

/** Where a problem stands in the file is added by whoever counts lines. */
export type RecordLine = { record: CaseRecord; raw: unknown } | { problems: RecordProblem[] };

const maxDepth = 50;

const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim();
const clipped = (text: string, max: number) => (text.length > max ? `${text.slice(0, max)}…` : text);

function jsonProblem(text: string, error: unknown): RecordProblem {
  const message = error instanceof Error ? error.message : '';
  const position = Number(/at position (\d+)/.exec(message)?.[1] ?? Number.NaN);
  const fix = 'write one whole JSON object on this line, with double quotes and no comma at its end';
  if (position >= text.length || /end of JSON input|Unterminated string/.test(message))
    return {
      field: '',
      problem: `is not valid JSON: it ends in the middle, after "${oneLine(text.slice(-30))}"`,
      fix: 'put the whole record on one line; line breaks inside a text are written as \\n',
    };
  if (Number.isNaN(position))
    return { field: '', problem: `is not valid JSON: "${clipped(oneLine(text), 60)}"`, fix };
  const around = oneLine(text.slice(Math.max(0, position - 20), position + 20));
  return { field: '', problem: `is not valid JSON at character ${position + 1}, near "${around}"`, fix };
}

/** Walks values that a schema keeps unread, for what neither PostgreSQL nor a hash can carry. */
function unstorable(value: unknown, path: string, depth: number): RecordProblem | null {
  if (depth > maxDepth)
    return {
      field: path,
      problem: `is nested deeper than ${maxDepth} levels`,
      fix: 'flatten it or leave it out',
    };
  if (typeof value === 'number' && !Number.isFinite(value))
    return {
      field: path,
      problem: 'is a number too large to keep',
      fix: 'write it as a text in double quotes',
    };
  if (typeof value === 'string' && (!value.isWellFormed() || value.includes('\u0000')))
    return {
      field: path,
      problem: 'contains a NUL or half a character (a lone surrogate)',
      fix: 'remove the character; it is often the mark of a text cut in its middle',
    };
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, member] of Object.entries(value)) {
    const inner = Array.isArray(value) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
    const problem = unstorable(key, `${inner} (its name)`, depth) ?? unstorable(member, inner, depth + 1);
    if (problem) return problem;
  }
  return null;
}

function repeatedResponseIds(record: CaseRecord): RecordProblem[] {
  const first = new Map<string, number>();
  return record.responses.flatMap(({ id }, i) => {
    const earlier = first.get(id);
    if (earlier === undefined) {
      first.set(id, i);
      return [];
    }
    return [
      {
        field: `responses[${i}].id`,
        problem: `repeats the id "${clipped(id, 60)}" of responses[${earlier}]`,
        fix: 'give each response of a record its own id',
      },
    ];
  });
}

/** Reads one line of an import file: the record and its unread JSON, or everything that is wrong with it. */
export function readRecordLine(text: string): RecordLine {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    return { problems: [jsonProblem(text, error)] };
  }
  const parsed = caseRecordSchema.safeParse(raw);
  if (!parsed.success) return { problems: problemsOf(parsed.error.issues, raw) };
  const kept = unstorable(raw, '', 0);
  if (kept) return { problems: [kept] };
  const repeated = repeatedResponseIds(parsed.data);
  const problems = repeated.length > 0 ? repeated : knownAnswerProblems(parsed.data);
  return problems.length > 0 ? { problems } : { record: parsed.data, raw };
}

/** A problem of a record, placed at its line. */
export const atLine = (line: number, problem: RecordProblem): ImportProblem => ({ line, ...problem });
