import { seededRandom } from '../../../../shared/selection/random.ts';
import { bradleyTerry } from '../../../../shared/stats/bradley-terry.ts';
import {
  type ClusteredRate,
  type ClusteredScores,
  clusteredEstimate,
  clusteredParityTest,
  clusteredRate,
  scoresOf,
} from '../../../../shared/stats/cluster-bootstrap.ts';
import { davidson } from '../../../../shared/stats/davidson.ts';
import { eloRatings } from '../../../../shared/stats/elo.ts';
import { type Margins, twoOneSidedTests } from '../../../../shared/stats/equivalence.ts';
import { undefinedBecause } from '../../../../shared/stats/figure.ts';
import { countPairs } from '../../../../shared/stats/pairwise-counts.ts';
import { exactBinomialTest } from '../../../../shared/stats/proportion.ts';
import { type TieRule, winRate } from '../../../../shared/stats/win-rate.ts';
import { table as columnsOf, type Output } from '../../output.ts';
import { badFile, type CsvTable, cell, readCsv, requireColumns } from './csv-table.ts';
import { asJson, interval, number, p, reason } from './figure-words.ts';

export type PreferenceOptions = {
  case: string;
  rater: string;
  winner: string;
  a: string;
  b: string;
  target?: string;
  ties: TieRule;
  margin: number;
  alpha: number;
  bootstrap: number;
  seed: string;
};

/** One judgement: 1 a won, -1 b won, 0 a tie. */
type Judgement = { a: string; b: string; outcome: number; unit: string; rater: string };

const tieWords = new Set(['tie', 'equal', 'draw', 'both', '0', '0.5']);

/** Reads judgements; without columns for the two items these are called a and b. */
function judgementsOf(table: CsvTable, options: PreferenceOptions): Judgement[] {
  const has = (column: string) => table.columns.includes(column);
  // A column that the caller named, or one of two, must be there; else a slip would change what is counted.
  const isAsked = options.a !== 'a' || options.b !== 'b' || has(options.a) || has(options.b);
  const items = isAsked ? [options.a, options.b] : [];
  const rater = options.rater !== 'rater' ? [options.rater] : [];
  requireColumns(table, [options.case, options.winner, ...items, ...rater]);
  const named = items.length > 0;
  const hasRater = table.columns.includes(options.rater);
  return table.rows.map((row) => {
    const [a, b] = named ? [cell(row, options.a), cell(row, options.b)] : ['a', 'b'];
    const word = cell(row, options.winner);
    const empty = [options.case, ...(hasRater ? [options.rater] : [])].find((name) => cell(row, name) === '');
    if (empty !== undefined) throw badFile(table.path, row.line, `column ${empty} is empty.`);
    if (a === '' || b === '' || a === b)
      throw badFile(
        table.path,
        row.line,
        `columns ${options.a} and ${options.b} must name two different models.`,
      );
    const outcome =
      word === a || word.toLowerCase() === 'a' ? 1 : word === b || word.toLowerCase() === 'b' ? -1 : 0;
    if (outcome === 0 && !tieWords.has(word.toLowerCase()))
      throw badFile(
        table.path,
        row.line,
        `"${word}" in column ${options.winner} must be ${a}, ${b}, a, b or tie.`,
      );
    return { a, b, outcome, unit: cell(row, options.case), rater: hasRater ? cell(row, options.rater) : '' };
  });
}

function positions(names: readonly string[]): { at: Int32Array; count: number } {
  const known = new Map<string, number>();
  const at = Int32Array.from(names, (name) => {
    const position = known.get(name) ?? known.size;
    known.set(name, position);
    return position;
  });
  return { at, count: known.size };
}

/** The target's scores with their clusters: cases, and raters where there is more than one. */
function scoresFor(own: readonly Judgement[], target: string, ties: TieRule): ClusteredScores {
  const { score, kept } = scoresOf(
    own.map(({ a, outcome }) => (a === target ? outcome : -outcome)),
    ties,
  );
  const counted = [...kept].flatMap((at) => own[at] ?? []);
  const cases = positions(counted.map(({ unit }) => unit));
  const raters = positions(counted.map(({ rater }) => rater));
  const crossed = raters.count > 1 ? { crossed: { cluster: raters.at, clusters: raters.count } } : {};
  return { score, cluster: cases.at, clusters: cases.count, ...crossed };
}

function parityOf(clustered: ClusteredRate, margins: Margins, alpha: number) {
  const { value, standardError, df } = clusteredEstimate(clustered);
  return twoOneSidedTests({ difference: value - 0.5, standardError, df }, margins, alpha);
}

function rateOf(all: readonly Judgement[], target: string, options: PreferenceOptions) {
  const own = all.filter(({ a, b }) => a === target || b === target);
  const signed = own.map(({ a, outcome }) => (a === target ? outcome : -outcome));
  const count = (sign: number) => signed.filter((outcome) => outcome === sign).length;
  const outcomes = { wins: count(1), ties: count(0), losses: count(-1) };
  const plain = winRate(outcomes, options.ties);
  const clustered = clusteredRate(scoresFor(own, target, options.ties), {
    replicates: options.bootstrap,
    random: seededRandom(options.seed),
  });
  const margins = { lower: -options.margin, upper: options.margin };
  const parity = clustered.defined
    ? parityOf(clustered, margins, options.alpha)
    : undefinedBecause('too-few-units');
  const test = clustered.defined ? clusteredParityTest(clustered) : undefinedBecause('too-few-units');
  const decided = outcomes.wins + outcomes.losses;
  const signP = decided === 0 ? null : exactBinomialTest(outcomes.wins, decided);
  return { outcomes, plain, clustered, parity, test, signP };
}

