import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { AppError } from '../../shared/errors.ts';
import { currentSession, useSession } from '../data/session.ts';
import { useGate } from './gate.ts';

const endedCodes = new Set(['session-expired', 'sign-in-required']);

/**
 * The server's session is over. Someone without local work goes back to the gate; a physician's open work stays
 * open, and only the pages that need the server ask again.
 */
function onServerError(error: unknown): void {
  if (!(error instanceof AppError) || !endedCodes.has(error.code)) return;
  if (currentSession()?.workspace) useGate.setState({ askAgain: true });
  else useSession.setState({ session: null });
}

const passing = new Set(['server-unreachable', 'database-unavailable']);

export function createServerCache(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({ onError: onServerError }),
    mutationCache: new MutationCache({ onError: onServerError }),
    defaultOptions: {
      queries: {
        staleTime: 5000,
        // The host knows better than navigator.onLine whether the server can be reached.
        networkMode: 'always',
        retry: (count, error) => count < 1 && error instanceof AppError && passing.has(error.code),
      },
      mutations: { networkMode: 'always' },
    },
  });
}

let cache: QueryClient | null = null;

/**
 * Cache of what leads and reviewers read, made for the first of them and emptied when a session ends. Physicians'
 * work never goes through it, and their start does not load it.
 */
export function serverCache(): QueryClient {
  if (cache) return cache;
  const made = createServerCache();
  useSession.subscribe(({ session }, before) => {
    if (session === null && before.session !== null) made.clear();
  });
  cache = made;
  return made;
}
