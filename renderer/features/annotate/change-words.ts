import type { AnnotationBody, Side } from '../../../shared/schema/annotation.ts';
import { sides } from '../../../shared/schema/annotation.ts';
import type { Rubric } from '../../../shared/schema/rubric.ts';
import { caseFlagLabels, confidenceLabels, preferenceLabels, refusalLabels } from './answer-labels.ts';

/**
 * What differs between two bodies of one case, in a few words: `Safety of A, 4 to 2`; several differences are
 * counted. Null when nothing that a person can see differs.
 */
export function changeWords(rubric: Rubric, from: AnnotationBody, to: AnnotationBody): string | null {
  const changes = [
    ...ratingChanges(rubric, from, to),
    ...choiceChanges(from, to),
    ...textChanges(from, to),
    ...flagChanges(from, to),
  ];
  if (changes.length > 1) return `${changes.length} answers`;
  return changes[0] ?? null;
}

const name = (side: Side) => side.toUpperCase();
const was = <T>(before: T | null | undefined, after: T | null | undefined, words: (value: T) => string) => {
  const word = (value: T | null | undefined) => (value == null ? 'not given' : words(value));
  return `${word(before)} to ${word(after)}`;
};

function ratingChanges(rubric: Rubric, from: AnnotationBody, to: AnnotationBody): string[] {
  const word = (value: number | undefined) => (value === undefined ? 'not rated' : String(value));
  return rubric.dimensions.flatMap(({ key, label }) =>
    sides
      .filter((side) => from.ratings[side][key] !== to.ratings[side][key])
      .map(
        (side) =>
          `${label} of ${name(side)}, ${word(from.ratings[side][key])} to ${word(to.ratings[side][key])}`,
      ),
  );
}

function choiceChanges(from: AnnotationBody, to: AnnotationBody): string[] {
  const words: string[] = [];
  if (from.preference !== to.preference)
    words.push(`Preference, ${was(from.preference, to.preference, (value) => preferenceLabels[value])}`);
  if (from.bothUnacceptable !== to.bothUnacceptable)
    words.push(`Both unacceptable, ${to.bothUnacceptable ? 'off to on' : 'on to off'}`);
  for (const side of sides)
    if (from.refusal[side] !== to.refusal[side])
      words.push(
        `Refusal of ${name(side)}, ${was(from.refusal[side], to.refusal[side], (value) => refusalLabels[value])}`,
      );
  if ((from.confidence ?? null) !== (to.confidence ?? null))
    words.push(`Confidence, ${was(from.confidence, to.confidence, (value) => confidenceLabels[value])}`);
  return words;
}

function textChanges(from: AnnotationBody, to: AnnotationBody): string[] {
  const words: string[] = [];
  for (const part of ['evidence', 'alternatives', 'conclusion'] as const)
    if (from.reasoning[part] !== to.reasoning[part]) words.push(`Why: ${part}`);
  const [before, after] = [from.correction ?? null, to.correction ?? null];
  if (before?.text !== after?.text || before?.from !== after?.from)
    words.push(before && !after ? 'Corrected answer, taken away' : 'Corrected answer');
  return words;
}

function flagChanges(from: AnnotationBody, to: AnnotationBody): string[] {
  const words: string[] = [];
  for (const kind of [
    'context-unclear',
    'outside-my-specialty',
    'contains-identifiers',
    'broken-case',
  ] as const) {
    const [before, after] = [from, to].map((body) => body.caseFlags.find((flag) => flag.kind === kind));
    if (!before !== !after)
      words.push(`Flag “${caseFlagLabels[kind]}”, ${after ? 'off to on' : 'on to off'}`);
    else if (before?.note !== after?.note) words.push(`Note on “${caseFlagLabels[kind]}”`);
  }
  const ids = new Set([...from.safetyFlags, ...to.safetyFlags].map(({ id }) => id));
  for (const id of ids) {
    const [before, after] = [from, to].map((body) => body.safetyFlags.find((flag) => flag.id === id));
    if (before === after || JSON.stringify(before) === JSON.stringify(after)) continue;
    const side = name((after ?? before)?.side ?? 'a');
    words.push(`Marked passage in ${side}${before && after ? '' : after ? ', put back' : ', taken away'}`);
  }
  return words;
}
