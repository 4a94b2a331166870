import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { runCommandLine } from './program.ts';

const data = join(import.meta.dirname, '../../../shared/data');
const scratch = mkdtempSync(join(tmpdir(), 'stats-'));
afterAll(() => rmSync(scratch, { recursive: true }));

type Ended = { code: number; stdout: string; stderr: string };

/** The command line itself, with what it writes caught. */
async function cli(...args: string[]): Promise<Ended> {
  const written = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((stream) =>
    vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      written[stream] += String(text);
      return true;
    }),
  );
  try {
    return { code: await runCommandLine(['stats', ...args]), ...written };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}
const json = async (...args: string[]) => JSON.parse((await cli(...args, '--json')).stdout);
const file = (name: string, ...lines: string[]) => {
  const path = join(scratch, name);
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
  return path;
};
const expectedOf = (name: string) => JSON.parse(readFileSync(join(data, name, 'expected.json'), 'utf8'));

type Found = { name: string; value: number };
const figureOf = (group: { figures: Found[] }, name: string) =>
  group.figures.find((figure) => figure.name.startsWith(name))?.value;

describe.skipIf(!existsSync(data))('agreement printed with real data', () => {
  it('is found again: three annotators of PandaLM', async () => {
    const { groups } = await json(
      'agreement',
      join(data, 'multirater-pandalm/ratings.csv'),
      '--raters',
      'rater_1,rater_2,rater_3',
      '--bootstrap',
      '0',
    );
    const { published, recomputed } = expectedOf('multirater-pandalm');
    for (const [i, pair] of ['1-2', '1-3', '2-3'].entries()) {
      expect(groups[0].pairs[i].value).toBeCloseTo(recomputed.cohen_kappa[pair], 6);
      expect(Math.abs(groups[0].pairs[i].value - published.cohen_kappa[pair])).toBeLessThan(0.005);
    }
    expect(figureOf(groups[0], 'Krippendorff')).toBeCloseTo(recomputed.krippendorff_alpha_nominal, 6);
    expect(figureOf(groups[0], 'Fleiss')).toBeCloseTo(recomputed.fleiss_kappa, 6);
  });

  it('is found again: three physicians of K-QA', async () => {
    const { groups } = await json(
      'agreement',
      join(data, 'clinical-kqa/claim_labels.csv'),
      '--raters',
      'rater_0,rater_1,rater_2',
      '--bootstrap',
      '0',
    );
    const { recomputed, items, raters } = expectedOf('clinical-kqa');
    expect([groups[0].units, groups[0].raters.length]).toEqual([items, raters]);
    expect(groups[0].fullAgreement).toBeCloseTo(recomputed.full_agreement, 6);
    expect(figureOf(groups[0], 'Krippendorff')).toBeCloseTo(recomputed.krippendorff_alpha_nominal, 6);
    expect(figureOf(groups[0], 'Fleiss')).toBeCloseTo(recomputed.fleiss_kappa, 6);
  });

  it('is found again: two annotators of each model of XSTest', async () => {
    const { groups } = await json(
      'agreement',
      join(data, 'refusal-xstest/annotations.csv'),
      '--raters',
      'rater_1,rater_2',
      '--by',
      'model',
      '--bootstrap',
      '0',
    );
    const expected = expectedOf('refusal-xstest');
    expect(groups.map(({ group }: { group: string }) => group).sort()).toEqual(Object.keys(expected).sort());
    for (const group of groups) {
      const { published, recomputed } = expected[group.group];
      expect(figureOf(group, 'Percent')).toBeCloseTo(recomputed.percent_agreement / 100, 5);
      expect(figureOf(group, 'Fleiss')).toBeCloseTo(recomputed.fleiss_kappa, 5);
      expect(figureOf(group, 'Cohen')).toBeCloseTo(recomputed.cohen_kappa, 5);
      expect(figureOf(group, 'Krippendorff')).toBeCloseTo(recomputed.krippendorff_alpha_nominal, 5);
      expect(Math.abs((figureOf(group, 'Fleiss') ?? 0) - published.fleiss_kappa)).toBeLessThan(0.0051);
    }
  });
});

const long = () =>
  file(
    'long.csv',
    'unit,rater,value',
    '1,ann,1',
    '1,ben,2',
    '2,ann,3',
    '2,ben,3',
    '3,ann,5',
    '3,ben,4',
    '4,ann,1',
    '4,ben,1',
  );

