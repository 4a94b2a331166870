import { useQueryClient } from '@tanstack/react-query';
import { errorTable } from '../../shared/errors.ts';
import type { Session } from '../data/types.ts';
import { SignInAgain } from '../features/sign-in/sign-in-again.tsx';
import { syncNow } from './background-sync.ts';
import { useGate } from './gate.ts';
import classes from './shell.module.css';

/** Above a desk page whose session ended while local work is open: one password, and the page goes on. */
export function AskAgain({ session }: { session: Session }) {
  const asked = useGate((gate) => gate.askAgain);
  const cache = useQueryClient();
  if (!asked) return null;
  const onDone = () => {
    useGate.setState({ askAgain: false });
    void cache.invalidateQueries();
    void syncNow();
  };
  return (
    <div role="alert" className={classes.ask}>
      <p>{errorTable['session-expired'][1]}</p>
      <SignInAgain email={session.user.email} onDone={onDone} />
    </div>
  );
}
