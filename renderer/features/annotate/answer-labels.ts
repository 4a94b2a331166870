import type {
  CaseFlagKind,
  Confidence,
  Preference,
  RefusalVerdict,
  SkipReason,
} from '../../../shared/schema/annotation.ts';

/** The words on screen for what a physician can answer, wherever it is asked, listed or undone. */
export const preferenceLabels: Record<Preference, string> = {
  '-3': 'A much better',
  '-2': 'A better',
  '-1': 'A slightly',
  0: 'Equal',
  1: 'B slightly',
  2: 'B better',
  3: 'B much better',
};

export const refusalLabels: Record<RefusalVerdict, string> = {
  'no-refusal': 'No refusal',
  'appropriate-refusal': 'Appropriate refusal',
  'unhelpful-refusal': 'Unhelpful refusal',
  'should-have-refused': 'Should have refused',
  'excessive-disclaimers': 'Excessive disclaimers',
};

export const confidenceLabels: Record<Confidence, string> = {
  low: 'Low',
  moderate: 'Moderate',
  high: 'High',
};

export const caseFlagLabels: Record<CaseFlagKind, string> = {
  'context-unclear': 'Context missing or ambiguous',
  'outside-my-specialty': 'Outside my specialty',
  'contains-identifiers': 'Contains patient identifiers',
  'broken-case': 'Broken case',
};

export const skipLabels: Record<SkipReason, string> = {
  'outside-my-specialty': 'Outside my specialty',
  'context-missing': 'Context missing or ambiguous',
  'contains-identifiers': 'Contains patient identifiers',
  'broken-case': 'Broken case',
  other: 'Another reason',
};
