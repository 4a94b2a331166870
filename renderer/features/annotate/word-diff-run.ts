import { diffWords, type WordDiff } from './word-diff.ts';
import type { DiffCall, DiffReply } from './word-diff-worker.ts';

/** Both answers together; longer ones are compared in a worker. */
const shortChars = 20_000;
/** A short pair that takes longer than this after all goes to the worker, too. */
const atOnceMs = 40;
const workerMs = 4000;

type Texts = { a: string; b: string };

/**
 * Compares two texts: short ones within this call, long ones in a worker that ends when `signal` is aborted.
 * Never rejects: a worker that cannot run has given up.
 */
export function runWordDiff({ a, b }: Texts, signal: AbortSignal): WordDiff | Promise<WordDiff> {
  if (a.length + b.length <= shortChars) {
    const found = diffWords(a, b, { timeoutMs: atOnceMs });
    if (found.kind !== 'gave-up') return found;
  }
  return typeof Worker === 'undefined' ? { kind: 'gave-up' } : inWorker({ a, b }, signal);
}

function inWorker(texts: Texts, signal: AbortSignal): Promise<WordDiff> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL('./word-diff-worker.ts', import.meta.url), { type: 'module' });
    const end = (found: WordDiff) => {
      worker.terminate();
      resolve(found);
    };
    worker.addEventListener('message', ({ data }: MessageEvent<DiffReply>) => end(data));
    worker.addEventListener('error', () => end({ kind: 'gave-up' }));
    signal.addEventListener('abort', () => end({ kind: 'gave-up' }), { once: true });
    worker.postMessage({ ...texts, timeoutMs: workerMs } satisfies DiffCall);
  });
}
