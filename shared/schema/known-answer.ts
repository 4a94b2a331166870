import { z } from 'zod';
import { type ExpertAnswer, expertAnswerSchema, expertSideSchema } from './expert-answer.ts';
import type { RecordProblem } from './record-problems.ts';
import { type Rubric, scaleBounds } from './rubric.ts';
import { wellFormedText } from './text.ts';

const responseId = wellFormedText(300).min(1);
const responsePair = z.array(responseId).min(2).max(2);

/**
 * A known answer as an import file gives it, by the ids of two responses of its record: `better` and `than`,
 * or `equal`, or `pair` where experts said only something about each, or that both are unacceptable.
 */
export const givenAnswerSchema = z.strictObject({
  better: responseId.optional(),
  than: responseId.optional(),
  by: z.literal([1, 2, 3]).optional(),
  equal: responsePair.optional(),
  pair: responsePair.optional(),
  bothUnacceptable: z.boolean().default(false),
  why: wellFormedText(20_000).min(1),
  responses: z.record(z.string(), expertSideSchema).default({}),
});
export type GivenAnswer = z.infer<typeof givenAnswerSchema>;

type Given = {
  responses: readonly { id: string }[];
  expert?: GivenAnswer | readonly GivenAnswer[] | undefined;
};

/** The known answer to the comparison of two responses of a record, as indices with the earlier one first. */
export type KnownAnswer = { one: number; two: number; answer: ExpertAnswer; field: string };

const clipped = (text: string) => (text.length > 60 ? `${text.slice(0, 60)}…` : text);

/** Each known answer of a record with where it stands in it. */
function givenOf({ expert }: Given): { given: GivenAnswer; field: string }[] {
  if (expert === undefined) return [];
  return 'why' in expert
    ? [{ given: expert, field: 'expert' }]
    : expert.map((given, i) => ({ given, field: `expert[${i}]` }));
}

/** The two ids an answer names, each with the field it stands in. */
function namedBy(given: GivenAnswer, field: string): { id: string; field: string }[] {
  const { better, than } = given;
  if (better !== undefined && than !== undefined)
    return [
      { id: better, field: `${field}.better` },
      { id: than, field: `${field}.than` },
    ];
  const key = given.equal ? 'equal' : 'pair';
  return (given[key] ?? []).map((id, i) => ({ id, field: `${field}.${key}[${i}]` }));
}

const waysToName = 'write "better" and "than", or "equal": ["r1", "r2"], or "pair": ["r1", "r2"]';

function formProblem(given: GivenAnswer, field: string): RecordProblem | null {
  const { better, than, by, equal, pair } = given;
  if ((better === undefined) !== (than === undefined)) {
    const missing = better === undefined ? 'better' : 'than';
    return { field: `${field}.${missing}`, problem: 'is missing', fix: 'add the id of the other response' };
  }
  const ways = [better, equal, pair].filter((way) => way !== undefined).length;
  if (ways === 0) return { field, problem: 'names no two responses', fix: waysToName };
  if (ways > 1)
    return {
      field,
      problem: 'names two responses in more than one way',
      fix: `${waysToName}; only one of these`,
    };
  if (by !== undefined && better === undefined)
    return {
      field: `${field}.by`,
      problem: 'has no meaning here',
      fix: 'use it with "better" and "than" only',
    };
  return null;
}

function namingProblems(record: Given, given: GivenAnswer, field: string): RecordProblem[] {
  const form = formProblem(given, field);
  if (form) return [form];
  const ids = record.responses.map(({ id }) => id);
  const list = `write one of ${ids.map((id) => JSON.stringify(clipped(id))).join(', ')}`;
  const named = namedBy(given, field);
  const stray = named
    .filter(({ id }) => !ids.includes(id))
    .map(({ id, field: at }) => ({
      field: at,
      problem: `is "${clipped(id)}", which no response of the record is`,
      fix: list,
    }));
  if (stray.length > 0) return stray;
  if (named[0]?.id === named[1]?.id)
    return [{ field: named[1]?.field ?? field, problem: 'names the same response twice', fix: list }];
  return Object.keys(given.responses)
    .filter((id) => !named.some((one) => one.id === id))
    .map((id) => ({
      field: `${field}.responses.${clipped(id)}`,
      problem: 'is about neither of the two responses',
      fix: `use the ids ${named.map((one) => JSON.stringify(clipped(one.id))).join(' and ')}`,
    }));
}

/** What is wrong with the known answers of a record whose form is right: ids, twice the same pair, odd fields. */
export function knownAnswerProblems(record: Given): RecordProblem[] {
  const problems = givenOf(record).flatMap(({ given, field }) => namingProblems(record, given, field));
  if (problems.length > 0) return problems;
  const first = new Map<string, string>();
  return knownAnswersOf(record).flatMap(({ one, two, field }) => {
    const earlier = first.get(`${one} ${two}`);
    if (earlier === undefined) {
      first.set(`${one} ${two}`, field);
      return [];
    }
    return [{ field, problem: `is about the same two responses as ${earlier}`, fix: 'keep one of them' }];
  });
}

/** A preference of the reader who sees response `one` as A. */
function preferenceOf({ better, by = 2, equal }: GivenAnswer, oneId: string | undefined): number | null {
  if (equal) return 0;
  if (better === undefined) return null;
  return better === oneId ? -by : by;
}

/** The known answers of a sound record, with a = the earlier of the two responses (file order) and b = the later. */
export function knownAnswersOf(record: Given): KnownAnswer[] {
  const ids = record.responses.map(({ id }) => id);
  return givenOf(record).map(({ given, field }) => {
    const [one = -1, two = -1] = namedBy(given, field)
      .map(({ id }) => ids.indexOf(id))
      .sort((a, b) => a - b);
    const [oneId, twoId] = [ids[one], ids[two]];
    const answer = expertAnswerSchema.parse({
      preference: preferenceOf(given, oneId),
      bothUnacceptable: given.bothUnacceptable,
      a: given.responses[oneId ?? ''],
      b: given.responses[twoId ?? ''],
      why: given.why,
    });
    return { one, two, answer, field };
  });
}

/** Known ratings that the rubric does not ask for, or that are not on its scale. */
export function ratingProblems(record: Given, rubric: Rubric): RecordProblem[] {
  const keys = rubric.dimensions.map(({ key }) => JSON.stringify(key)).join(', ');
  return givenOf(record).flatMap(({ given, field }) =>
    Object.entries(given.responses).flatMap(([id, { ratings }]) =>
      Object.entries(ratings).flatMap(([key, value]) => {
        const at = `${field}.responses.${clipped(id)}.ratings.${clipped(key)}`;
        const dimension = rubric.dimensions.find((one) => one.key === key);
        if (!dimension)
          return [{ field: at, problem: 'is no dimension of the study’s rubric', fix: `use one of ${keys}` }];
        const { min, max } = scaleBounds(dimension.scale);
        return value >= min && value <= max
          ? []
          : [{ field: at, problem: `is ${value}`, fix: `write a whole number from ${min} to ${max}` }];
      }),
    ),
  );
}
