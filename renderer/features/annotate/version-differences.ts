import { type AnnotationBody, caseFlagKinds, type Side, sides } from '../../../shared/schema/annotation.ts';
import type { Rubric, Scale } from '../../../shared/schema/rubric.ts';
import {
  caseFlagLabels,
  confidenceLabels,
  preferenceLabels,
  refusalLabels,
  skipLabels,
} from './answer-labels.ts';
import { flagName, shortened } from './safety-flag-words.ts';
import { valueWords } from './slider-scale.ts';

/** One answer in which two versions differ, in words, and how it is taken over from one into the other. */
export type VersionDifference = {
  /** Names the answer within the case. */
  id: string;
  label: string;
  own: string;
  other: string;
  /** The body with this one answer as `from` has it. */
  take: (into: AnnotationBody, from: AnnotationBody) => AnnotationBody;
};

type Answer = {
  id: string;
  label: string;
  /** What a person sees of it; empty where nothing was answered. */
  words: (body: AnnotationBody) => string;
  take: VersionDifference['take'];
};

const notGiven = 'not answered';

/** Every answer that differs, in the order of the screen. */
export function versionDifferences(
  rubric: Rubric,
  own: AnnotationBody,
  other: AnnotationBody,
): VersionDifference[] {
  return answersOf(rubric, own, other).flatMap(({ id, label, words, take }) => {
    const [mine, theirs] = [words(own), words(other)];
    if (mine === theirs) return [];
    return [{ id, label, own: mine || notGiven, other: theirs || notGiven, take }];
  });
}

function answersOf(rubric: Rubric, own: AnnotationBody, other: AnnotationBody): Answer[] {
  return [
    ...ratingAnswers(rubric, own, other),
    preferenceAnswer,
    ...sides.map(refusalAnswer),
    ...reasoningParts.map(reasoningAnswer),
    confidenceAnswer,
    correctionAnswer,
    ...caseFlagKinds.map(caseFlagAnswer),
    ...passageAnswers(own, other),
    skipAnswer,
  ];
}

const name = (side: Side) => side.toUpperCase();

function ratingAnswers(rubric: Rubric, own: AnnotationBody, other: AnnotationBody): Answer[] {
  const asked = rubric.dimensions.map(({ key }) => key);
  // Answers to an earlier version of the rubric are answers too.
  const rated = [own, other].flatMap((body) => sides.flatMap((side) => Object.keys(body.ratings[side])));
  const keys = [...new Set([...asked, ...rated])];
  return keys.flatMap((key) => {
    const dimension = rubric.dimensions.find((one) => one.key === key);
    return sides.map((side) => ratingAnswer(side, key, dimension?.label ?? key, dimension?.scale ?? null));
  });
}

function ratingAnswer(side: Side, key: string, label: string, scale: Scale | null): Answer {
  return {
    id: `rating ${side} ${key}`,
    label: `${label} of ${name(side)}`,
    words: (body) => {
      const value = body.ratings[side][key];
      if (value === undefined) return '';
      return scale ? valueWords(scale, value) : String(value);
    },
    take: (into, from) => {
      const { [key]: _, ...others } = into.ratings[side];
      const value = from.ratings[side][key];
      const ratings = value === undefined ? others : { ...others, [key]: value };
      return { ...into, ratings: { ...into.ratings, [side]: ratings } };
    },
  };
}

const preferenceAnswer: Answer = {
  id: 'preference',
  label: 'Preference',
  words: ({ preference, bothUnacceptable }) =>
    [bothUnacceptable ? 'Both unacceptable' : null, preference === null ? null : preferenceLabels[preference]]
      .filter((part) => part !== null)
      .join('; '),
  take: (into, { preference, bothUnacceptable }) => ({ ...into, preference, bothUnacceptable }),
};

const refusalAnswer = (side: Side): Answer => ({
  id: `refusal ${side}`,
  label: `Refusal of ${name(side)}`,
  words: ({ refusal }) => (refusal[side] === null ? '' : refusalLabels[refusal[side]]),
  take: (into, from) => ({ ...into, refusal: { ...into.refusal, [side]: from.refusal[side] } }),
});

