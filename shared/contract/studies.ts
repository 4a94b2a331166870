import { z } from 'zod';
import { studySettingsSchema } from '../schema/expert-answer.ts';
import { rubricIdSchema, studyIdSchema } from '../schema/ids.ts';
import { rubricSchema } from '../schema/rubric.ts';
import { wellFormedText } from '../schema/text.ts';
import { endpoint } from './endpoint.ts';

export const studySchema = z.strictObject({
  id: studyIdSchema,
  name: z.string(),
  createdAt: z.iso.datetime(),
  cases: z.number().int(),
  comparisons: z.number().int(),
  batches: z.number().int(),
  assigned: z.number().int(),
  submitted: z.number().int(),
  rubric: z.strictObject({ id: rubricIdSchema, version: z.number().int(), definition: rubricSchema }),
  specialties: z.array(z.strictObject({ name: z.string(), comparisons: z.number().int() })),
  settings: studySettingsSchema,
  /** Newest version of the guidelines; null while there are none. */
  guidelinesVersion: z.number().int().nullable(),
  /** Comparisons whose right answer is known. */
  known: z.number().int(),
});
export type Study = z.infer<typeof studySchema>;

export const studyParams = z.strictObject({ studyId: studyIdSchema });

export const listStudies = endpoint({
  method: 'GET',
  path: '/api/studies',
  summary: 'All studies with their counts',
  access: 'study:read',
  reply: z.strictObject({ studies: z.array(studySchema) }),
});

export const createStudy = endpoint({
  method: 'POST',
  path: '/api/studies',
  summary: 'Create a study; without a rubric it starts with the five default dimensions',
  access: 'study:create',
  body: z.strictObject({
    name: wellFormedText(100).min(1),
    rubric: rubricSchema.optional(),
    guidelines: wellFormedText(200_000).default(''),
  }),
  reply: z.strictObject({ study: studySchema }),
});

export const readStudy = endpoint({
  method: 'GET',
  path: '/api/studies/:studyId',
  summary: 'One study with its counts and current rubric',
  access: 'study:read',
  params: studyParams,
  reply: z.strictObject({ study: studySchema }),
});

export const changeStudySettings = endpoint({
  method: 'POST',
  path: '/api/studies/:studyId/settings',
  summary: 'Say whether real work asks for a passed practice, and how often known cases are told of',
  access: 'study:edit',
  params: studyParams,
  body: studySettingsSchema,
  reply: z.strictObject({ study: studySchema }),
});

export const readGuidelines = endpoint({
  method: 'GET',
  path: '/api/studies/:studyId/guidelines',
  summary: 'The newest version of the guidelines',
  access: 'study:read',
  params: studyParams,
  reply: z.strictObject({
    guidelines: z.strictObject({ version: z.number().int(), markdown: z.string() }).nullable(),
  }),
});

export const publishGuidelines = endpoint({
  method: 'POST',
  path: '/api/studies/:studyId/guidelines',
  summary: 'Publish a new version of the guidelines; it reaches every batch of the study that is not locked',
  access: 'study:edit',
  params: studyParams,
  body: z.strictObject({ markdown: wellFormedText(200_000) }),
  reply: z.strictObject({ version: z.number().int(), batches: z.number().int() }),
});

export const publishRubric = endpoint({
  method: 'POST',
  path: '/api/studies/:studyId/rubrics',
  summary:
    'Publish a new version of the rubric for new batches, and for the open ones where that is asked for',
  access: 'study:edit',
  params: studyParams,
  body: z.strictObject({
    rubric: rubricSchema,
    /** Gives it to every batch that is not locked; what was answered before says its own version. */
    openBatches: z.boolean().default(false),
  }),
  reply: z.strictObject({ version: z.number().int(), batches: z.number().int() }),
});
