import { z } from 'zod';
import { wellFormedText } from './text.ts';

const line = wellFormedText(500);
const date = z.iso.date().or(z.iso.datetime({ offset: true, local: true }));

/** A series of one measured quantity, oldest point first or in any order; the reader sorts by `at`. */
export const seriesSchema = z.strictObject({
  name: line.min(1),
  unit: line.optional(),
  /** Reference range, in `unit`. */
  low: z.number().optional(),
  high: z.number().optional(),
  points: z
    .array(z.strictObject({ at: date, value: z.number(), note: line.optional() }))
    .min(1)
    .max(200),
});

/** What a physician would find in the chart: the structured half of a case. */
export const clinicalContextSchema = z.strictObject({
  patient: z.strictObject({ summary: line.min(1), setting: line.optional() }).optional(),
  problems: z
    .array(z.strictObject({ name: line.min(1), since: line.optional(), note: line.optional() }))
    .max(100)
    .default([]),
  medications: z
    .array(
      z.strictObject({
        name: line.min(1),
        dose: line.optional(),
        frequency: line.optional(),
        note: line.optional(),
      }),
    )
    .max(100)
    .default([]),
  allergies: z
    .array(
      z.strictObject({
        substance: line.min(1),
        reaction: line.optional(),
        severity: z.enum(['mild', 'moderate', 'severe']).optional(),
      }),
    )
    .max(50)
    .default([]),
  /** True when the chart says "no known allergies", which is not the same as an empty list. */
  noKnownAllergies: z.boolean().default(false),
  notes: z
    .array(
      z.strictObject({
        date,
        kind: line.min(1),
        author: line.optional(),
        text: wellFormedText(50_000).min(1),
      }),
    )
    .max(200)
    .default([]),
  vitals: z.array(seriesSchema).max(50).default([]),
  labs: z.array(seriesSchema).max(200).default([]),
});

export type Series = z.infer<typeof seriesSchema>;
export type ClinicalContext = z.infer<typeof clinicalContextSchema>;
