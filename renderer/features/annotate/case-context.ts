import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { AnnotationBody } from '../../../shared/schema/annotation.ts';
import type { CaseState, OpenCase } from './annotate-store.ts';

export const CaseContext = createContext<OpenCase | null>(null);

/** The case this part of the screen belongs to. */
export function useCase(): OpenCase {
  const one = useContext(CaseContext);
  if (!one) throw new Error('useCase needs a CaseContext above it');
  return one;
}

export function useCaseState<T>(select: (state: CaseState) => T): T {
  return useStore(useCase().store, select);
}

export function useBody<T>(select: (body: AnnotationBody) => T): T {
  return useCaseState((state) => select(state.history.present));
}
