import { Button, Group, PasswordInput } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import { failureSentence } from './failure-note.tsx';
import classes from './password-form.module.css';

type Props = {
  /** Told to password managers alone. */
  email: string;
  children: ReactNode;
  confirm: string;
  cancel: string;
  onCancel: () => void;
  /** Rejects with an error whose sentence is shown beside the password; the form can then be sent again. */
  onConfirm: (password: string) => Promise<void>;
};

/** Something of consequence, done only by who knows the password. */
export function PasswordForm({ email, children, confirm, cancel, onCancel, onConfirm }: Props) {
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const send = async () => {
    setBusy(true);
    setFailure(null);
    try {
      await onConfirm(password);
    } catch (error) {
      setFailure(failureSentence(error));
      setBusy(false);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (password !== '' && !busy) void send(); // never rejects
  };
  return (
    <form className={classes.form} onSubmit={submit} noValidate>
      {children}
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
        <Button variant="default" onClick={onCancel}>
          {cancel}
        </Button>
        <Button type="submit" disabled={password === '' || busy}>
          {confirm}
        </Button>
      </Group>
    </form>
  );
}
