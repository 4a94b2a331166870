import type { User } from '../../shared/contract/auth.ts';
import type { PhysicianAssignment, PhysicianBatch } from '../../shared/contract/sync.ts';
import { type AnnotationBody, emptyAnnotation } from '../../shared/schema/annotation.ts';
import { type ExpertAnswer, expertAnswerSchema } from '../../shared/schema/expert-answer.ts';
import type { AssignmentId, BatchId, UserId } from '../../shared/schema/ids.ts';
import { defaultRubric } from '../../shared/schema/rubric.ts';

const uuid = (kind: number, n: number) =>
  `${String(kind).padStart(8, '0')}-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;

export const assignmentId = (n: number) => uuid(1, n) as AssignmentId;
export const batchId = (n: number) => uuid(2, n) as BatchId;

export const samplePhysician: User = {
  id: uuid(3, 1) as UserId,
  email: 'ada@ward.test',
  name: 'Ada Example',
  roles: ['physician'],
};

export function sampleBatch(size: number, n = 1): PhysicianBatch {
  return {
    id: batchId(n),
    name: `Batch ${n}`,
    study: 'Sample study',
    specialty: 'cardiology',
    deadline: '2030-01-31',
    kind: 'work',
    locked: false,
    gate: 'open',
    practice: null,
    rubric: { version: 1, definition: defaultRubric },
    guidelines: { version: 1, markdown: 'Judge as at the bedside. CANARY-GUIDELINE' },
    assignments: size,
  };
}

export function sampleAssignment(position: number, n = 1): PhysicianAssignment {
  return {
    id: assignmentId(n * 1000 + position),
    batchId: batchId(n),
    position,
    title: `Case ${position} CANARY-TITLE`,
    specialty: 'cardiology',
    prompt: [{ role: 'user', content: 'Can I add spironolactone? CANARY-PROMPT' }],
    contextText: 'CANARY-CONTEXT',
    context: null,
    a: 'Answer one CANARY-ANSWER',
    b: 'Answer two CANARY-ANSWER',
    recalled: false,
    latest: null,
  };
}

/** An experts' answer to any of the sample cases. */
export const sampleExperts: ExpertAnswer = expertAnswerSchema.parse({
  preference: -2,
  a: { ratings: { accuracy: 5 } },
  b: { ratings: { accuracy: 2 }, flags: [{ kind: 'wrong-dose', severity: 'severe', quote: 'Answer two' }] },
  why: 'Spironolactone is dangerous here. CANARY-EXPERTS',
});

export function bodyWith(conclusion: string, activeMs = 1000): AnnotationBody {
  const empty = emptyAnnotation();
  return {
    ...empty,
    ratings: { a: { accuracy: 4 }, b: { accuracy: 2 } },
    preference: -1,
    reasoning: { ...empty.reasoning, conclusion },
    time: { activeMs, wallMs: activeMs },
  };
}
