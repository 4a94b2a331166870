import { type Command, Option } from 'commander';
import { z } from 'zod';
import { alphaMetrics } from '../../shared/stats/krippendorff-alpha.ts';
import { tieRules } from '../../shared/stats/win-rate.ts';
import { statsAgreement } from './commands/stats/agreement.ts';
import { statsMeasurement } from './commands/stats/measurement.ts';
import { statsEquivalence, statsMcNemar, statsProportion, statsSign } from './commands/stats/numbers.ts';
import { statsPlanAgreement, statsPlanWinRate } from './commands/stats/plan.ts';
import { statsPreference } from './commands/stats/preference.ts';
import { statsIntra, statsRaters } from './commands/stats/raters.ts';
import { type Output, startOutput } from './output.ts';

type Tools = {
  add: (parent: Command, usage: string, description: string) => Command;
  /** Reads one option's text by a schema. */
  checked: <T>(schema: z.ZodType<T>, expected: string) => (text: string) => T;
  json: () => boolean;
};

const commaList = (text: string) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** `cli stats ...`: figures from plain files and numbers; no server and no database is needed. */
export function addStats(program: Command, { add, checked, json }: Tools): void {
  const stats = program.command('stats').description('Statistics of plain files, without a server');
  const run =
    <Args extends unknown[]>(work: (output: Output, ...args: Args) => void) =>
    (...args: Args) =>
      work(startOutput(json()), ...args);
  const number = checked(z.coerce.number(), 'a number');
  const share = checked(z.coerce.number().gt(0).lt(1), 'a number between 0 and 1');
  const fromZero = checked(z.coerce.number().min(0), 'a number that is not negative');
  const upToOne = checked(z.coerce.number().min(0).max(1), 'a number from 0 to 1');
  const count = checked(z.coerce.number().int().min(0).max(1_000_000_000), 'a whole number');
  const atLeastOne = checked(z.coerce.number().int().min(1).max(1_000_000_000), 'a whole number from 1');
  const positive = checked(z.coerce.number().gt(0), 'positive numbers with commas between');
  const numbers = (text: string) => commaList(text).map(positive);

  const metric = () =>
    new Option('--metric <level>', "level of measurement of Krippendorff's alpha")
      .choices([...alphaMetrics])
      .default('nominal');
  const weights = () =>
    new Option('--weights <kind>', 'full agreement or none, linear or quadratic')
      .choices(['identity', 'linear', 'quadratic'])
      .default('identity');
  const ownWeights = () =>
    new Option(
      '--own-weights <file>',
      'disagreement weights in place of these: a CSV file with a line and a column for each category',
    );
  const confidence = () =>
    new Option('--confidence <share>', 'confidence level').argParser(share).default(0.95);
  const seed = () => new Option('--seed <text>', 'the same seed gives the same resamples').default('1');
  const ratings = (command: Command) =>
    command
      .option('--unit <column>', 'column of the unit', 'unit')
      .option('--rater <column>', 'column of the rater', 'rater')
      .option('--value <column>', 'column of the rating', 'value')
      .option(
        '--raters <columns>',
        'one column for each rater, with commas between, in place of these',
        commaList,
      )
      .option('--categories <list>', 'all categories in their order, with commas between', commaList);

  ratings(add(stats, 'agreement <file>', 'Percent, kappas, AC1 or AC2 and alpha, with intervals'))
    .option('--by <column>', 'separately for each value of this column')
    .addOption(metric())
    .addOption(weights())
    .addOption(ownWeights())
    .addOption(confidence())
    .option('--bootstrap <n>', 'resamples for alpha; 0 for none', count, 1000)
    .addOption(seed())
    .action(run(statsAgreement));
  ratings(add(stats, 'measurement <file>', "Intraclass correlations and Kendall's W of numbers"))
    .addOption(confidence())
    .action(run(statsMeasurement));
  ratings(
    add(
      stats,
      'raters <file>',
      'Each rater: agreement with others, alpha without, accuracy by Dawid and Skene',
    ),
  )
    .addOption(metric())
    .option('--starts <n>', 'starting points of the EM algorithm', atLeastOne, 1)
    .option('--prior <n>', 'pseudo-counts; 0 is maximum likelihood', fromZero, 0)
    .addOption(seed())
    .action(run(statsRaters));
  add(stats, 'intra <file>', 'One rater twice: the columns of the first and the second round')
    .requiredOption('--first <column>', 'column of the first round')
    .requiredOption('--second <column>', 'column of the second round')
    .option('--unit <column>', 'column of the unit', 'unit')
    .option('--categories <list>', 'all categories in their order, with commas between', commaList)
    .addOption(metric())
    .addOption(weights())
    .addOption(ownWeights())
    .addOption(confidence())
    .action(run(statsIntra));

  add(stats, 'preference <file>', 'Win rate with ties, clusters and parity; abilities of several models')
    .option('--case <column>', 'column of the case', 'case')
    .option('--rater <column>', 'column of the rater; left out when there is none', 'rater')
    .option('--winner <column>', 'column of the winner: a model, a, b or tie', 'winner')
    .option('--a <column>', 'column of the model shown first', 'a')
    .option('--b <column>', 'column of the model shown second', 'b')
    .option('--target <model>', 'whose win rate; the first by name if not said')
    .addOption(new Option('--ties <rule>', 'how a tie counts').choices([...tieRules]).default('half'))
    .option('--margin <share>', 'parity within 0.5 plus or minus this', share, 0.05)
    .option('--alpha <share>', 'error of the parity test', share, 0.05)
    .option('--bootstrap <n>', 'resamples of cases, and raters', atLeastOne, 2000)
    .addOption(seed())
    .action(run(statsPreference));

  add(stats, 'proportion', 'Intervals and tests of a share')
    .requiredOption('--successes <n>', 'successes; half a win for a tie is allowed', fromZero)
    .requiredOption('--n <n>', 'trials', atLeastOne)
    .option('--against <share>', 'share to test against', share, 0.5)
    .addOption(confidence())
    .action(run(statsProportion));
  add(stats, 'mcnemar', 'McNemar: paired yes or no answers that changed')
    .requiredOption('--first-only <n>', 'yes before, no after', count)
    .requiredOption('--second-only <n>', 'no before, yes after', count)
    .action(run(statsMcNemar));
  add(stats, 'sign <file>', 'Exact sign test of two columns')
    .option('--x <column>', 'first column', 'x')
    .option('--y <column>', 'second column', 'y')
    .action(run(statsSign));

  const equivalence = add(stats, 'equivalence', 'Two one-sided tests from summary numbers')
    .requiredOption('--lower <number>', 'lower margin', number)
    .requiredOption('--upper <number>', 'upper margin', number)
    .option('--alpha <share>', 'error of each test', share, 0.05)
    .addOption(
      new Option(
        '--variance <kind>',
        'of one share: sample or at the margin; of two shares or means: unpooled or pooled',
      ).choices(['sample', 'margin', 'unpooled', 'pooled']),
    );
  for (const name of [
    'successes',
    'n',
    'mean',
    'mu',
    'sd',
    'p1',
    'n1',
    'p2',
    'n2',
    'mean1',
    'mean2',
    'sd1',
    'sd2',
    'r12',
    'first-only',
    'second-only',
  ])
    equivalence.option(`--${name} <number>`, name, number);
  equivalence.action(run(statsEquivalence));

  const plan = stats.command('plan').description('How many judgements, units and raters');
  add(plan, 'win-rate', 'Judgements for a width, a power or parity')
    .requiredOption('--rate <share>', 'expected win rate, ties counted half', share)
    .option('--ties <share>', 'expected share of ties', upToOne, 0)
    .option('--width <share>', 'wanted width of the interval', share)
    .option('--margin <share>', 'parity within 0.5 plus or minus this', share)
    .option('--power <share>', 'wanted power', share, 0.8)
    .option('--alpha <share>', 'error of the test', share, 0.05)
    .option('--per-case <n>', 'judgements of each case', atLeastOne, 1)
    .option('--rho <share>', 'how alike judgements of one case are', upToOne, 0)
    .action(run(statsPlanWinRate));
  add(plan, 'agreement', 'Units for kappa or alpha, by number of raters')
    .requiredOption('--agreement <share>', 'expected kappa or alpha', upToOne)
    .requiredOption('--prevalence <list>', 'expected shares of the categories, with commas between', numbers)
    .option('--width <share>', 'wanted width of the interval', share, 0.2)
    .option('--least <share>', 'agreement to be exceeded, for a power', upToOne)
    .option('--power <share>', 'wanted power', share, 0.8)
    .option('--alpha <share>', 'error of the test', share, 0.05)
    .option(
      '--most-raters <n>',
      'plans for 2 up to this many',
      checked(z.coerce.number().int().min(2).max(12), 'a whole number from 2 to 12'),
      5,
    )
    .addOption(weights())
    .action(run(statsPlanAgreement));
}
