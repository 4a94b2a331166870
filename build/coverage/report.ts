import type { Cell, Rate } from './cell.ts';

const share = (value: number) => (Number.isNaN(value) ? '-' : (100 * value).toFixed(1));

/** Below 95 by more than chance and rounding explain: a screen must warn. */
const leastCoverage = 0.93;
/** Above 5 by more than chance explains. */
const mostError = 0.065;

export const isPoor = ({ kind, rate, monteCarlo, undefinedShare }: Rate): boolean => {
  if (undefinedShare > 0.9) return false;
  return kind === 'coverage' ? rate + 2 * monteCarlo < leastCoverage : rate - 2 * monteCarlo > mostError;
};

/** A table for each family: a line for each combination of conditions, a column for each figure; poor ones stand bold. */
export function markdownOf(cells: readonly Cell[], settings: string): string {
  const families = [...new Set(cells.map(({ family }) => family))];
  return families
    .map((family) =>
      familyTable(
        family,
        cells.filter((cell) => cell.family === family),
        settings,
      ),
    )
    .join('\n');
}

const headOf = (family: string) => `### ${family.charAt(0).toUpperCase()}${family.slice(1)}`;

function familyTable(family: string, cells: readonly Cell[], settings: string): string {
  const conditions = Object.keys(cells[0]?.conditions ?? {});
  const figures = [...new Set(cells.flatMap(({ rates }) => rates.map(({ figure }) => figure)))];
  const kinds = new Map(
    cells.flatMap(({ rates }) => rates.map(({ figure, kind }) => [figure, kind] as const)),
  );
  const heading = figures.map((figure) => `${figure}${kinds.get(figure) === 'error' ? ' (error)' : ''}`);
  const most = Math.max(...cells.flatMap(({ rates }) => rates.map(({ monteCarlo }) => monteCarlo)));
  const lines = cells.map(({ conditions: under, rates }) => {
    const values = figures.map((figure) => {
      const rate = rates.find((one) => one.figure === figure);
      if (!rate) return '';
      return isPoor(rate) ? `**${share(rate.rate)}**` : share(rate.rate);
    });
    return `| ${[...conditions.map((name) => under[name]), ...values].join(' | ')} |`;
  });
  return [
    headOf(family),
    '',
    most === 0
      ? 'All outcomes are added up: no simulation error.'
      : `Monte Carlo standard error: at most ${share(most)} (${settings}).`,
    '',
    `| ${[...conditions, ...heading].join(' | ')} |`,
    `| ${[...conditions, ...heading].map(() => '---').join(' | ')} |`,
    ...lines,
    '',
  ].join('\n');
}

export type PoorCoverage = {
  family: string;
  figure: string;
  kind: Rate['kind'];
  conditions: Cell['conditions'];
  rate: number;
  monteCarlo: number;
};

/** The machine-readable list of where a figure's interval or test is known not to hold what it says. */
export const poorOf = (cells: readonly Cell[]): PoorCoverage[] =>
  cells.flatMap(({ family, conditions, rates }) =>
    rates.filter(isPoor).map(({ figure, kind, rate, monteCarlo }) => ({
      family,
      figure,
      kind,
      conditions,
      rate: Number(rate.toFixed(4)),
      monteCarlo: Number(monteCarlo.toFixed(4)),
    })),
  );

/** The tables of a document with those of some families renewed; a new family comes last. */
export function renewed(tables: string, found: string): string {
  const partsOf = (text: string) => text.split(/^(?=### )/m).filter((part) => part.startsWith('### '));
  const nameOf = (part: string) => part.slice(0, part.indexOf('\n'));
  const parts = new Map(partsOf(tables).map((part) => [nameOf(part), part.trimEnd()]));
  for (const part of partsOf(found)) parts.set(nameOf(part), part.trimEnd());
  return `${[...parts.values()].join('\n\n')}\n`;
}
