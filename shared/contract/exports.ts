import { z } from 'zod';
import { endpoint } from './endpoint.ts';
import { studyParams } from './studies.ts';

/** One line of the raw export: one revision with everything needed to trace it. Models are named here. */
export const rawExportLineSchema = z.looseObject({
  revisionId: z.string(),
  baseRevisionId: z.string().nullable(),
  latest: z.boolean(),
  state: z.string(),
  study: z.string(),
  batch: z.string(),
  rubricVersion: z.number(),
  /** The guidelines the physician had when this was saved; null for annotations of older apps. */
  guidelinesVersion: z.number().nullable(),
  caseId: z.string(),
  responseLeft: z.string(),
  responseRight: z.string(),
  modelLeft: z.string(),
  modelRight: z.string(),
  /** Stable within the study, unlike any other study's. */
  rater: z.string(),
  bodyHash: z.string(),
  body: z.unknown(),
  clientId: z.string(),
  seq: z.number(),
  receivedAt: z.string(),
  late: z.boolean(),
  diverged: z.boolean(),
  appVersion: z.string(),
});

export const exportRaw = endpoint({
  method: 'GET',
  path: '/api/studies/:studyId/export/raw',
  summary: 'Every revision of a study’s real work as JSON Lines, oldest first; practice is left out',
  access: 'annotation:export',
  params: studyParams,
  streams: 'ndjson',
  reply: rawExportLineSchema,
});