describe('cli stats', () => {
  it('needs no database: a real process on an address where there is none', async () => {
    const env = { ...process.env, DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' };
    const main = join(import.meta.dirname, 'main.ts');
    const { stdout } = await promisify(execFile)(process.execPath, [main, 'stats', 'agreement', long()], {
      env,
    });
    expect(stdout).toContain("Cohen's kappa");
  });

  it('prints a table for people: every coefficient with its standard error and interval', async () => {
    const { code, stdout } = await cli(
      'agreement',
      long(),
      '--weights',
      'quadratic',
      '--metric',
      'ordinal',
      '--bootstrap',
      '200',
    );
    expect(code).toBe(0);
    for (const name of [
      'Percent agreement',
      'Brennan-Prediger',
      "Gwet's AC",
      "Fleiss' kappa",
      "Conger's kappa",
      "Cohen's weighted kappa",
      "Krippendorff's alpha, ordinal",
      'units resampled',
    ])
      expect(stdout).toContain(name);
    expect(stdout).toMatch(/^4 units, 2 raters, categories: 1, 2, 3, 4, 5$/m);
  });

  it('gives the same figures for long and wide files, and the same resamples for the same seed', async () => {
    const wide = file('wide.csv', 'id,ann,ben', '1,1,2', '2,3,3', '3,5,4', '4,1,1');
    const [one, other] = [
      await json('agreement', long(), '--seed', 's'),
      await json('agreement', wide, '--raters', 'ann,ben', '--seed', 's'),
    ];
    expect(one).toEqual(other);
  });

  it('reads declared categories, missing ratings and cells in quotes', async () => {
    const path = file(
      'odd.csv',
      'unit,rater,value',
      '"a, b",x,no',
      '"a, b",y,',
      'c,x,yes',
      'c,y,NA',
      'd,x,no',
      'd,y,no',
    );
    const { groups } = await json('agreement', path, '--categories', 'no,yes,maybe', '--bootstrap', '0');
    expect(groups[0]).toMatchObject({ units: 3, categories: ['no', 'yes', 'maybe'] });
    expect(figureOf(groups[0], 'Percent')).toBe(1);
    expect(groups[0].figures.find(({ name }: Found) => name.startsWith('Fleiss'))).toMatchObject({
      value: expect.any(Number),
    });
  });

  it('measures, rates raters and compares two rounds', async () => {
    const icc = await json('measurement', long());
    expect(icc.intraclass.forms['3,1'].value).toBeCloseTo(0.9, 1);
    expect(icc.concordance.defined).toBe(true);
    const raters = await json('raters', long());
    expect(raters.raters.map(({ rater }: { rater: string }) => rater)).toEqual(['ann', 'ben']);
    expect(raters.dawidSkene.posterior).toHaveLength(4);
    const rounds = file('rounds.csv', 'unit,before,after', '1,A,A', '2,B,A', '3,B,B');
    expect((await json('intra', rounds, '--first', 'before', '--second', 'after')).percent.value).toBeCloseTo(
      2 / 3,
      9,
    );
  });

  it('says preferences with their rule, clusters, parity and abilities', async () => {
    const path = file(
      'pairs.csv',
      'case,rater,a,b,winner',
      '1,x,m1,m2,m1',
      '1,y,m2,m1,a',
      '2,x,m1,m2,tie',
      '2,y,m1,m2,b',
      '3,x,m2,m1,m1',
      '3,y,m1,m2,m1',
    );
    const found = await json('preference', path, '--ties', 'half', '--target', 'm1');
    expect(found.outcomes).toEqual({ wins: 3, ties: 1, losses: 2 });
    expect(found.winRate.value).toBeCloseTo(3.5 / 6, 12);
    expect(found.clustered).toMatchObject({ clusters: 3, crossedClusters: 2 });
    expect(found.bradleyTerry.ability[1]).toBeCloseTo(Math.log(2.5 / 3.5), 8);
    const { stdout } = await cli('preference', path, '--ties', 'without');
    expect(stdout).toContain('ties are left out');
  });

  it('takes numbers without a file', async () => {
    expect((await json('proportion', '--successes', '13', '--n', '16')).tests.exactP).toBeCloseTo(0.02127, 5);
    expect((await json('mcnemar', '--first-only', '7', '--second-only', '2')).exactP).toBeCloseTo(
      0.1796875,
      9,
    );
    const parity = await json(
      'equivalence',
      '--p1',
      '.65',
      '--n1',
      '100',
      '--p2',
      '.7',
      '--n2',
      '100',
      '--lower',
      '-.1',
      '--upper',
      '.1',
    );
    expect(parity).toMatchObject({ equivalent: false });
    expect((await json('plan', 'win-rate', '--rate', '0.5', '--width', '0.1')).width.pairs).toBe(385);
    expect((await json('plan', 'agreement', '--agreement', '.6', '--prevalence', '1,1')).plans).toHaveLength(
      4,
    );
    const sign = file('sign.csv', 'x,y', '2,1', '3,1', '1,4', '5,5');
    expect(await json('sign', sign)).toMatchObject({ positive: 2, negative: 1, ties: 1 });
  });

  it('reads semicolons, tabs, decimal commas and line ends of other places', async () => {
    const rows = (cell: string, comma: string) =>
      [`unit${cell}rater${cell}value`, `1${cell}x${cell}1${comma}5`, `1${cell}y${cell}1${comma}50`].concat(
        [`2${cell}x${cell}2`, `2${cell}y${cell}2`].map((line) => `${line}\r`),
      );
    for (const [name, cell, comma] of [
      ['semicolons', ';', ','],
      ['tabs', '\t', ','],
      ['commas', ',', '.'],
    ] as const) {
      const { groups } = await json(
        'agreement',
        file(`${name}.csv`, `\uFEFF${rows(cell, comma)[0]}`, ...rows(cell, comma).slice(1)),
        '--bootstrap',
        '0',
      );
      expect([name, groups[0].categories, figureOf(groups[0], 'Percent')]).toEqual([name, [1.5, 2], 1]);
    }
  });

  it('measures every group with the categories of the whole file', async () => {
    const path = file(
      'by.csv',
      'unit,rater,value,dim',
      '1,x,1,a',
      '1,y,1,a',
      '2,x,2,a',
      '2,y,1,a',
      '1,x,3,b',
      '1,y,3,b',
    );
    const { groups } = await json('agreement', path, '--by', 'dim', '--bootstrap', '0');
    expect(groups.map((group: { categories: unknown }) => group.categories)).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ]);
    // Half of the pairs agree, a third by chance among three categories.
    expect(figureOf(groups[0], 'Brennan')).toBeCloseTo((1 / 2 - 1 / 3) / (2 / 3), 12);
  });

  it('takes disagreement weights of its own: Cohen 1968', async () => {
    const cells = [
      [88, 14, 18],
      [10, 40, 10],
      [2, 6, 12],
    ];
    const lines = cells.flatMap((row, i) =>
      row.flatMap((n, j) => Array.from({ length: n }, () => `${i + 1},${j + 1}`)),
    );
    const path = file('cohen-1968.csv', 'x,y', ...lines);
    const weights = file('weights.csv', 'category,1,2,3', '1,0,1,3', '2,1,0,6', '3,3,6,0');
    const found = await json(
      'agreement',
      path,
      '--raters',
      'x,y',
      '--own-weights',
      weights,
      '--bootstrap',
      '0',
    );
    expect(figureOf(found.groups[0], "Cohen's weighted kappa")).toBeCloseTo(0.347826086956522, 12);
    const again = await json('intra', path, '--first', 'x', '--second', 'y', '--own-weights', weights);
    expect(again.kappa.value).toBeCloseTo(0.347826086956522, 12);
    const { stdout } = await cli('agreement', path, '--raters', 'x,y', '--bootstrap', '0');
    expect(stdout).toContain("Cohen's kappa against 0: standard error 0.0520, z = 9.4562");
    const short = file('short.csv', 'category,1,2,3', '1,0,1,3');
    expect((await cli('agreement', path, '--raters', 'x,y', '--own-weights', short)).stderr).toContain(
      'no line for the category "2"',
    );
  });

  it('rests a parity claim on no more than the clusters it has', async () => {
    const path = file(
      'few.csv',
      'case,rater,a,b,winner',
      '1,x,m,o,m',
      '1,y,m,o,o',
      '2,x,m,o,tie',
      '2,y,o,m,m',
    );
    const found = await json('preference', path, '--target', 'm');
    expect(found.test).toMatchObject({ df: 1 });
    expect(found.parity).toMatchObject({ df: 1, equivalent: false, nonInferior: false });
  });

  it('tells tests of equivalence apart by their numbers', async () => {
    const margins = ['--lower', '-1', '--upper', '1'];
    const means = ['--mean1', '2', '--sd1', '1', '--mean2', '2', '--sd2', '1.3'];
    expect((await json('equivalence', ...margins, ...means, '--n1', '20', '--n2', '19')).df).toBeCloseTo(
      33.8,
      1,
    );
    expect((await json('equivalence', ...margins, ...means, '--r12', '.5', '--n', '20')).df).toBe(19);
    const changed = ['--first-only', '12', '--second-only', '9', '--n', '100'];
    expect((await json('equivalence', ...margins, ...changed)).difference).toBeCloseTo(0.03, 12);
    const wrong = await cli('equivalence', ...margins, ...means, '--r12', '2', '--n', '20');
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining('a correlation lies between') });
  });

  it('shows why a figure has no value', async () => {
    const same = file('same.csv', 'unit,rater,value', '1,x,A', '1,y,A', '2,x,A', '2,y,A');
    const { stdout } = await cli('agreement', same, '--categories', 'A,B');
    expect(stdout).toMatch(/Fleiss' kappa .*Only one value was used/);
    const { groups } = await json('agreement', same, '--categories', 'A,B');
    expect(groups[0].figures.find(({ name }: Found) => name.startsWith('Fleiss'))).toMatchObject({
      defined: false,
      reason: 'one-value',
    });
  });
});

