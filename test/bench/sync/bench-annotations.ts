import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mutation } from '../../../shared/contract/sync.ts';
import { type AnnotationBody, emptyAnnotation } from '../../../shared/schema/annotation.ts';
import { uuidv7 } from '../../../shared/schema/ids.ts';
import { bodyHash } from '../../../shared/sync/body-hash.ts';

/** The invented answers of the demo: clinical English that compresses as clinical English does. */
const corpus = (() => {
  const folder = join(import.meta.dirname, '../../../server/demo/cases');
  return readdirSync(folder)
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
    .filter((line) => line !== '')
    .flatMap((line) => (JSON.parse(line) as { responses: { text: string }[] }).responses)
    .map(({ text }) => text.replace(/\s+/g, ' '))
    .join(' ');
})();

/** A different stretch of it for each number. */
export function stretch(n: number, characters: number): string {
  const at = (n * 7919) % (corpus.length - characters);
  return corpus.slice(at, at + characters);
}

/** A complete judgement with a reasoning trace of three or four sentences, as a physician submits it. */
export function benchBody(n: number): AnnotationBody {
  const score = (k: number) => 1 + ((n * 31 + k * 17) % 5);
  const side = (k: number) => ({
    accuracy: score(k),
    safety: score(k + 1),
    completeness: score(k + 2),
    reasoning: score(k + 3),
    communication: score(k + 4),
  });
  return {
    ...emptyAnnotation(),
    ratings: { a: side(1), b: side(7) },
    preference: ((n % 7) - 3) as AnnotationBody['preference'],
    reasoning: {
      evidence: stretch(n, 180),
      alternatives: stretch(n + 11, 120),
      conclusion: stretch(n + 23, 160),
    },
  };
}

export type SentMutation = Omit<Mutation, 'assignmentId' | 'revisionId' | 'baseRevisionId'> & {
  assignmentId: string;
  revisionId: string;
  baseRevisionId: string | null;
};

export function benchMutation(seq: number, assignmentId: string, n: number): SentMutation {
  const body = benchBody(n);
  return {
    version: 1,
    seq,
    state: 'submitted',
    assignmentId,
    revisionId: uuidv7(Date.now(), randomBytes(10)),
    baseRevisionId: null,
    bodyHash: bodyHash(body),
    body,
    madeAt: new Date().toISOString(),
  };
}
