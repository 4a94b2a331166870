import { Button, Group, Modal, Stack, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import { publishGuidelines } from '../../../shared/contract/studies.ts';
import type { StudyId } from '../../../shared/schema/ids.ts';
import { callServer } from '../../data/server-call.ts';
import { FailureNote } from '../../ui/failure-note.tsx';
import { Markdown } from '../../ui/markdown.tsx';
import { useFocusBack } from '../../ui/use-focus-back.ts';
import classes from './studies.module.css';

type Props = {
  studyId: StudyId;
  newest: { version: number; markdown: string } | null;
  onClose: () => void;
};

const maxLength = 200_000;

/** Writes the next version of the guidelines beside what physicians will see of it. */
export function GuidelinesDialog({ studyId, newest, onClose }: Props) {
  useFocusBack();
  const [text, setText] = useState(newest?.markdown ?? '');
  const shown = useDeferredValue(text);
  const client = useQueryClient();
  const publish = useMutation({
    mutationFn: () => callServer(publishGuidelines, { params: { studyId }, body: { markdown: text } }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['studies'] });
      onClose();
    },
  });
  const version = (newest?.version ?? 0) + 1;
  const ready = text.trim() !== '' && text !== newest?.markdown;
  return (
    <Modal
      opened
      onClose={onClose}
      // A click beside the dialog would throw a long text away.
      closeOnClickOutside={text === (newest?.markdown ?? '')}
      title={`Guidelines, version ${version}`}
      size={1120}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Stack gap="md">
        <div className={classes.editor}>
          <Textarea
            autoComplete="off"
            label="Text, in Markdown"
            data-autofocus
            maxLength={maxLength}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            classNames={{
              root: classes.write ?? '',
              wrapper: classes.fill ?? '',
              input: classes.source ?? '',
            }}
          />
          <div className={classes.write}>
            <p className={classes.label}>What physicians see</p>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: scrolled with the keyboard, so it must take the focus */}
            <section className={classes.preview} aria-label="What physicians see" tabIndex={0}>
              <Markdown source={shown} size="small" />
            </section>
          </div>
        </div>
        {publish.error ? <FailureNote error={publish.error} safe="Your text is still here." /> : null}
        <div className={classes.foot}>
          <p>
            Every batch that is not locked moves to version {version}. What was judged before keeps the
            version it was judged by.
          </p>
          <Group gap="xs" wrap="nowrap">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button disabled={!ready} loading={publish.isPending} onClick={() => publish.mutate()}>
              Publish version {version}
            </Button>
          </Group>
        </div>
      </Stack>
    </Modal>
  );
}