describe('a file that cannot be read', () => {
  const bad = async (path: string, ...args: string[]) => {
    const { code, stdout, stderr } = await cli('agreement', path, ...args);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    return stderr;
  };

  it('is named with its line and what to do', async () => {
    expect(await bad(file('empty.csv'))).toContain('empty.csv: the file is empty');
    expect(await bad(file('head.csv', 'unit,rater,value'))).toContain('no line under the head line');
    expect(await bad(file('columns.csv', 'unit,who,value', '1,x,A'))).toContain(
      'line 1: there is no column "rater"; the columns are unit, who, value',
    );
    expect(await bad(file('cells.csv', 'unit,rater,value', '1,x,A', '1,y,B,C'))).toContain(
      'cells.csv, line 3: the line has more or fewer cells',
    );
    expect(
      await bad(file('outside.csv', 'unit,rater,value', '1,x,A', '1,y,Z'), '--categories', 'A,B'),
    ).toContain('line 3: "Z" is not one of the categories A, B');
    expect(await bad(file('twice.csv', 'unit,rater,value', '1,x,A', '1,x,B'))).toContain(
      'line 3: x has rated 1 before',
    );
    expect(await bad(file('names.csv', 'unit,unit,value', '1,x,A'))).toContain(
      'line 1: the column "unit" is there twice',
    );
    expect(await bad(join(scratch, 'absent.csv'))).toContain('absent.csv: the file cannot be read');
    writeFileSync(join(scratch, 'latin.csv'), Buffer.from('unit,rater,value\n1,J\xf6rg,A\n', 'latin1'));
    expect(await bad(join(scratch, 'latin.csv'))).toContain('not UTF-8');
  });

  it('is named for preferences and measurements too', async () => {
    const winner = file('winner.csv', 'case,rater,a,b,winner', '1,x,m1,m2,m3');
    expect((await cli('preference', winner)).stderr).toContain(
      'line 2: "m3" in column winner must be m1, m2, a, b or tie',
    );
    const words = file('words.csv', 'unit,rater,value', '1,x,good', '1,y,bad');
    expect((await cli('measurement', words)).stderr).toContain('is not a number');
    expect((await cli('preference', winner, '--target', 'm9')).code).toBe(1);
    expect((await cli('preference', winner, '--rater', 'reviewer')).stderr).toContain('no column "reviewer"');
    expect((await cli('preference', winner, '--a', 'left')).stderr).toContain('no column "left"');
    const nobody = file('nobody.csv', 'unit,rater,value', '1,x,1', '1,,2');
    expect((await cli('agreement', nobody)).stderr).toContain('line 3: column rater is empty');
  });

  it('is not looked for when the command line itself is wrong', async () => {
    expect(await cli('agreement', long(), '--metric', 'fancy')).toMatchObject({ code: 2 });
    expect(await cli('plan', 'win-rate', '--rate', '0.5')).toMatchObject({ code: 1, stdout: '' });
    expect((await cli('plan', 'win-rate', '--rate', '0.7', '--margin', '0.1')).stdout).toContain(
      'no number is enough',
    );
    expect(await cli('plan', 'win-rate', '--rate', '0.9', '--ties', '0.5', '--width', '0.1')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('must leave room for its ties'),
    });
  });
});
