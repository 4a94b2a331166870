import { Button } from '@mantine/core';
import { useState } from 'react';
import classes from './emergency-copy.module.css';
import { FailureNote } from './failure-note.tsx';

type Props = {
  /** Saves the copy; null when the person chose no place. */
  onSave: () => Promise<string | null>;
  variant?: 'default' | 'filled';
};

type Outcome = { savedAs: string } | { error: unknown } | null;

/** One click, and then in plain words what the file is, where it lies and whom to give it to. */
export function EmergencyCopy({ onSave, variant = 'default' }: Props) {
  const [busy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<Outcome>(null);
  const save = async () => {
    setBusy(true);
    try {
      const savedAs = await onSave();
      setOutcome(savedAs === null ? null : { savedAs });
    } catch (error) {
      setOutcome({ error });
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className={classes.copy}>
      <Button variant={variant} disabled={busy} onClick={() => void save()}>
        Save an emergency copy
      </Button>
      <div role="status" className={classes.outcome}>
        {busy ? <p>Gathering and encrypting your work…</p> : null}
        {!busy && outcome && 'savedAs' in outcome ? <Saved as={outcome.savedAs} /> : null}
      </div>
      {!busy && outcome && 'error' in outcome ? (
        <FailureNote error={outcome.error} safe="Everything on this laptop is as it was." />
      ) : null}
    </div>
  );
}

function Saved({ as }: { as: string }) {
  return (
    <>
      <p className={classes.where}>
        Saved as <b>{as}</b>.
      </p>
      <ul className={classes.facts}>
        <li>
          It holds all your work on this laptop, encrypted. Only the people who run your site can open it.
        </li>
        <li>Give it to your administrator: on a stick, or by mail. Nobody on the way can read it.</li>
        <li>Keep it until they tell you that it has arrived. Your work stays on this laptop as well.</li>
      </ul>
    </>
  );
}