function rateWords(target: string, found: ReturnType<typeof rateOf>, options: PreferenceOptions): string[] {
  const { outcomes, plain, clustered, parity, test, signP } = found;
  const { wins, ties, losses } = outcomes;
  const rule = { half: 'a tie counts half', strict: 'a tie counts as no win', without: 'ties are left out' }[
    options.ties
  ];
  return [
    `Win rate of ${target}: ${plain.defined ? number(plain.value) : reason(plain)}  (${wins} won, ${ties} tied, ${losses} lost; ${rule})`,
    ...(plain.defined
      ? [
          `  as if independent: standard error ${plain.standardError === null ? '-' : number(plain.standardError)}, Wilson ${interval(plain.wilson)}`,
        ]
      : []),
    clustered.defined
      ? `  by ${clustered.crossedClusters === null ? `${clustered.clusters} cases` : `${clustered.clusters} cases and ${clustered.crossedClusters} raters`}: standard error ${number(clustered.robustStandardError)}, ${clustered.interval === null ? 'no bootstrap interval: all resamples are alike' : `bootstrap interval ${interval(clustered.interval)} (seed ${options.seed})`}`
      : `  by clusters: ${reason(clustered)}`,
    test.defined
      ? `  against 0.5: t(${test.df}) = ${number(test.t)}, p ${p(test.p)}`
      : `  against 0.5: ${reason(test)}`,
    ...(signP === null ? [] : [`  sign test of the decided ones, as if independent: p ${p(signP)}`]),
    parity.defined
      ? `  parity within ${options.margin}: ${parity.equivalent ? 'shown' : 'not shown'}, p ${p(parity.p)}; not worse by more than that: ${parity.nonInferior ? 'shown' : 'not shown'}, p ${p(parity.lower.p)}`
      : `  parity: ${reason(parity)}`,
  ];
}

/** Win rates with ties, clusters and parity; for three or more models also their abilities. */
export function statsPreference(output: Output, path: string, options: PreferenceOptions): void {
  const csv = readCsv(path);
  const all = judgementsOf(csv, options);
  const models = [...new Set(all.flatMap(({ a, b }) => [a, b]))].sort();
  const target = options.target ?? models[0] ?? '';
  if (!models.includes(target))
    throw badFile(path, null, `there is no model "${target}"; the models are ${models.join(', ')}.`);
  const at = new Map(models.map((name, i) => [name, i]));
  const first = Int32Array.from(all, ({ a }) => at.get(a) ?? 0);
  const second = Int32Array.from(all, ({ b }) => at.get(b) ?? 0);
  const pairs = countPairs(
    { first, second, outcome: Int8Array.from(all, ({ outcome }) => outcome) },
    models.length,
  );
  const reference = at.get(target) ?? 0;
  const simple = bradleyTerry(pairs, models.length, { reference });
  const tied = davidson(pairs, models.length, reference);
  const ordered = bradleyTerry(pairs, models.length, { reference, orderEffect: true });
  const elo = eloRatings(
    all.map(({ outcome }, i) => ({ first: first[i] ?? 0, second: second[i] ?? 0, score: (outcome + 1) / 2 })),
    models.length,
  );
  const rate = rateOf(all, target, options);
  const effect = ordered.defined ? ordered.orderEffect : null;
  output.result(
    {
      judgements: all.length,
      models,
      target,
      outcomes: rate.outcomes,
      winRate: asJson(rate.plain),
      clustered: asJson(rate.clustered),
      parity: asJson(rate.parity),
      test: asJson(rate.test),
      signTestP: rate.signP,
      bradleyTerry: asJson(simple),
      orderEffect: effect,
      davidson: asJson(tied),
      elo: [...elo],
    },
    [
      `${all.length} judgements of ${models.length} models`,
      ...rateWords(target, rate, options),
      ...(simple.defined
        ? columnsOf(
            ['MODEL', 'BRADLEY-TERRY', 'STANDARD ERROR', 'DAVIDSON', 'STANDARD ERROR', 'ELO'],
            models.map((name, i) => [
              name,
              number(simple.ability[i] ?? 0),
              number(simple.standardError[i] ?? 0),
              tied.defined ? number(tied.logWorth[i] ?? 0) : '',
              tied.defined ? number(tied.logWorthStandardError[i] ?? 0) : '',
              (elo[i] ?? 0).toFixed(0),
            ]),
          )
        : [`Bradley-Terry: ${reason(simple)}`]),
      ...(effect
        ? [
            `Being first is worth ${number(effect.value)} (standard error ${number(effect.standardError)}) on the log scale`,
          ]
        : []),
    ],
  );
}
