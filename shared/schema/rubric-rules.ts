import { type AnnotationBody, type Side, sides } from './annotation.ts';
import { anchorOf, type Dimension, type Rubric, type RubricRule } from './rubric.ts';

/** A rule that the answers go against: the question to ask, and which ratings it is about. */
export type BrokenRule = { key: string; question: string; dimension: string; side: Side };

const other = (side: Side): Side => (side === 'a' ? 'b' : 'a');

/** The side the physician prefers; null for "equal" and for no preference yet. */
export function preferredSide({ preference }: AnnotationBody): Side | null {
  if (preference === null || preference === 0) return null;
  return preference < 0 ? 'a' : 'b';
}

function sideAgainst(rule: RubricRule, body: AnnotationBody): Side | null {
  const rated = (side: Side) => body.ratings[side][rule.dimension];
  const isHigh = (side: Side, from: number) => (rated(side) ?? Number.NEGATIVE_INFINITY) >= from;
  switch (rule.kind) {
    case 'preferred-lower': {
      const preferred = preferredSide(body);
      if (preferred === null) return null;
      const [mine, others] = [rated(preferred), rated(other(preferred))];
      return mine !== undefined && others !== undefined && others - mine >= rule.by ? preferred : null;
    }
    case 'flagged-high':
      return (
        sides.find(
          (side) =>
            isHigh(side, rule.from) &&
            body.safetyFlags.some((flag) => flag.side === side && flag.severity === 'severe'),
        ) ?? null
      );
    case 'unacceptable-high':
      return body.bothUnacceptable ? (sides.find((side) => isHigh(side, rule.from)) ?? null) : null;
  }
}

function usualQuestion(rule: RubricRule, dimension: Dimension, side: Side, body: AnnotationBody): string {
  const name = side.toUpperCase();
  const label = dimension.label.toLowerCase();
  const value = body.ratings[side][rule.dimension] ?? 0;
  const rating = [String(value), anchorOf(dimension.scale, value)].filter((word) => word !== '').join(', ');
  switch (rule.kind) {
    case 'preferred-lower':
      return `You prefer ${name}, but rated its ${label} lower than that of ${other(side).toUpperCase()}.`;
    case 'flagged-high':
      return `You marked a severe problem in ${name}, but rated its ${label} ${rating}.`;
    case 'unacceptable-high':
      return `You call both unacceptable, but rated the ${label} of ${name} ${rating}.`;
  }
}

/**
 * The rules of the rubric that these answers go against and that the physician has not confirmed yet,
 * in the order of the rubric. An empty list means nothing is asked.
 */
export function brokenRules(rubric: Rubric, body: AnnotationBody): BrokenRule[] {
  const confirmed = new Set(body.confirmations?.map(({ rule }) => rule));
  return rubric.rules.flatMap((rule) => {
    const dimension = rubric.dimensions.find(({ key }) => key === rule.dimension);
    const side = confirmed.has(rule.key) || !dimension ? null : sideAgainst(rule, body);
    if (!side || !dimension) return [];
    const question = rule.ask === '' ? usualQuestion(rule, dimension, side, body) : rule.ask;
    return [{ key: rule.key, question, dimension: rule.dimension, side }];
  });
}
