/** Why a statistic has no value for these data; the sentence is what a screen shows. */
export const undefinedReasons = {
  'no-units': 'There is nothing to compare yet.',
  'nothing-pairable': 'No unit has two or more ratings, so agreement cannot be seen.',
  'one-value': 'Only one value was used, so chance agreement cannot be told from real agreement.',
  'unequal-ratings': 'The units do not all have the same number of ratings, which this test needs.',
  'one-rater': 'There is only one rater.',
  'too-few-units': 'There are too few units for this figure.',
  'no-variation': 'The values do not vary, which this figure needs.',
  'not-numbers': 'The categories are not numbers, which this figure needs.',
  'negative-values': 'A ratio needs values that are not negative.',
  'no-decisions': 'There is no judgement that decides for one side.',
  'infinite-ability':
    'One group of models never lost to, or never met, another, so no finite estimate exists.',
  'out-of-reach': 'What is expected lies outside what is to be shown, so no number is enough.',
  'too-few-replicates': 'Too many resamples had no defined value, so there is no honest interval.',
} as const;
export type UndefinedReason = keyof typeof undefinedReasons;

/** A statistic that is not defined for these data, with the reason; never NaN, never an invented number. */
export type Undefined = { defined: false; reason: UndefinedReason };

/** A statistic: its values, or the named reason why it has none. */
export type Figure<T> = ({ defined: true } & T) | Undefined;

export const undefinedBecause = (reason: UndefinedReason): Undefined => ({ defined: false, reason });

/** Lower and upper end, both in the unit of the estimate. */
export type Interval = readonly [low: number, high: number];
