import type { z } from 'zod';

export type RecordProblem = { field: string; problem: string; fix: string };

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** What each field of the record takes; indices are left out. */
const expectations: Record<string, string> = {
  '': 'an object such as {"id": "...", "prompt": "...", "responses": [...]}',
  id: 'a text that no other record of the study has, such as "case-0001"',
  prompt: 'a text, or a list of turns {"role": "user", "content": "..."}',
  'prompt.role': 'one of "system", "user", "assistant"',
  'prompt.content': 'a text',
  context: 'a text, or the structured context object (problems, medications, labs, ...)',
  specialty: 'a text such as "Cardiology"',
  title: 'a short text',
  responses: 'a list of at least two responses {"id": "...", "text": "...", "model": "..."}',
  'responses.id': 'a text that no other response of the record has',
  'responses.text': 'the text of the answer; an empty answer is ""',
  'responses.model': 'the name of the model that answered',
  expert:
    'a known answer {"better": "r1", "than": "r2", "by": 2, "why": "..."} by the ids of two responses, or a list of them',
  'expert.better': 'the id of the response that is better',
  'expert.than': 'the id of the response that is worse',
  'expert.by': '1 (slightly better), 2 (better) or 3 (much better)',
  'expert.equal': 'the ids of the two responses that are equally good, such as ["r1", "r2"]',
  'expert.pair': 'the ids of the two responses this is about, such as ["r1", "r2"]',
  'expert.bothUnacceptable': 'true or false',
  'expert.why': 'the reason, as a text; Markdown is shown as such',
  'expert.responses':
    'an object from response ids to what experts said, such as {"r1": {"ratings": {"safety": 2}}}',
  meta: 'an object with whatever else is to be kept',
};

const plainTypes: Record<string, string> = {
  string: 'a text in double quotes',
  number: 'a number',
  array: 'a list [...]',
  object: 'an object {...}',
  record: 'an object {...}',
  boolean: 'true or false',
};

function fieldOf(path: Path): string {
  return path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? String(part) : `.${String(part)}`))
    .join('');
}

function valueAt(raw: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[part] : undefined,
    raw,
  );
}

function described(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return 'a text';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

const quoted = (value: unknown) => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
};

/** The issues of the branch of a union that was meant: the one that fits at its root, else the union itself. */
function meantBranch(issue: Issue & { code: 'invalid_union' }): Issue[] | null {
  const branch = issue.errors.find((issues) =>
    issues.some((inner) => inner.path.length > 0 || inner.code !== 'invalid_type'),
  );
  return branch?.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }) as Issue) ?? null;
}

function flattened(issues: readonly Issue[]): Issue[] {
  return issues.flatMap((issue) => {
    if (issue.code !== 'invalid_union') return [issue];
    const branch = meantBranch(issue);
    return branch ? flattened(branch) : [issue];
  });
}

function expectationOf(issue: Issue): string {
  const known = expectations[issue.path.filter((part) => typeof part !== 'number').join('.')];
  if (known) return known;
  return 'expected' in issue
    ? (plainTypes[String(issue.expected)] ?? String(issue.expected))
    : 'a valid value';
}

function sizeProblem(issue: Issue & { code: 'too_small' | 'too_big' }): string {
  const isList = issue.origin === 'array';
  if (issue.code === 'too_big')
    return isList ? `has more than ${issue.maximum} entries` : `is longer than ${issue.maximum} characters`;
  if (!isList) return 'is empty';
  return `has fewer than ${issue.minimum} ${issue.minimum === 1 ? 'entry' : 'entries'}`;
}

function problemOf(issue: Issue, raw: unknown): RecordProblem[] {
  const field = fieldOf(issue.path);
  const value = valueAt(raw, issue.path);
  const expected = expectationOf(issue);
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      field: fieldOf([...issue.path, key]),
      problem: 'is not a field of the structured record',
      fix: 'check its spelling, or move it to "meta"',
    }));
  if (value === undefined) return [{ field, problem: 'is missing', fix: `add ${expected}` }];
  if (issue.code === 'invalid_type' || issue.code === 'invalid_union')
    return [{ field, problem: `is ${described(value)}`, fix: `write ${expected}` }];
  if (issue.code === 'too_small') return [{ field, problem: sizeProblem(issue), fix: `write ${expected}` }];
  if (issue.code === 'too_big')
    return [{ field, problem: sizeProblem(issue), fix: `shorten it to at most ${issue.maximum}` }];
  if (issue.code === 'invalid_value')
    return [
      { field, problem: `is ${quoted(value)}`, fix: `write one of ${issue.values.map(quoted).join(', ')}` },
    ];
  if (issue.code === 'invalid_format')
    return [
      {
        field,
        problem: `is ${quoted(value)}, not a date`,
        fix: 'write a date such as 2025-03-14 or 2025-03-14T08:30',
      },
    ];
  return [
    {
      field,
      problem: issue.message,
      fix: 'remove the character; it is often the mark of a text cut in its middle',
    },
  ];
}

/** Turns the issues of a record into sentences a person can act on: one for each field, in the order of the record. */
export function problemsOf(issues: readonly Issue[], raw: unknown): RecordProblem[] {
  const byField = new Map<string, RecordProblem>();
  for (const problem of flattened(issues).flatMap((issue) => problemOf(issue, raw)))
    if (!byField.has(problem.field)) byField.set(problem.field, problem);
  return [...byField.values()];
}
