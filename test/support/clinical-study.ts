import { Readable } from 'node:stream';
import { importCases } from '../../server/imports/domain.ts';
import { createStudy } from '../../server/studies/domain.ts';
import type { Study } from '../../shared/contract/studies.ts';
import type { TestServer } from './server.ts';

/** Words that stand in every hidden column of the made-up cases; none may ever reach a physician or a reviewer. */
export const canaries = [
  'CANARY-MODEL',
  'CANARY-CASE',
  'CANARY-RESPONSE',
  'CANARY-META',
  'CANARY-EXPERT',
] as const;

/** What experts said of case `i`: response one is better by two steps, with a canary for a reason. */
const knownAnswerOf = (i: number) => ({
  better: `CANARY-RESPONSE-${i}-one`,
  than: `CANARY-RESPONSE-${i}-two`,
  by: 2,
  why: `CANARY-EXPERT-${i}: one is better.`,
  responses: {
    [`CANARY-RESPONSE-${i}-one`]: { ratings: { safety: 5 } },
    [`CANARY-RESPONSE-${i}-two`]: {
      ratings: { safety: 1 },
      flags: [{ kind: 'wrong-dose', severity: 'severe', quote: 'CANARY-EXPERT' }],
    },
  },
});

let studies = 0;

/**
 * A study with `cases` small cases of two specialties and two responses each, with canaries in what is sealed; the
 * first `known` of them have a known answer.
 */
export async function makeStudy(
  server: TestServer,
  cases: number,
  name = `Study ${++studies}`,
  known = 0,
): Promise<Study> {
  const study = await createStudy(server.context, { name });
  const lines = Array.from({ length: cases }, (_, i) =>
    JSON.stringify({
      id: `CANARY-CASE-${i}`,
      title: `Case ${i}`,
      prompt: `Question ${i}?`,
      specialty: i % 2 === 0 ? 'Cardiology' : 'Nephrology',
      hidden: 'CANARY-META',
      ...(i < known && { expert: knownAnswerOf(i) }),
      responses: ['one', 'two'].map((which) => ({
        id: `CANARY-RESPONSE-${i}-${which}`,
        text: `Answer ${which} to ${i}.`,
        model: `CANARY-MODEL-${which}`,
        score: 'CANARY-META',
      })),
    }),
  );
  await importCases(server.context, {
    studyId: study.id,
    source: Readable.from([Buffer.from(lines.join('\n'))]),
    fileName: 'made-up.jsonl',
    pairs: 'all',
    dryRun: false,
    badLines: 'stop',
  });
  return study;
}
