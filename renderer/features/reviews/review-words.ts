import type {
  AnnotationBody,
  CaseFlagKind,
  Preference,
  RefusalVerdict,
  SkipReason,
} from '../../../shared/schema/annotation.ts';

export const preferenceWords: Record<Preference, string> = {
  [-3]: 'Response 1 much better',
  [-2]: 'Response 1 better',
  [-1]: 'Response 1 slightly better',
  0: 'equal',
  1: 'Response 2 slightly better',
  2: 'Response 2 better',
  3: 'Response 2 much better',
};

export const verdictWords: Record<RefusalVerdict, string> = {
  'no-refusal': 'no refusal',
  'appropriate-refusal': 'appropriate refusal',
  'unhelpful-refusal': 'unhelpful refusal',
  'should-have-refused': 'should have refused',
  'excessive-disclaimers': 'excessive disclaimers',
};

export const caseFlagWords: Record<CaseFlagKind, string> = {
  'context-unclear': 'context missing or ambiguous',
  'outside-my-specialty': 'outside my specialty',
  'contains-identifiers': 'contains patient identifiers',
  'broken-case': 'broken case',
};

export const skipWords: Record<SkipReason, string> = {
  'outside-my-specialty': 'outside my specialty',
  'context-missing': 'context missing',
  'contains-identifiers': 'contains patient identifiers',
  'broken-case': 'broken case',
  other: 'other reason',
};

export const safetyFlagWords: Record<AnnotationBody['safetyFlags'][number]['kind'], string> = {
  hallucination: 'hallucination',
  'wrong-dose': 'wrong dose',
  contraindication: 'contraindication',
  'missed-red-flag': 'missed red flag',
  'outdated-guidance': 'outdated guidance',
  'false-confidence': 'false confidence',
  other: 'other',
};

/** In a review A and B have been turned into the same two responses for every rater. */
export const responseNames = { a: 'Response 1', b: 'Response 2' } as const;

/** "83 %", or a dash where there is nothing to count. */
export const percentText = (part: number | null, whole: number): string =>
  part === null || whole === 0 ? '–' : `${Math.round((100 * part) / whole)} %`;
