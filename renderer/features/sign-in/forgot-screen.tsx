import { Anchor } from '@mantine/core';
import { saveSealedCopy } from '../../data/rescue.ts';
import { EmergencyCopy } from '../../ui/emergency-copy.tsx';
import classes from './gate-frame.module.css';
import { GateFrame } from './gate-frame.tsx';
import steps from './unlock-screen.module.css';

/** What to do without the password: a new one first, then the work under the old one. */
export function ForgotScreen({ email, onBack }: { email: string; onBack: () => void }) {
  return (
    <GateFrame
      title="I forgot my password"
      intro="Nothing is lost. The work on this laptop stays here, encrypted, until it can be opened again."
    >
      <div className={classes.form}>
        <ol className={steps.steps}>
          <li>Ask your administrator for a new sign-in link.</li>
          <li>Open the link on this laptop and choose a new password.</li>
          <li>
            When you are asked for the previous password, choose “I no longer know it”: your administrator can
            then give this laptop its key back.
          </li>
        </ol>
        {email === '' ? null : (
          <div className={steps.other}>
            <p>
              If it must be quick, or there is no network here: save the work of {email} in one encrypted
              file.
            </p>
            <EmergencyCopy onSave={() => saveSealedCopy(email)} />
          </div>
        )}
        <Anchor component="button" type="button" size="sm" className={classes.back} onClick={onBack}>
          Back to sign-in
        </Anchor>
      </div>
    </GateFrame>
  );
}
