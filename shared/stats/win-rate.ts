import { intervalAround } from './chance-corrected.ts';
import { type Figure, type Interval, undefinedBecause } from './figure.ts';
import { wilsonInterval } from './proportion.ts';

/** How a tie counts: as half a win, as no win, or not at all. A win rate never stands without its rule. */
export const tieRules = ['half', 'strict', 'without'] as const;
export type TieRule = (typeof tieRules)[number];

export type Outcomes = { wins: number; ties: number; losses: number };

export type WinRate = {
  value: number;
  tieRule: TieRule;
  /** Judgements that count under the rule. */
  n: number;
  /** Standard deviation of the scores (divisor n - 1) over the root of n; null for one judgement. */
  standardError: number | null;
  /** Normal, around the value. */
  interval: Interval | null;
  /** Wilson's, with wins + ties / 2 as successes. */
  wilson: Interval;
};

/** Scores in wins, and judgements that count. */
const counted = ({ wins, ties, losses }: Outcomes, rule: TieRule) => {
  if (rule === 'without') return { score: wins, squares: wins, n: wins + losses };
  const half = rule === 'half' ? 0.5 : 0;
  return { score: wins + half * ties, squares: wins + half ** 2 * ties, n: wins + ties + losses };
};

/** Win rate of one side over judgements taken as independent; for judgements that come in clusters use `clusteredWinRate`. */
export function winRate(outcomes: Outcomes, tieRule: TieRule, level = 0.95): Figure<WinRate> {
  const { score, squares, n } = counted(outcomes, tieRule);
  if (n === 0) return undefinedBecause(outcomes.ties > 0 ? 'no-decisions' : 'no-units');
  const value = score / n;
  const variance = n < 2 ? null : Math.max(0, (squares - n * value ** 2) / (n - 1));
  const standardError = variance === null ? null : Math.sqrt(variance / n);
  return {
    defined: true,
    value,
    tieRule,
    n,
    standardError,
    interval: standardError === null ? null : intervalAround(value, standardError, level),
    wilson: wilsonInterval(score, n, level),
  };
}
