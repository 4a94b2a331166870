import { useEffect, useState } from 'react';
import { AppError } from '../../../shared/errors.ts';
import type { Session } from '../../data/types.ts';
import { platform } from '../../platform.ts';
import { ForgotScreen } from './forgot-screen.tsx';
import { isLockedCode, LockedScreen } from './locked-screen.tsx';
import { PreviousPasswordForm } from './previous-password-form.tsx';
import { ServerForm } from './server-form.tsx';
import { type Credentials, SignInForm } from './sign-in-form.tsx';
import { UnlockScreen } from './unlock-screen.tsx';

type Props = {
  /** The address known from the server's session or the last sign-in. */
  email?: string;
  /** Why the person is asked: a sentence such as that of an ended session. */
  notice?: string | null;
  onSignedIn: (session: Session) => void;
};

type Step =
  | { kind: 'form'; email: string }
  | { kind: 'server' }
  | { kind: 'locked'; error: AppError; credentials: Credentials }
  | { kind: 'previous'; credentials: Credentials }
  | { kind: 'unlock'; credentials: Credentials }
  | { kind: 'forgot'; email: string };

/** Sign-in, or unlocking the work on this laptop where there is no network; one screen for both. */
export function SignInScreen({ email = '', notice = null, onSignedIn }: Props) {
  const [step, setStep] = useState<Step>({ kind: 'form', email });
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
    else if (isLockedCode(error.code)) setStep({ kind: 'locked', error, credentials });
    else return false;
    return true;
  };
  // Nobody types an address twice because something stood in the way.
  const backToForm = (typed = email) => setStep({ kind: 'form', email: typed });

  if (step.kind === 'server')
    return (
      <ServerForm
        current={server}
        onChosen={(url) => {
          setServer(url);
          backToForm();
        }}
        onCancel={server === null ? null : () => backToForm()}
      />
    );
  if (step.kind === 'forgot')
    return <ForgotScreen email={step.email} onBack={() => backToForm(step.email)} />;
  if (step.kind === 'unlock')
    return (
      <UnlockScreen
        credentials={step.credentials}
        onSignedIn={onSignedIn}
        onBack={() => backToForm(step.credentials.email)}
      />
    );
  if (step.kind === 'locked') {
    const { error, credentials } = step;
    const toAnswer = () => setStep({ kind: 'unlock', credentials });
    return (
      <LockedScreen
        error={error}
        email={credentials.email}
        onBack={() => backToForm(credentials.email)}
        onAnswer={toAnswer}
      />
    );
  }
  if (step.kind === 'previous')
    return (
      <PreviousPasswordForm
        credentials={step.credentials}
        onSignedIn={onSignedIn}
        onBack={() => backToForm(step.credentials.email)}
      />
    );
  return (
    <SignInForm
      email={step.email}
      notice={notice}
      server={desktop ? server : null}
      onChangeServer={desktop ? () => setStep({ kind: 'server' }) : null}
      onSignedIn={onSignedIn}
      onFailed={onFailed}
      onForgot={(typed) => setStep({ kind: 'forgot', email: typed })}
    />
  );
}
