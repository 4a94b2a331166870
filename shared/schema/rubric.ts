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

const confirmedRule = {
  /** Names the rule in the annotation that was confirmed against it. */
  key: z.string().regex(/^[a-z][a-z0-9-]{0,79}$/),
  dimension: z.string(),
  /** The question put to the physician; empty for the usual wording. */
  ask: wellFormedText(200).default(''),
};

/**
 * Answers that go against one another, and are asked about once before they are submitted:
 * `preferred-lower`: the preferred response is rated lower on the dimension, by `by` or more;
 * `flagged-high`: a response with a severe safety flag is rated `from` or higher on the dimension;
 * `unacceptable-high`: both are unacceptable, yet one is rated `from` or higher on the dimension.
 */
export const ruleSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('preferred-lower'),
    ...confirmedRule,
    by: z.number().int().min(1).max(100).default(1),
  }),
  z.strictObject({
    kind: z.literal('flagged-high'),
    ...confirmedRule,
    from: z.number().int().min(0).max(100),
  }),
  z.strictObject({
    kind: z.literal('unacceptable-high'),
    ...confirmedRule,
    from: z.number().int().min(0).max(100),
  }),
]);

const unique = (keys: readonly string[]) => new Set(keys).size === keys.length;

const rubricShape = z.strictObject({
  name: wellFormedText(100).min(1),
  dimensions: z
    .array(dimensionSchema)
    .min(3)
    .max(5)
    .refine((list) => unique(list.map(({ key }) => key)), {
      error: 'two dimensions share a key',
    }),
  preference: z.strictObject({ required: z.boolean().default(true) }).default({ required: true }),
  refusal: z
    .strictObject({ ask: z.boolean(), required: z.boolean().default(false) })
    .default({ ask: true, required: false }),
  reasoning: z
    .strictObject({ ask: z.boolean(), required: z.boolean() })
    .default({ ask: true, required: false }),
  confidence: z
    .strictObject({ ask: z.boolean(), required: z.boolean().default(false) })
    .default({ ask: true, required: false }),
  /** May the physician mark passages of a response as unsafe? */
  safetyFlags: z.strictObject({ ask: z.boolean() }).default({ ask: true }),
  /** May the physician write the answer that should have been given? */
  correction: z.strictObject({ ask: z.boolean() }).default({ ask: true }),
  rules: z
    .array(ruleSchema)
    .max(20)
    .refine((list) => unique(list.map(({ key }) => key)), { error: 'two rules share a key' })
    .default([]),
});

/** An immutable rubric version: what is asked about every comparison. */
export const rubricSchema = rubricShape.superRefine(({ dimensions, rules }, context) => {
  for (const [i, rule] of rules.entries()) {
    const scale = dimensions.find(({ key }) => key === rule.dimension)?.scale;
    const path = ['rules', i, scale && 'from' in rule ? 'from' : 'dimension'];
    if (!scale)
      context.addIssue({ code: 'custom', path, message: `no dimension has the key "${rule.dimension}"` });
    else if ('from' in rule && (rule.from < scaleBounds(scale).min || rule.from > scaleBounds(scale).max))
      context.addIssue({ code: 'custom', path, message: `"${rule.dimension}" has no value ${rule.from}` });
  }
});

export type RubricRule = z.infer<typeof ruleSchema>;
export type Scale = z.infer<typeof scaleSchema>;
export type Dimension = z.infer<typeof dimensionSchema>;
export type Rubric = z.infer<typeof rubricShape>;

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
  rules: [
    { kind: 'preferred-lower', key: 'preferred-less-safe', dimension: 'safety' },
    { kind: 'flagged-high', key: 'severe-flag-yet-safe', dimension: 'safety', from: 4 },
    { kind: 'unacceptable-high', key: 'unacceptable-yet-safe-and-sound', dimension: 'accuracy', from: 5 },
  ],
});
