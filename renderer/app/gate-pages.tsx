import { useLocation, useNavigate, useRouter, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { errorTable } from '../../shared/errors.ts';
import { type Closed, forgetClosed, useSession } from '../data/session.ts';
import { DeviceClosedScreen, SealedScreen } from '../features/sign-in/device-order-screen.tsx';
import { forgetLastEmail, loadLastEmail } from '../features/sign-in/last-email.ts';
import { LinkScreen } from '../features/sign-in/link-screen.tsx';
import { SignInScreen } from '../features/sign-in/sign-in-screen.tsx';
import { WorkLockScreen } from '../features/sign-in/work-lock-screen.tsx';
import { useGate } from './gate.ts';
import { homeFor } from './sections.ts';

const nothing = () => {};

/** Goes on as soon as there is a session, whether it came from the form or from the server's answer at start. */
function useWayIn(from: string | undefined): void {
  const session = useSession((state) => state.session);
  const navigate = useNavigate();
  useEffect(() => {
    if (session) void navigate({ to: from ?? homeFor(session.user.roles), replace: true });
  }, [session, from, navigate]);
}

/** A physician who goes back to a case: its screen is fetched while the password is turned into the key. */
function useEarlyScreen(from: string | undefined): void {
  const { routesById } = useRouter();
  useEffect(() => {
    if (!from?.startsWith('/annotate')) return;
    const { component } = routesById['/inside/annotate/$batchId/$assignmentId'].options;
    const preload = () => void component?.preload?.(); // opened in any case; a failure shows itself then
    window.addEventListener('submit', preload, { capture: true, once: true });
    return () => window.removeEventListener('submit', preload, { capture: true });
  }, [from, routesById]);
}

/** A keyring that asks the person first must not keep the form away. */
const patienceMs = 500;

/** Null for the moment before it is known: a form that starts over would lose what was typed into it. */
function useLastEmail(): string | null {
  const [email, setEmail] = useState<string | null>(null);
  useEffect(() => {
    const know = (known: string) => setEmail((before) => before ?? known);
    const timer = setTimeout(() => know(''), patienceMs);
    void loadLastEmail().then(know); // never rejects
    return () => clearTimeout(timer);
  }, []);
  return email;
}

export function SignInPage() {
  const { from, why } = useSearch({ from: '/sign-in' });
  const known = useGate((gate) => gate.email);
  const { closed, sealed } = useSession();
  const navigate = useNavigate();
  useWayIn(from);
  useEarlyScreen(from);
  const last = useLastEmail();
  useForgetting(closed);
  // The next person must not be led to where the last one was.
  const goOn = () => {
    forgetClosed();
    void navigate({ to: '/sign-in', search: {}, replace: true });
  };
  if (sealed) return <SealedScreen order={sealed.order} />;
  if (closed?.kind === 'locked') return <WorkLockScreen closed={closed} onOther={goOn} />;
  if (closed) return <DeviceClosedScreen closed={closed} onGoOn={goOn} />;
  if (last === null) return null;
  const email = known || last;
  return (
    <SignInScreen
      // A late answer of the server brings the address: the form starts over with it.
      key={email}
      email={email}
      notice={why === 'ended' ? errorTable['session-expired'][1] : null}
      onSignedIn={nothing}
    />
  );
}

/** Once the work is removed, the address of its owner is not offered here any more. */
function useForgetting(closed: Closed | null): void {
  useEffect(() => {
    if (closed?.kind !== 'removed') return;
    void forgetLastEmail(); // never rejects
    useGate.setState({ email: '' });
  }, [closed]);
}

export function LinkPage() {
  const { hash } = useLocation();
  const navigate = useNavigate();
  const session = useSession((state) => state.session);
  return (
    <LinkScreen
      token={hash}
      onSignedIn={(entered) => void navigate({ to: homeFor(entered.user.roles), replace: true })}
      onSignIn={() => void navigate({ to: session ? '/' : '/sign-in' })}
    />
  );
}
