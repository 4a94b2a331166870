import { useSession } from '../data/session.ts';
import { useGate } from './gate.ts';
import { safeReturn } from './sections.ts';

type Router = {
  state: { location: { href: string } };
  navigate: (to: { to: '/sign-in'; search: { from?: string; why?: 'ended' } }) => Promise<void>;
};

/** Whose session ends leaves the page; returns the function that ends the watch. */
export function leaveWithSession(router: Router): () => void {
  return useSession.subscribe(({ session }, before) => {
    if (session !== null || before.session === null) return;
    const { leaving } = useGate.getState();
    useGate.setState({ askAgain: false, leaving: false, unsent: null });
    const from = safeReturn(router.state.location.href);
    const { closed, sealed } = useSession.getState();
    const isExplained = closed !== null || sealed !== null;
    const back = from ? { from } : {};
    const search = leaving ? {} : { ...back, ...(isExplained ? {} : { why: 'ended' as const }) };
    void router.navigate({ to: '/sign-in', search });
  });
}
