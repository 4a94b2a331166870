import { type Figure, type Interval, undefinedReasons } from '../../../../shared/stats/figure.ts';

/** At least this many digits behind the point, and more for small numbers. */
export const number = (value: number): string => {
  if (value === 0 || !Number.isFinite(value)) return String(value);
  return Math.abs(value) < 0.001 ? value.toExponential(2) : value.toFixed(4);
};

/** A probability: one too small for a number says so. */
export const p = (value: number): string => (value === 0 ? '< 1e-300' : `= ${number(value)}`);

/** "95 % INTERVAL", with a digit behind the point where the level has one. */
export const levelHeading = (level: number): string => `${Number((100 * level).toFixed(4))} % INTERVAL`;

export const interval = (of: Interval | null): string =>
  of === null ? '' : `${number(of[0])} to ${number(of[1])}`;

/** What a table shows for an undefined figure. */
export const reason = (figure: Figure<unknown>): string =>
  figure.defined ? '' : undefinedReasons[figure.reason];

/** What JSON holds: the figure, or null values with the reason. */
export const asJson = <T extends object>(figure: Figure<T>): object => {
  if (!figure.defined)
    return { defined: false, reason: figure.reason, message: undefinedReasons[figure.reason] };
  const plain = (value: unknown) => (value instanceof Float64Array ? [...value] : value);
  return Object.fromEntries(Object.entries(figure).map(([key, value]) => [key, plain(value)]));
};
