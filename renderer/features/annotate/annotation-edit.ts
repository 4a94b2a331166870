import type {
  AnnotationBody,
  CaseFlagKind,
  Preference,
  RefusalVerdict,
  Side,
} from '../../../shared/schema/annotation.ts';

export type ReasoningPart = 'evidence' | 'alternatives' | 'conclusion';

/** One thing a physician does to an annotation. */
export type Edit =
  | { type: 'rate'; side: Side; dimension: string; value: number }
  | { type: 'prefer'; value: Preference }
  | { type: 'both-unacceptable'; on: boolean }
  | { type: 'refusal'; side: Side; verdict: RefusalVerdict | null }
  | { type: 'reasoning'; part: ReasoningPart; text: string }
  | { type: 'case-flag'; kind: CaseFlagKind; on: boolean }
  | { type: 'replace'; body: AnnotationBody };

/** The body after an edit; the very same object when the edit changes nothing. */
export function applyEdit(body: AnnotationBody, edit: Edit): AnnotationBody {
  switch (edit.type) {
    case 'rate':
      return rate(body, edit.side, edit.dimension, edit.value);
    case 'prefer':
      return body.preference === edit.value ? body : { ...body, preference: edit.value };
    case 'both-unacceptable':
      return body.bothUnacceptable === edit.on ? body : { ...body, bothUnacceptable: edit.on };
    case 'refusal':
      if (body.refusal[edit.side] === edit.verdict) return body;
      return { ...body, refusal: { ...body.refusal, [edit.side]: edit.verdict } };
    case 'reasoning':
      if (body.reasoning[edit.part] === edit.text) return body;
      return { ...body, reasoning: { ...body.reasoning, [edit.part]: edit.text } };
    case 'case-flag':
      return flagCase(body, edit.kind, edit.on);
    case 'replace':
      return { ...edit.body, time: body.time };
  }
}

function rate(body: AnnotationBody, side: Side, dimension: string, value: number): AnnotationBody {
  if (body.ratings[side][dimension] === value) return body;
  return { ...body, ratings: { ...body.ratings, [side]: { ...body.ratings[side], [dimension]: value } } };
}

function flagCase(body: AnnotationBody, kind: CaseFlagKind, on: boolean): AnnotationBody {
  if (body.caseFlags.some((flag) => flag.kind === kind) === on) return body;
  const others = body.caseFlags.filter((flag) => flag.kind !== kind);
  return { ...body, caseFlags: on ? [...others, { kind, note: '' }] : others };
}

/** Which answer an edit is about; also where the focus goes when the edit is undone. */
export function placeOf(edit: Edit): string {
  switch (edit.type) {
    case 'rate':
      return ratingPlace(edit.side, edit.dimension);
    case 'refusal':
      return refusalPlace(edit.side);
    case 'reasoning':
      return reasoningPlace(edit.part);
    case 'prefer':
      return preferencePlace;
    case 'both-unacceptable':
      return bothUnacceptablePlace;
    case 'case-flag':
      return flagsPlace;
    case 'replace':
      return preferencePlace;
  }
}

export const ratingPlace = (side: Side, dimension: string) => `rating ${side} ${dimension}`;
export const refusalPlace = (side: Side) => `refusal ${side}`;
export const reasoningPlace = (part: ReasoningPart) => `reasoning ${part}`;
export const preferencePlace = 'preference';
export const bothUnacceptablePlace = 'both-unacceptable';
export const flagsPlace = 'flags';

type Step = { body: AnnotationBody; place: string };
export type History = {
  past: readonly Step[];
  present: AnnotationBody;
  future: readonly Step[];
  /** Where and when the last edit was, so that one drag or one run of typing is one step. */
  last: { place: string; at: number } | null;
};

/** Steps kept per case; older ones fall off the end. */
const maxSteps = 500;
/** A pause in the same answer that starts a new step, milliseconds. */
const pauseMs = 1000;

export const startHistory = (body: AnnotationBody): History => ({
  past: [],
  present: body,
  future: [],
  last: null,
});

/** The history after an edit at a time in milliseconds; the same object when nothing changed. */
export function edited(history: History, edit: Edit, at: number): History {
  const present = applyEdit(history.present, edit);
  if (present === history.present) return history;
  const place = placeOf(edit);
  const sameStep = history.last?.place === place && at - history.last.at < pauseMs && mayJoin(edit);
  const past = sameStep ? history.past : [...history.past, { body: history.present, place }].slice(-maxSteps);
  return { past, present, future: [], last: { place, at } };
}

const mayJoin = (edit: Edit) => edit.type === 'rate' || edit.type === 'reasoning';

/** One step back, and the place that changed; null when there is nothing to undo. */
export function undone(history: History): { history: History; place: string } | null {
  const step = history.past[history.past.length - 1];
  if (!step) return null;
  const future = [{ body: history.present, place: step.place }, ...history.future];
  return {
    history: { past: history.past.slice(0, -1), present: step.body, future, last: null },
    place: step.place,
  };
}

/** One step forward again, and the place that changed; null when there is nothing to redo. */
export function redone(history: History): { history: History; place: string } | null {
  const step = history.future[0];
  if (!step) return null;
  const past = [...history.past, { body: history.present, place: step.place }];
  return {
    history: { past, present: step.body, future: history.future.slice(1), last: null },
    place: step.place,
  };
}
