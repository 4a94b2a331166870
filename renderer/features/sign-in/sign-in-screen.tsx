import { useEffect, useState } from 'react';
import { AppError } from '../../../shared/errors.ts';
import type { Session } from '../../data/types.ts';
import { platform } from '../../platform.ts';
import { LockedScreen } from './locked-screen.tsx';
import { PreviousPasswordForm } from './previous-password-form.tsx';
import { ServerForm } from './server-form.tsx';
import { type Credentials, SignInForm } from './sign-in-form.tsx';

type Props = {
  /** The address known from the server's session or the last sign-in. */
  email?: string;
  /** Why the person is asked: a sentence such as that of an ended session. */
  notice?: string | null;
  onSignedIn: (session: Session) => void;
};

type Step =
  | { kind: 'form' }
  | { kind: 'server' }
  | { kind: 'locked'; error: AppError }
  | { kind: 'previous'; credentials: Credentials };

const lockedCodes = new Set([
  'key-unavailable',
  'store-newer',
  'journal-unavailable',
  'already-open',
  'device-locked',
  'lease-over',
]);

/** Sign-in, or unlocking the work on this laptop where there is no network; one screen for both. */
export function SignInScreen({ email = '', notice = null, onSignedIn }: Props) {
  const [step, setStep] = useState<Step>({ kind: 'form' });
  const [server, setServer] = useState<string | null>(null);
  const [desktop, setDesktop] = useState(false);

  useEffect(() => {
    let gone = false;
    const ask = async () => {
      const [{ host }, { url }] = await Promise.all([platform().app.info(), platform().net.server()]);
      if (gone) return;
      setDesktop(host === 'electron');
      setServer(url);
      if (url === null && host === 'electron') setStep({ kind: 'server' });
    };
    // A host that cannot say where its server is still has the sign-in form.
    ask().catch(() => undefined);
    return () => {
      gone = true;
    };
  }, []);

  const onFailed = (error: unknown, credentials: Credentials): boolean => {
    if (!(error instanceof AppError)) return false;
    if (error.code === 'previous-password-needed') setStep({ kind: 'previous', credentials });
    else if (lockedCodes.has(error.code)) setStep({ kind: 'locked', error });
    else return false;
    return true;
  };
  const backToForm = () => setStep({ kind: 'form' });

  if (step.kind === 'server')
    return (
      <ServerForm
        current={server}
        onChosen={(url) => {
          setServer(url);
          backToForm();
        }}
        onCancel={server === null ? null : backToForm}
      />
    );
  if (step.kind === 'locked') return <LockedScreen error={step.error} onBack={backToForm} />;
  if (step.kind === 'previous')
    return (
      <PreviousPasswordForm credentials={step.credentials} onSignedIn={onSignedIn} onBack={backToForm} />
    );
  return (
    <SignInForm
      email={email}
      notice={notice}
      server={desktop ? server : null}
      onChangeServer={desktop ? () => setStep({ kind: 'server' }) : null}
      onSignedIn={onSignedIn}
      onFailed={onFailed}
    />
  );
}
