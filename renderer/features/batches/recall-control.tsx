import { Button, Checkbox, Group, Modal, Select, Stack, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type Batch, type batchProgress, recallAssignments } from '../../../shared/contract/batches.ts';
import type { EndpointReply } from '../../../shared/contract/endpoint.ts';
import type { UserId } from '../../../shared/schema/ids.ts';
import { callServer } from '../../data/server-call.ts';
import { peopleQuery } from '../../data/server-queries.ts';
import { FailureNote } from '../../ui/failure-note.tsx';
import { recallConsequence } from './consequence.ts';

type Row = EndpointReply<typeof batchProgress>['physicians'][number];
type Props = { batch: Batch; row: Row };

const untouchedOf = (row: Row) => row.assigned - row.drafts - row.submitted - row.skipped;

/** Takes back what one physician has not finished, or gives it to another one, once the consequence was read. */
export function RecallControl({ batch, row }: Props) {
  const [asking, setAsking] = useState(false);
  const isPossible = batch.lockedAt === null && untouchedOf(row) + row.drafts > 0;
  if (!isPossible) return null;
  return (
    <>
      <Button
        variant="default"
        size="compact-sm"
        aria-label={`Take back from ${row.name}`}
        onClick={() => setAsking(true)}
      >
        Take back…
      </Button>
      <Modal
        opened={asking}
        onClose={() => setAsking(false)}
        title={`Take back what ${row.name} has not finished?`}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <RecallForm batch={batch} row={row} onDone={() => setAsking(false)} />
      </Modal>
    </>
  );
}

function RecallForm({ batch, row, onDone }: Props & { onDone: () => void }) {
  const [heir, setHeir] = useState<UserId | null>(null);
  const [untouchedOnly, setUntouchedOnly] = useState(row.drafts > 0);
  const [reason, setReason] = useState('');
  const people = useHeirs(batch, row);
  const client = useQueryClient();
  const take = useMutation({
    mutationFn: () =>
      callServer(recallAssignments, {
        params: { batchId: batch.id },
        body: { fromId: row.userId, toId: heir, untouchedOnly, reason },
      }),
    onSuccess: async () => {
      await Promise.all(
        ['batches', 'studies', 'people'].map((noun) => client.invalidateQueries({ queryKey: [noun] })),
      );
      onDone();
    },
  });
  const to = people.find(({ value }) => value === heir)?.label ?? null;
  const choice = { untouched: untouchedOf(row), begun: row.drafts, untouchedOnly, from: row.name, to };
  const consequence = recallConsequence(choice);
  return (
    <Stack gap="md">
      {batch.kind === 'practice' ? null : (
        <Select
          label="Give it to"
          placeholder="Nobody yet"
          clearable
          data={people}
          value={heir}
          onChange={(value) => setHeir(people.find((one) => one.value === value)?.value ?? null)}
        />
      )}
      <Checkbox
        label="Only what is untouched; what was begun stays"
        checked={untouchedOnly}
        onChange={(event) => setUntouchedOnly(event.currentTarget.checked)}
      />
      <TextInput
        label={`Why, for ${row.name} to read (may be empty)`}
        maxLength={300}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <p role="status">{consequence ?? `Everything ${row.name} has left was begun.`}</p>
      {take.error ? <FailureNote error={take.error} safe="Nothing was changed." /> : null}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" data-autofocus onClick={onDone}>
          Leave as it is
        </Button>
        <Button disabled={consequence === null} loading={take.isPending} onClick={() => take.mutate()}>
          {heir === null ? 'Take back' : 'Take back and give'}
        </Button>
      </Group>
    </Stack>
  );
}

/** Everybody else who can be given work; those with the least on their desk first. */
function useHeirs(batch: Batch, row: Row): { value: UserId; label: string }[] {
  const { data = [] } = useQuery(peopleQuery('physician'));
  const fits = (specialties: readonly string[]) =>
    batch.specialty !== null && specialties.includes(batch.specialty);
  return data
    .filter((person) => person.status !== 'disabled' && person.id !== row.userId)
    .sort(
      (one, other) =>
        Number(fits(other.specialties)) - Number(fits(one.specialties)) ||
        one.openAssignments - other.openAssignments,
    )
    .map((person) => ({ value: person.id, label: person.name || person.email }));
}
