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
  });

  it('is not looked for when the command line itself is wrong', async () => {
    expect(await cli('agreement', long(), '--metric', 'fancy')).toMatchObject({ code: 2 });
    expect(await cli('plan', 'win-rate', '--rate', '0.9', '--ties', '0.5', '--width', '0.1')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('must leave room for its ties'),
    });
  });
});
