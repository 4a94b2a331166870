import type { RawAgreement } from '../contract/reviews.ts';
import { type AnnotationBody, type Side, sides } from '../schema/annotation.ts';
import type { Rubric } from '../schema/rubric.ts';

type Answer = number | string | boolean | null | undefined;
type Question = { key: string; label: string; ordered: boolean; answer: (body: AnnotationBody) => Answer };

const answerName = (side: Side) => `answer ${side.toUpperCase()}`;

function questionsOf(rubric: Rubric): Question[] {
  const perSide = (ask: (side: Side) => Question) => sides.map(ask);
  return [
    ...rubric.dimensions.flatMap(({ key, label }) =>
      perSide((side) => ({
        key: `${key}:${side}`,
        label: `${label}, ${answerName(side)}`,
        ordered: true,
        answer: (body) => body.ratings[side][key],
      })),
    ),
    { key: 'preference', label: 'Preference', ordered: true, answer: (body) => body.preference },
    {
      key: 'both-unacceptable',
      label: 'Both unacceptable',
      ordered: false,
      answer: (body) => body.bothUnacceptable,
    },
    ...(rubric.refusal.ask
      ? perSide((side) => ({
          key: `refusal:${side}`,
          label: `Refusal verdict, ${answerName(side)}`,
          ordered: false,
          answer: (body) => body.refusal[side],
        }))
      : []),
  ];
}

const isAnswered = (answer: Answer): answer is number | string | boolean =>
  answer !== null && answer !== undefined;
const isWithinOne = (a: Answer, b: Answer) =>
  typeof a === 'number' && typeof b === 'number' && Math.abs(a - b) <= 1;

/**
 * Counts raw agreement, comparison by comparison: every two annotations of one comparison make a pair.
 * `add` takes the bodies submitted for one comparison, turned so that A and B are the same responses in all.
 */
export function countRawAgreement(rubric: Rubric): {
  add: (bodies: readonly AnnotationBody[]) => void;
  result: () => RawAgreement[];
} {
  const counts = questionsOf(rubric).map((question) => ({ question, pairs: 0, same: 0, withinOne: 0 }));
  return {
    add(bodies) {
      for (const count of counts) {
        const answers = bodies.map(count.question.answer).filter(isAnswered);
        for (const [i, first] of answers.entries())
          for (const second of answers.slice(i + 1)) {
            count.pairs++;
            if (first === second) count.same++;
            if (isWithinOne(first, second)) count.withinOne++;
          }
      }
    },
    result: () =>
      counts.map(({ question, pairs, same, withinOne }) => ({
        key: question.key,
        label: question.label,
        pairs,
        same,
        withinOne: question.ordered ? withinOne : null,
      })),
  };
}

/** Largest distance between two preferences of one comparison, in steps; null under two. */
export function preferenceSpread(bodies: readonly AnnotationBody[]): number | null {
  const preferences = bodies.map((body) => body.preference).filter((preference) => preference !== null);
  return preferences.length < 2 ? null : Math.max(...preferences) - Math.min(...preferences);
}
