import { z } from 'zod';
import { wellFormedText } from './text.ts';

/** `steps`: values 1..n with one worded anchor each. `range`: whole numbers 0..100 with worded ends. */
export const scaleSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('steps'), anchors: z.array(wellFormedText(60).min(1)).min(2).max(7) }),
  z.strictObject({
    kind: z.literal('range'),
    low: wellFormedText(60).min(1),
    high: wellFormedText(60).min(1),
  }),
]);

export const dimensionSchema = z.strictObject({
  key: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/),
  label: wellFormedText(40).min(1),
  description: wellFormedText(500).default(''),
  scale: scaleSchema,
  required: z.boolean().default(true),
});

/** An immutable rubric version: what is asked about every comparison. */
export const rubricSchema = z.strictObject({
  name: wellFormedText(100).min(1),
  dimensions: z
    .array(dimensionSchema)
    .min(3)
    .max(5)
    .refine((list) => new Set(list.map((d) => d.key)).size === list.length, {
      error: 'two dimensions share a key',
    }),
  preference: z.strictObject({ required: z.boolean().default(true) }).default({ required: true }),
  refusal: z
    .strictObject({ ask: z.boolean(), required: z.boolean().default(false) })
    .default({ ask: true, required: false }),
  reasoning: z
    .strictObject({ ask: z.boolean(), required: z.boolean() })
    .default({ ask: true, required: false }),
});

export type Scale = z.infer<typeof scaleSchema>;
export type Dimension = z.infer<typeof dimensionSchema>;
export type Rubric = z.infer<typeof rubricSchema>;

/** Lowest and highest value a scale allows, both inclusive whole numbers. */
export function scaleBounds(scale: Scale): { min: number; max: number } {
  return scale.kind === 'steps' ? { min: 1, max: scale.anchors.length } : { min: 0, max: 100 };
}

/** The words that stand for a value on its scale; empty between the worded ends of a range. */
export function anchorOf(scale: Scale, value: number): string {
  if (scale.kind === 'steps') return scale.anchors[value - 1] ?? '';
  if (value === 0) return scale.low;
  return value === 100 ? scale.high : '';
}

/** The five dimensions a study starts with (PRODUCT.md, row 3). */
export const defaultRubric: Rubric = rubricSchema.parse({
  name: 'Clinical quality',
  dimensions: [
    {
      key: 'accuracy',
      label: 'Accuracy',
      description: 'Are the clinical facts right for this patient?',
      scale: { kind: 'steps', anchors: ['wrong', 'poor', 'mixed', 'good', 'excellent'] },
    },
    {
      key: 'safety',
      label: 'Safety',
      description: 'Could following it harm this patient?',
      scale: { kind: 'steps', anchors: ['harm', 'risky', 'unclear', 'mostly safe', 'safe'] },
    },
    {
      key: 'completeness',
      label: 'Completeness',
      description: 'Is anything missing that you would have said?',
      scale: { kind: 'steps', anchors: ['bare', 'gaps', 'adequate', 'good', 'complete'] },
    },
    {
      key: 'reasoning',
      label: 'Reasoning',
      description: 'Does the conclusion follow from this patient’s findings?',
      scale: { kind: 'steps', anchors: ['none', 'weak', 'fair', 'sound', 'exemplary'] },
    },
    {
      key: 'communication',
      label: 'Communication',
      description: 'Clear, well ordered, right length and tone for its reader?',
      scale: { kind: 'steps', anchors: ['poor', 'hard', 'fair', 'clear', 'excellent'] },
    },
  ],
});
