import { Button, Group, Modal, Stack } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type Batch, lockBatch } from '../../../shared/contract/batches.ts';
import { callServer } from '../../data/server-call.ts';
import { FailureNote } from '../../ui/failure-note.tsx';
import { lockConsequence } from './consequence.ts';

/** Locks a batch or opens it again, once the consequence was read. */
export function LockControl({ batch }: { batch: Batch }) {
  const [asking, setAsking] = useState(false);
  const isLocked = batch.lockedAt !== null;
  const client = useQueryClient();
  const turn = useMutation({
    mutationFn: () => callServer(lockBatch, { params: { batchId: batch.id }, body: { locked: !isLocked } }),
    onSuccess: async () => {
      await Promise.all(
        ['batches', 'studies', 'reviews'].map((noun) => client.invalidateQueries({ queryKey: [noun] })),
      );
      setAsking(false);
    },
  });
  const verb = isLocked ? 'Open batch' : 'Lock batch';
  return (
    <>
      <Button variant="default" onClick={() => setAsking(true)}>
        {verb}
      </Button>
      <Modal
        opened={asking}
        onClose={() => setAsking(false)}
        title={isLocked ? `Open "${batch.name}" again?` : `Lock "${batch.name}"?`}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <Stack gap="md">
          <p>{lockConsequence(batch)}</p>
          {turn.error ? <FailureNote error={turn.error} /> : null}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" data-autofocus onClick={() => setAsking(false)}>
              Leave as it is
            </Button>
            <Button loading={turn.isPending} onClick={() => turn.mutate()}>
              {verb}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
