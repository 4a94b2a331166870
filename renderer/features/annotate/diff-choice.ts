import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { BatchId } from '../../../shared/schema/ids.ts';
import type { OpenCase } from './annotate-store.ts';

/** The batch whose differences are shown: the choice holds from case to case, and ends with the batch. */
const choice = createStore<{ batchId: BatchId | null }>(() => ({ batchId: null }));

const batchOf = (one: OpenCase) => one.loaded.assignment.batchId;

export const isDiffOn = (one: OpenCase): boolean => choice.getState().batchId === batchOf(one);

export function toggleDiff(one: OpenCase): void {
  choice.setState({ batchId: isDiffOn(one) ? null : batchOf(one) });
}

export const useDiffOn = (one: OpenCase): boolean =>
  useStore(choice, ({ batchId }) => batchId === batchOf(one));

/** Why there is no next difference to go to, or null. */
export const differencesOff = (one: OpenCase): string | null =>
  isDiffOn(one) ? null : 'First show which words differ';

const stepEvent = 'diff-step';

/** Goes to the next (1) or previous (-1) difference of the case in this layer. */
export function stepDiff(layer: HTMLElement | null, by: 1 | -1): void {
  layer?.dispatchEvent(new CustomEvent(stepEvent, { detail: by }));
}

/** Calls back when another difference of this layer is asked for; returns the end of it. */
export function onDiffStep(layer: HTMLElement, listener: (by: 1 | -1) => void): () => void {
  const heard = (event: Event) => {
    if (event instanceof CustomEvent) listener(event.detail === -1 ? -1 : 1);
  };
  layer.addEventListener(stepEvent, heard);
  return () => layer.removeEventListener(stepEvent, heard);
}
