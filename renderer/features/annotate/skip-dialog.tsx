import { Button, Modal, Radio, Stack, Textarea } from '@mantine/core';
import { useLayoutEffect, useRef, useState } from 'react';
import { type SkipReason, skipReasons } from '../../../shared/schema/annotation.ts';
import { Key } from '../../ui/key.tsx';
import type { AnnotateSession } from './annotate-session.ts';
import { skipLabels } from './answer-labels.ts';
import classes from './skip-dialog.module.css';

type Props = {
  session: AnnotateSession;
  opened: boolean;
  onClose: () => void;
  onSkip: (reason: SkipReason, note: string) => void;
};

/** Asks why a case is skipped; a digit chooses, Ctrl+Enter skips. Nothing rated so far is lost. */
export function SkipDialog({ session, opened, onClose, onSkip }: Props) {
  return (
    <Modal opened={opened} onClose={onClose} title="Skip this case" size="md">
      {opened ? <SkipForm session={session} onClose={onClose} onSkip={onSkip} /> : null}
    </Modal>
  );
}

const notePlace = 'skip';

function SkipForm({ session, onClose, onSkip }: Omit<Props, 'opened'>) {
  // The dialog is over this case until it closes.
  const [one] = useState(() => session.store.getState().current);
  const [reason, setReason] = useState<SkipReason | null>(null);
  const [note, setNote] = useState(() => one?.unfinishedNote(notePlace) ?? '');
  const needsNote = reason === 'other' && note.trim() === '';
  const ready = reason !== null && !needsNote;
  const skip = () => {
    if (reason === null || !ready) return;
    onSkip(reason, note.trim());
    one?.keepUnfinishedNote(notePlace, '');
  };
  useKeysAtOnce((event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      skip();
    } else if (/^[1-5]$/.test(event.key) && !(event.target instanceof HTMLTextAreaElement)) {
      event.preventDefault();
      setReason(skipReasons[Number(event.key) - 1] ?? null);
    }
  });
  return (
    <div>
      <p className={classes.text}>
        What you answered so far is kept. You can come back to it until the batch is locked.
      </p>
      <Radio.Group
        label="Reason"
        labelProps={{ className: 'visually-hidden' }}
        value={reason}
        onChange={(value) => setReason(value as SkipReason)}
      >
        <Stack gap={6}>
          {skipReasons.map((known, index) => (
            <div key={known} className={classes.reason}>
              <Radio
                value={known}
                label={skipLabels[known]}
                {...(index === 0 ? { 'data-autofocus': true } : {})}
              />
              <Key keys={String(index + 1)} />
            </div>
          ))}
        </Stack>
      </Radio.Group>
      <Textarea
        autoComplete="off"
        mt="md"
        label="Note"
        description={reason === 'other' ? 'Say why, in a few words.' : 'If it helps your lead.'}
        autosize
        minRows={2}
        maxRows={6}
        maxLength={20_000}
        value={note}
        onChange={(event) => {
          setNote(event.currentTarget.value);
          one?.keepUnfinishedNote(notePlace, event.currentTarget.value);
        }}
      />
      <div className={classes.actions}>
        <Button variant="default" onClick={onClose}>
          Stay on this case
        </Button>
        <Button onClick={skip} disabled={!ready} rightSection={<Key keys="mod+enter" onAccent={ready} />}>
          Skip and next
        </Button>
      </div>
    </div>
  );
}

/** Keys from the moment the form is there: the dialog takes the focus a moment later, and a digit may come first. */
function useKeysAtOnce(onKeyDown: (event: KeyboardEvent) => void): void {
  const latest = useRef(onKeyDown);
  useLayoutEffect(() => {
    latest.current = onKeyDown;
  });
  useLayoutEffect(() => {
    const listen = (event: KeyboardEvent) => latest.current(event);
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);
}
