import { diffWords, type WordDiff } from './word-diff.ts';

/** Compares long answers beside the screen, so that nothing on it waits. */
export type DiffCall = { a: string; b: string; timeoutMs: number };
export type DiffReply = WordDiff;

self.addEventListener('message', ({ data }: MessageEvent<DiffCall>) => {
  self.postMessage(diffWords(data.a, data.b, data) satisfies DiffReply);
});
