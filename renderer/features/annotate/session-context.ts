import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { AnnotateSession, SessionState } from './annotate-session.ts';

export const SessionContext = createContext<AnnotateSession | null>(null);

/** The session that the case on screen is part of. */
export function useAnnotateSession(): AnnotateSession {
  const session = useContext(SessionContext);
  if (!session) throw new Error('useAnnotateSession needs a SessionContext above it');
  return session;
}

export function useSessionState<T>(select: (state: SessionState) => T): T {
  return useStore(useAnnotateSession().store, select);
}
