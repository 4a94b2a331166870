import { z } from 'zod';
import { clinicalContextSchema } from './clinical-context.ts';
import { givenAnswerSchema } from './known-answer.ts';
import { wellFormedText } from './text.ts';

/** One turn of a conversation; the last turn of a prompt is what the responses answer. */
export const turnSchema = z.strictObject({
  role: z.enum(['system', 'user', 'assistant']),
  content: wellFormedText(500_000),
});

/**
 * One line of an import file: a clinical prompt, its context and two or more responses.
 * Unknown fields of the record and of a response are kept as metadata, never shown to physicians.
 */
export const caseRecordSchema = z.looseObject({
  id: wellFormedText(300).min(1),
  prompt: z.union([wellFormedText(500_000).min(1), z.array(turnSchema).min(1).max(200)]),
  context: z.union([wellFormedText(1_000_000), clinicalContextSchema]).default(''),
  specialty: wellFormedText(100).optional(),
  title: wellFormedText(300).optional(),
  responses: z
    .array(
      z.looseObject({
        id: wellFormedText(300).min(1),
        text: wellFormedText(1_000_000),
        model: wellFormedText(300).min(1),
      }),
    )
    .min(2)
    .max(50),
  /** The right answer to one comparison of the record, or to several; sealed until after a submission. */
  expert: z.union([givenAnswerSchema, z.array(givenAnswerSchema).min(1).max(100)]).optional(),
  meta: z.record(z.string(), z.unknown()).default({}),
});

export type Turn = z.infer<typeof turnSchema>;
export type CaseRecord = z.infer<typeof caseRecordSchema>;
