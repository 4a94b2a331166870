import type {
  AnnotationBody,
  CaseFlagKind,
  Confidence,
  Preference,
  RefusalVerdict,
  SafetyFlag,
  Side,
} from '../../../shared/schema/annotation.ts';

export type ReasoningPart = 'evidence' | 'alternatives' | 'conclusion';

/** One thing a physician does to an annotation. */
export type Edit =
  | { type: 'rate'; side: Side; dimension: string; value: number }
  | { type: 'unrate'; side: Side; dimension: string }
  | { type: 'prefer'; value: Preference | null }
  | { type: 'both-unacceptable'; on: boolean }
  | { type: 'refusal'; side: Side; verdict: RefusalVerdict | null }
  | { type: 'reasoning'; part: ReasoningPart; text: string }
  | { type: 'case-flag'; kind: CaseFlagKind; on: boolean }
  | { type: 'case-flag-note'; kind: CaseFlagKind; note: string }
  | { type: 'confidence'; value: Confidence | null }
  /** What one visit to the editor writes is one step, however long it took. */
  | { type: 'correction'; correction: NonNullable<AnnotationBody['correction']> | null; visit?: number }
  | { type: 'safety-flag'; flag: SafetyFlag }
  | { type: 'remove-safety-flag'; id: string }
  | { type: 'confirm'; rules: readonly string[]; at: string }
  | { type: 'replace'; body: AnnotationBody };

/** The body after an edit; the very same object when the edit changes nothing. */
export function applyEdit(body: AnnotationBody, edit: Edit): AnnotationBody {
  switch (edit.type) {
    case 'rate':
      return rate(body, edit.side, edit.dimension, edit.value);
    case 'unrate':
      return unrate(body, edit.side, edit.dimension);
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
    case 'case-flag-note':
      return noteFlag(body, edit.kind, edit.note);
    case 'confidence':
      return (body.confidence ?? null) === edit.value ? body : { ...body, confidence: edit.value };
    case 'correction':
      return correct(body, edit.correction);
    case 'safety-flag':
      return flagPassage(body, edit.flag);
    case 'remove-safety-flag': {
      const left = body.safetyFlags.filter(({ id }) => id !== edit.id);
      return left.length === body.safetyFlags.length ? body : { ...body, safetyFlags: left };
    }
    case 'confirm':
      return confirm(body, edit.rules, edit.at);
    case 'replace':
      return { ...edit.body, time: body.time };
  }
}

function rate(body: AnnotationBody, side: Side, dimension: string, value: number): AnnotationBody {
  if (body.ratings[side][dimension] === value) return body;
  return { ...body, ratings: { ...body.ratings, [side]: { ...body.ratings[side], [dimension]: value } } };
}

function unrate(body: AnnotationBody, side: Side, dimension: string): AnnotationBody {
  if (body.ratings[side][dimension] === undefined) return body;
  const { [dimension]: _gone, ...left } = body.ratings[side];
  return { ...body, ratings: { ...body.ratings, [side]: left } };
}

function flagCase(body: AnnotationBody, kind: CaseFlagKind, on: boolean): AnnotationBody {
  if (body.caseFlags.some((flag) => flag.kind === kind) === on) return body;
  const others = body.caseFlags.filter((flag) => flag.kind !== kind);
  return { ...body, caseFlags: on ? [...others, { kind, note: '' }] : others };
}

function noteFlag(body: AnnotationBody, kind: CaseFlagKind, note: string): AnnotationBody {
  const flag = body.caseFlags.find((one) => one.kind === kind);
  if (!flag || flag.note === note) return body;
  return { ...body, caseFlags: body.caseFlags.map((one) => (one === flag ? { ...one, note } : one)) };
}

function correct(body: AnnotationBody, correction: AnnotationBody['correction']): AnnotationBody {
  const before = body.correction ?? null;
  if (before?.text === correction?.text && before?.from === correction?.from) return body;
  return { ...body, correction };
}

/** Adds a flag, or puts it in the place of the one with its id. */
function flagPassage(body: AnnotationBody, flag: SafetyFlag): AnnotationBody {
  const before = body.safetyFlags.find(({ id }) => id === flag.id);
  const safetyFlags = before
    ? body.safetyFlags.map((one) => (one === before ? flag : one))
    : [...body.safetyFlags, flag];
  return { ...body, safetyFlags };
}

function confirm(body: AnnotationBody, rules: readonly string[], at: string): AnnotationBody {
  const known = body.confirmations ?? [];
  const fresh = rules.filter((rule) => known.every((one) => one.rule !== rule));
  if (fresh.length === 0) return body;
  return { ...body, confirmations: [...known, ...fresh.map((rule) => ({ rule, at }))] };
}

/** Which answer an edit is about; also where the focus goes when the edit is undone. */
export function placeOf(edit: Edit): string {
  switch (edit.type) {
    case 'rate':
    case 'unrate':
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
    case 'case-flag-note':
      return flagsPlace;
    case 'confidence':
      return confidencePlace;
    case 'correction':
      return correctionPlace;
    case 'safety-flag':
      return safetyFlagPlace(edit.flag.id);
    case 'remove-safety-flag':
      return safetyFlagPlace(edit.id);
    case 'confirm':
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
export const confidencePlace = 'confidence';
export const correctionPlace = 'correction';
export const safetyFlagPlace = (id: string) => `safety-flag ${id}`;

type Step = { body: AnnotationBody; place: string };
export type History = {
  past: readonly Step[];
  present: AnnotationBody;
  future: readonly Step[];
  /** Where and when the last edit was, so that one drag or one run of typing is one step. */
  last: { place: string; at: number; edit: Edit } | null;
};

/** Edits that come as a drag or a run of typing. */
const typedEdits: ReadonlySet<Edit['type']> = new Set(['rate', 'reasoning', 'case-flag-note', 'safety-flag']);
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
  if (edit.type === 'confirm') return confirmed(history, edit);
  const place = placeOf(edit);
  const past = goesOn(history.last, edit, place, at)
    ? history.past
    : [...history.past, { body: history.present, place }].slice(-maxSteps);
  return { past, present, future: [], last: { place, at, edit } };
}

/** Does an edit go on with the step before it, so that both are undone as one? */
function goesOn(last: History['last'], edit: Edit, place: string, at: number): boolean {
  if (last?.place !== place || last.edit.type !== edit.type) return false;
  if (edit.type === 'correction')
    return last.edit.type === 'correction' && edit.visit !== undefined && edit.visit === last.edit.visit;
  return typedEdits.has(edit.type) && at - last.at < pauseMs;
}

/** A confirmation is no answer that could be undone: it happened, and holds at every step. */
function confirmed(history: History, edit: Edit): History {
  const told = (body: AnnotationBody) => applyEdit(body, edit);
  const all = (steps: readonly Step[]) => steps.map((step) => ({ ...step, body: told(step.body) }));
  return {
    ...history,
    past: all(history.past),
    present: told(history.present),
    future: all(history.future),
  };
}

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
