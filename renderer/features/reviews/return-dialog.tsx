import { Button, Group, Modal, Stack, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { type ArrivedAnnotation, returnAnnotation } from '../../../shared/contract/reviews.ts';
import type { BatchId, ComparisonId } from '../../../shared/schema/ids.ts';
import { callServer } from '../../data/server-call.ts';
import { FailureNote } from '../../ui/failure-note.tsx';
import { useFocusBack } from '../../ui/use-focus-back.ts';

type Props = {
  place: { batchId: BatchId; comparisonId: ComparisonId };
  annotation: ArrivedAnnotation;
  onClose: () => void;
};

/** Gives a submission back with a comment. Neither side learns who the other is. */
export function ReturnDialog({ place, annotation, onClose }: Props) {
  useFocusBack();
  const [comment, setComment] = useState('');
  const client = useQueryClient();
  const give = useMutation({
    mutationFn: () =>
      callServer(returnAnnotation, {
        params: place,
        body: { revisionId: annotation.revisionId, comment: comment.trim() },
      }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['reviews'] });
      onClose();
    },
  });
  const isReady = comment.trim() !== '';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isReady) give.mutate();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      closeOnClickOutside={!isReady}
      title={`Return to the physician: ${annotation.rater}`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form onSubmit={submit}>
        <Stack gap="md">
          <Textarea
            autoComplete="off"
            label="What is to be looked at again"
            description="The physician reads this above the case, without your name."
            data-autofocus
            required
            autosize
            minRows={4}
            maxRows={10}
            maxLength={2000}
            value={comment}
            onChange={(event) => setComment(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit(event);
            }}
          />
          <p>What was submitted stays in force until the physician submits again.</p>
          {give.error ? <FailureNote error={give.error} safe="Your comment is still here." /> : null}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button
              type="submit"
              disabled={!isReady}
              loading={give.isPending}
              aria-keyshortcuts="Control+Enter"
            >
              Return
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
