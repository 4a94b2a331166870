import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** One number for all figures or all parts of one, or a number for each by its name or place. */
const tolerance: z.ZodType<Tolerance> = z.lazy(() =>
  z.union([z.number().min(0), z.null(), z.array(tolerance), z.record(z.string(), tolerance)]),
);
export type Tolerance = number | null | Tolerance[] | { [key: string]: Tolerance };

const wantedValues = z
  .record(z.string(), z.unknown())
  .nullish()
  .transform((given) => given ?? {});

const caseFileSchema = z
  .looseObject({
    input: z.looseObject({ kind: z.string() }),
    expected: wantedValues,
    tolerance: tolerance.optional(),
    precise: wantedValues,
    precise_tolerance: tolerance.optional(),
  })
  .refine(({ expected, precise }) => Object.keys({ ...expected, ...precise }).length > 0, {
    message: 'the case expects no figure, so nothing would be checked',
  });

export type CaseInput = z.infer<typeof caseFileSchema>['input'];

/** One figure a case wants, how close, and from which of its two lists. */
export type WantedFigure = {
  key: string;
  list: 'expected' | 'precise';
  value: unknown;
  tolerance: Tolerance;
};
export type ReferenceCase = { input: CaseInput; wanted: WantedFigure[] };

/** What is allowed where a case names no tolerance of its own. */
const usualTolerance = 1e-9;

/** The tolerance of one part: its own, or the one that holds for all parts. */
export function toleranceOf(given: Tolerance | undefined, part: string | number): Tolerance {
  if (typeof given === 'number') return given;
  if (given === null || given === undefined) return usualTolerance;
  const own = Array.isArray(given) ? given[Number(part)] : Object.hasOwn(given, part) && given[part];
  return own === false || own === undefined || own === null ? usualTolerance : own;
}

/** @throws Error that names what is wrong with the file */
export function readCaseFile(path: string): ReferenceCase {
  const text = readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  const found = caseFileSchema.safeParse(JSON.parse(text));
  if (!found.success) throw new Error(z.prettifyError(found.error).replaceAll('\n', ' '));
  const { input, expected, precise, precise_tolerance } = found.data;
  const wanted = (list: WantedFigure['list'], values: object, allowed: Tolerance | undefined) =>
    Object.entries(values).map(([key, value]) => ({
      key,
      list,
      value,
      tolerance: toleranceOf(allowed, key),
    }));
  return {
    input,
    wanted: [
      ...wanted('expected', expected, found.data.tolerance),
      ...wanted('precise', precise, precise_tolerance),
    ],
  };
}
