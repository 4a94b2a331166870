import { modals } from '@mantine/modals';
import { notifications } from '@mantine/notifications';
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { AppError } from '../../shared/errors.ts';
import { currentSession, useSession } from '../data/session.ts';
import { useGate } from './gate.ts';
import { safeReturn } from './sections.ts';

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

/** Cache of what leads and reviewers read; physicians' work never goes through it. */
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

type Router = {
  state: { location: { href: string } };
  navigate: (to: { to: '/sign-in'; search: { from?: string; why?: 'ended' } }) => Promise<void>;
};

/** Whose session ends leaves the page, and takes nothing cached along; returns the function that ends the watch. */
export function leaveWithSession(router: Router, cache: QueryClient): () => void {
  return useSession.subscribe(({ session }, before) => {
    if (session !== null || before.session === null) return;
    const { leaving } = useGate.getState();
    useGate.setState({ askAgain: false, leaving: false });
    cache.clear();
    // Nothing of the work may stay on screen in a dialog or a message.
    modals.closeAll();
    notifications.clean();
    const from = safeReturn(router.state.location.href);
    const back = from ? { from } : {};
    const { closed, sealed } = useSession.getState();
    const isExplained = closed !== null || sealed !== null;
    const search = leaving ? {} : { ...back, ...(isExplained ? {} : { why: 'ended' as const }) };
    void router.navigate({ to: '/sign-in', search });
  });
}
