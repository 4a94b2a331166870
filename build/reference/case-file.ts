import { readFileSync } from 'node:fs';
import { z } from 'zod';

const tolerances = z.union([z.number(), z.record(z.string(), z.number())]);

const caseFileSchema = z.looseObject({
  name: z.string(),
  input: z.looseObject({ kind: z.string() }),
  expected: z.record(z.string(), z.unknown()),
  tolerance: tolerances.default({}),
  precise: z.record(z.string(), z.unknown()).default({}),
  precise_tolerance: tolerances.default({}),
});

export type CaseInput = z.infer<typeof caseFileSchema>['input'];

/** One figure a case wants, how close, and from which of its two lists. */
export type WantedFigure = { key: string; list: 'expected' | 'precise'; value: unknown; tolerance: number };
export type ReferenceCase = { name: string; input: CaseInput; wanted: WantedFigure[] };

/** What is allowed where a case names no tolerance of its own. */
const usualTolerance = 1e-9;

const toleranceOf = (given: z.infer<typeof tolerances>, key: string) =>
  (typeof given === 'number' ? given : given[key]) ?? usualTolerance;

/** @throws Error that names the file and what is wrong with it */
export function readCaseFile(path: string): ReferenceCase {
  const text = readFileSync(path, 'utf8');
  const found = caseFileSchema.safeParse(JSON.parse(text));
  if (!found.success) throw new Error(z.prettifyError(found.error).replaceAll('\n', ' '));
  const { name, input, expected, tolerance, precise, precise_tolerance } = found.data;
  const wanted = [
    ...Object.entries(expected).map(([key, value]) => ({
      key,
      list: 'expected' as const,
      value,
      tolerance: toleranceOf(tolerance, key),
    })),
    ...Object.entries(precise).map(([key, value]) => ({
      key,
      list: 'precise' as const,
      value,
      tolerance: toleranceOf(precise_tolerance, key),
    })),
  ];
  return { name, input, wanted };
}