const reasoningParts = ['evidence', 'alternatives', 'conclusion'] as const;
const reasoningAnswer = (part: (typeof reasoningParts)[number]): Answer => ({
  id: `reasoning ${part}`,
  label: `Why: ${part}`,
  words: ({ reasoning }) => reasoning[part],
  take: (into, from) => ({ ...into, reasoning: { ...into.reasoning, [part]: from.reasoning[part] } }),
});

const confidenceAnswer: Answer = {
  id: 'confidence',
  label: 'Confidence',
  words: ({ confidence }) => (confidence ? confidenceLabels[confidence] : ''),
  take: (into, { confidence }) => ({ ...into, confidence: confidence ?? null }),
};

const correctionAnswer: Answer = {
  id: 'correction',
  label: 'Corrected answer',
  words: ({ correction }) => correction?.text ?? '',
  take: (into, { correction }) => ({ ...into, correction: correction ?? null }),
};

const caseFlagAnswer = (kind: (typeof caseFlagKinds)[number]): Answer => ({
  id: `case-flag ${kind}`,
  label: `Flag: ${caseFlagLabels[kind]}`,
  words: ({ caseFlags }) => {
    const flag = caseFlags.find((one) => one.kind === kind);
    if (!flag) return '';
    return flag.note === '' ? 'flagged' : `flagged: ${flag.note}`;
  },
  take: (into, from) => ({
    ...into,
    caseFlags: [
      ...into.caseFlags.filter((one) => one.kind !== kind),
      ...from.caseFlags.filter((one) => one.kind === kind),
    ],
  }),
});

function passageAnswers(own: AnnotationBody, other: AnnotationBody): Answer[] {
  const flags = [...own.safetyFlags, ...other.safetyFlags];
  const ids = [...new Set(flags.map(({ id }) => id))];
  return ids.map((id) => passageAnswer(id, flags.find((flag) => flag.id === id)?.side ?? 'a'));
}

const passageAnswer = (id: string, side: Side): Answer => ({
  id: `safety-flag ${id}`,
  label: `Marked passage in ${name(side)}`,
  words: ({ safetyFlags }) => {
    const flag = safetyFlags.find((one) => one.id === id);
    if (!flag) return '';
    return [`${flagName(flag)}: “${shortened(flag.quote)}”`, flag.note].filter(Boolean).join(' ');
  },
  take: (into, from) => ({
    ...into,
    safetyFlags: [
      ...into.safetyFlags.filter((one) => one.id !== id),
      ...from.safetyFlags.filter((one) => one.id === id),
    ],
  }),
});

const skipAnswer: Answer = {
  id: 'skip',
  label: 'Skipped',
  words: ({ skip }) => (skip ? [skipLabels[skip.reason], skip.note].filter(Boolean).join(': ') : ''),
  take: (into, { skip }) => ({ ...into, skip }),
};

export type VersionPicks = ReadonlyMap<string, 'own' | 'other'>;

/** The answers as they were picked, on top of what both versions share. */
export function pickedBody(
  differences: readonly VersionDifference[],
  picks: VersionPicks,
  own: AnnotationBody,
  other: AnnotationBody,
): AnnotationBody {
  const taken = differences.filter(({ id }) => picks.get(id) === 'other');
  if (differences.length > 0 && taken.length === differences.length) return other;
  const body = taken.reduce((into, { take }) => take(into, other), own);
  return taken.length === 0 ? own : { ...body, confirmations: bothConfirmations(own, other) };
}

/** A contradiction that was confirmed on either laptop is not asked about again. */
function bothConfirmations(own: AnnotationBody, other: AnnotationBody): AnnotationBody['confirmations'] {
  const confirmed = own.confirmations ?? [];
  const fresh = (other.confirmations ?? []).filter(({ rule }) => confirmed.every((one) => one.rule !== rule));
  return [...confirmed, ...fresh];
}
