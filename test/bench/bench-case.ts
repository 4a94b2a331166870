import type { PhysicianAssignment } from '../../shared/contract/sync.ts';
import { type AnnotationBody, emptyAnnotation } from '../../shared/schema/annotation.ts';
import type { RevisionId } from '../../shared/schema/ids.ts';
import { defaultRubric } from '../../shared/schema/rubric.ts';
import { bodyHash } from '../../shared/sync/body-hash.ts';
import { sampleAssignment } from '../contract/sample-work.ts';

const paragraph =
  'Start **spironolactone** 12.5 mg once a day only while the potassium stays below 5.0 mmol/L and the eGFR above 30; repeat both after 1, 4 and 12 weeks, and stop it at 5.5. ';
const list = '- potassium 4.5, 5.1, then 5.8 mmol/L\n- eGFR 41 mL/min\n- `ramipril` 10 mg, unchanged\n\n';
const table =
  '| Week | Potassium | Action |\n| --- | ---: | --- |\n| 1 | 4.9 | go on |\n| 4 | 5.3 | halve the dose |\n| 12 | 5.6 | stop |\n\n';

/** Invented Markdown of about so many characters: paragraphs, lists, tables and headings, as models write them. */
export function longAnswer(kind: string, characters: number): string {
  let text = `## Answer ${kind}\n\n`;
  for (let n = 1; text.length < characters; n++) {
    text += `### ${n}. Dose and follow-up\n\n${paragraph.repeat(3)}\n\n${list}`;
    if (n % 3 === 0) text += table;
  }
  return text.slice(0, Math.max(characters, 40));
}

function completeBody(position: number): AnnotationBody {
  const value = (position % 5) + 1;
  const ratings = Object.fromEntries(defaultRubric.dimensions.map(({ key }) => [key, value]));
  return {
    ...emptyAnnotation(),
    ratings: { a: ratings, b: ratings },
    preference: 0,
    time: { activeMs: 90_000 + position, wallMs: 120_000 + position },
  };
}

const revisionId = (position: number) =>
  `00000009-0000-4000-8000-${position.toString(16).padStart(12, '0')}` as RevisionId;

export type BatchSize = {
  cases: number;
  /** The first ones have answers of this many characters; the others short ones. */
  long: number;
  characters: number;
};

/**
 * A batch as it is in the middle of its work: the first cases complete but not submitted (so that each submit is
 * one key press), the last half submitted, all from another laptop; the rest untouched.
 */
export function benchAssignments({ cases, long, characters }: BatchSize): PhysicianAssignment[] {
  const [a, b] = [longAnswer('one', characters), longAnswer('two', characters)];
  return Array.from({ length: cases }, (_, position): PhysicianAssignment => {
    const isLong = position < long;
    const state = isLong ? 'draft' : position >= cases / 2 ? 'submitted' : null;
    const body = state && completeBody(position);
    return {
      ...sampleAssignment(position),
      title: `Case ${position + 1}`,
      contextText: 'Heart failure, LVEF 30 %. Potassium 4.5, 5.1, 5.8 mmol/L over three visits.',
      // A word of its own, so that no two answers are the same string in memory.
      a: isLong ? `Case ${position + 1}, first.\n\n${a}` : `First answer to case ${position + 1}.`,
      b: isLong ? `Case ${position + 1}, second.\n\n${b}` : `Second answer to case ${position + 1}.`,
      latest: state && body && { revisionId: revisionId(position), state, bodyHash: bodyHash(body), body },
    };
  });
}
