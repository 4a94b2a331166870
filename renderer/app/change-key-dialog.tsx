import { Button, Group, Modal, PasswordInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { changeLaptopKey } from '../data/laptop-key.ts';
import { failureSentence } from '../ui/failure-note.tsx';
import classes from './shell.module.css';

type Props = { email: string; onClose: () => void };

/** A new key for this laptop's work, by the password. */
export function ChangeKeyDialog({ email, onClose }: Props) {
  const [done, setDone] = useState(false);
  return (
    <Modal opened onClose={onClose} title="Change the key of this laptop">
      {done ? (
        <div className={classes.changeKey}>
          <p role="status">This laptop has a new key. Everything here is being moved to it.</p>
          <Group justify="flex-end" gap="xs">
            <Button data-autofocus onClick={onClose}>
              Done
            </Button>
          </Group>
        </div>
      ) : (
        <ChangeKeyForm email={email} onClose={onClose} onDone={() => setDone(true)} />
      )}
    </Modal>
  );
}

function ChangeKeyForm({ email, onClose, onDone }: Props & { onDone: () => void }) {
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const change = async () => {
    setBusy(true);
    setFailure(null);
    try {
      await changeLaptopKey(password);
      onDone();
    } catch (error) {
      setFailure(failureSentence(error));
      setBusy(false);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (password !== '' && !busy) void change();
  };
  return (
    <form className={classes.changeKey} onSubmit={submit}>
      <p>
        Do this when somebody may have copied this disk. From then on the copy opens nothing that you write.
        Your password stays the same; change it as well when somebody may know it.
      </p>
      <input type="hidden" autoComplete="username" value={email} readOnly />
      <PasswordInput
        label="Your password"
        autoComplete="current-password"
        data-autofocus
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
        error={failure ?? undefined}
      />
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>
          Leave it
        </Button>
        <Button type="submit" disabled={password === '' || busy}>
          Change the key
        </Button>
      </Group>
    </form>
  );
}
