import type { User } from '../../shared/contract/auth.ts';
import type { Batch } from '../../shared/contract/batches.ts';
import type { ArrivedAnnotation } from '../../shared/contract/reviews.ts';
import type { Study } from '../../shared/contract/studies.ts';
import type { Person } from '../../shared/contract/users.ts';
import type { Role } from '../../shared/permissions.ts';
import { type AnnotationBody, emptyAnnotation } from '../../shared/schema/annotation.ts';
import { studySettingsSchema } from '../../shared/schema/expert-answer.ts';
import {
  batchIdSchema,
  comparisonIdSchema,
  rubricIdSchema,
  studyIdSchema,
  userIdSchema,
} from '../../shared/schema/ids.ts';
import { defaultRubric } from '../../shared/schema/rubric.ts';

const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const at = '2026-11-21T09:00:00.000Z';

export const studyId = studyIdSchema.parse(uuid(1));
export const batchId = batchIdSchema.parse(uuid(2));
export const rubricId = rubricIdSchema.parse(uuid(3));
export const comparisonIdOf = (n: number) => comparisonIdSchema.parse(uuid(100 + n));
export const userIdOf = (n: number) => userIdSchema.parse(uuid(200 + n));

export const sampleUser = (roles: Role[], n = 1): User => ({
  id: userIdOf(n),
  email: `person${n}@site.example`,
  name: `Person ${n}`,
  roles,
});

export const samplePerson = (n: number, over: Partial<Person> = {}): Person => ({
  ...sampleUser(['physician'], n),
  specialties: [],
  status: 'active',
  openAssignments: 0,
  ...over,
});

export const sampleStudy = (over: Partial<Study> = {}): Study => ({
  id: studyId,
  name: 'Cardio-renal',
  createdAt: at,
  cases: 24,
  comparisons: 30,
  batches: 0,
  assigned: 0,
  submitted: 0,
  rubric: { id: rubricId, version: 1, definition: defaultRubric },
  specialties: [{ name: 'Cardiology', comparisons: 12 }],
  settings: studySettingsSchema.parse({}),
  guidelinesVersion: 1,
  known: 0,
  ...over,
});

export const sampleBatch = (over: Partial<Batch> = {}): Batch => ({
  id: batchId,
  studyId,
  name: 'Cardio-renal 1',
  specialty: null,
  kind: 'work',
  lockedAt: null,
  rubricId,
  rubricVersion: 1,
  overlap: 2,
  deadline: null,
  createdAt: at,
  comparisons: 10,
  assigned: 0,
  drafts: 0,
  submitted: 0,
  skipped: 0,
  ...over,
});

export const sampleAnnotation = (
  n: number,
  body: Partial<AnnotationBody>,
  over: Partial<ArrivedAnnotation> = {},
): ArrivedAnnotation => ({
  rater: `Rater ${n}`,
  returned: null,
  state: 'submitted',
  revisionId: uuid(300 + n),
  revisions: 1,
  receivedAt: at,
  bodyHash: String(n).repeat(64),
  late: false,
  diverged: false,
  divergedRevisions: 0,
  shownSwapped: n % 2 === 0,
  body: { ...emptyAnnotation(), ...body },
  ...over,
});
