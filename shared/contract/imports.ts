import { z } from 'zod';
import { wellFormedText } from '../schema/text.ts';
import { endpoint } from './endpoint.ts';
import { studyParams } from './studies.ts';

/** Which pairs are made of a record's responses: every pair, neighbours only, or one model against each other one. */
export const pairsRuleSchema = z.union([z.enum(['all', 'adjacent']), z.string().regex(/^baseline:.+$/)]);

export const importProblemSchema = z.strictObject({
  /** Line of the file, from 1. */
  line: z.number().int(),
  /** Where in the record, such as `responses[1].text`; empty for the whole line. */
  field: z.string(),
  problem: z.string(),
  /** What would be right. */
  fix: z.string(),
});
export type ImportProblem = z.infer<typeof importProblemSchema>;

export const importReportSchema = z.strictObject({
  studyId: z.uuid(),
  dryRun: z.boolean(),
  lines: z.number().int(),
  /** Cases that are new, and those already there with the same content. */
  cases: z.number().int(),
  unchangedCases: z.number().int(),
  responses: z.number().int(),
  comparisons: z.number().int(),
  /** Comparisons whose right answer this file gave for the first time. */
  knownAnswers: z.number().int(),
  /** Of these pairs, those whose two texts are the same (kept, but never put into a batch), and empty responses. */
  identicalPairs: z.number().int(),
  emptyResponses: z.number().int(),
  refused: z.number().int(),
  /** The first 200 problems; `refused` counts all refused lines. */
  problems: z.array(importProblemSchema),
});
export type ImportReport = z.infer<typeof importReportSchema>;

/** The import's reply is a stream of lines: progress now and then, and one report or error at the end. */
export const importLineSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('progress'), lines: z.number().int() }),
  z.strictObject({ type: z.literal('report'), report: importReportSchema }),
  z.strictObject({
    type: z.literal('failed'),
    error: z.strictObject({ code: z.string(), message: z.string(), details: z.unknown().optional() }),
  }),
]);
export type ImportLine = z.infer<typeof importLineSchema>;

export const importCases = endpoint({
  method: 'POST',
  path: '/api/studies/:studyId/imports',
  summary: 'Import a JSON Lines file (plain or gzipped); the same file twice changes nothing',
  access: 'case:import',
  params: studyParams,
  query: z.strictObject({
    fileName: wellFormedText(300).default(''),
    pairs: pairsRuleSchema.default('all'),
    dryRun: z.stringbool().default(false),
    /** `stop`: all or nothing. `skip`: import the good lines and report the others. */
    badLines: z.enum(['stop', 'skip']).default('stop'),
  }),
  upload: 'ndjson',
  streams: 'ndjson',
  reply: importLineSchema,
});
