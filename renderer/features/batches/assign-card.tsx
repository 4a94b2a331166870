import { Button, Checkbox } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { assignBatch, type Batch } from '../../../shared/contract/batches.ts';
import type { EndpointReply } from '../../../shared/contract/endpoint.ts';
import type { Person } from '../../../shared/contract/users.ts';
import type { UserId } from '../../../shared/schema/ids.ts';
import { callServer } from '../../data/server-call.ts';
import { peopleQuery } from '../../data/server-queries.ts';
import { DataTable } from '../../ui/data-table.tsx';
import { countText } from '../../ui/dates.ts';
import { FailureNote } from '../../ui/failure-note.tsx';
import { Card } from '../../ui/page.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { counted } from '../../ui/work-words.ts';
import classes from './batches.module.css';
import { assignConsequence, practiceAssignConsequence } from './consequence.ts';

const nameOf = (person: Person) => person.name || person.email;

/** Those who may be asked, the ones of the batch's specialty first, then those with the least on their desk. */
function candidates(people: readonly Person[], specialty: string | null): Person[] {
  const fits = (person: Person) => specialty !== null && person.specialties.includes(specialty);
  return people
    .filter((person) => person.status !== 'disabled')
    .sort(
      (one, other) => Number(fits(other)) - Number(fits(one)) || one.openAssignments - other.openAssignments,
    );
}

function PersonRow({ person, chosen, onToggle }: { person: Person; chosen: boolean; onToggle: () => void }) {
  return (
    <li className={classes.person}>
      <Checkbox
        checked={chosen}
        onChange={onToggle}
        label={`${nameOf(person)}${person.status === 'invited' ? ' (invited, not signed in yet)' : ''}`}
      />
      <span>{person.specialties.join(', ') || 'no specialty named'}</span>
      <span>
        {person.openAssignments === 0 ? 'nothing open' : counted(person.openAssignments, 'open case')}
      </span>
    </li>
  );
}

type Result = EndpointReply<typeof assignBatch>;

export function AssignResult({ result }: { result: Result }) {
  return (
    <Card
      title="Sent out"
      note={`${counted(result.assignments, 'annotation')} asked for. Their laptops download the batch at the next contact.`}
      padding="none"
    >
      <DataTable
        label="What each physician got"
        columns={[
          { key: 'name', header: 'Physician', cell: (row) => row.name },
          {
            key: 'count',
            header: 'New cases',
            align: 'end',
            width: '120px',
            cell: (row) => countText(row.assignments),
          },
        ]}
        rows={result.perPhysician}
        rowKey={(row) => row.userId}
      />
    </Card>
  );
}

/** Chooses who gets a batch; shown while there are annotations nobody was asked for. */
export function AssignCard({
  batch,
  open,
  onAssigned,
}: {
  batch: Batch;
  open: number;
  onAssigned: (result: Result) => void;
}) {
  const people = useQuery(peopleQuery('physician'));
  const [chosen, setChosen] = useState<ReadonlySet<UserId>>(new Set());
  const client = useQueryClient();
  const assign = useMutation({
    mutationFn: () =>
      callServer(
        assignBatch,
        { params: { batchId: batch.id }, body: { physicianIds: [...chosen] } },
        { timeoutMs: 120_000 },
      ),
    onSuccess: async (result) => {
      onAssigned(result);
      setChosen(new Set());
      await Promise.all(
        ['batches', 'studies', 'people'].map((noun) => client.invalidateQueries({ queryKey: [noun] })),
      );
    },
  });
  const toggle = (id: UserId) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  const isPractice = batch.kind === 'practice';
  const consequence = isPractice
    ? practiceAssignConsequence({ comparisons: batch.comparisons, physicians: chosen.size })
    : assignConsequence({ open, overlap: batch.overlap, physicians: chosen.size });
  return (
    <Card
      title="Choose physicians"
      note={
        isPractice
          ? 'Each of them gets every case, and is told after each one what experts said.'
          : `Each comparison goes to ${counted(batch.overlap, 'physician')}; left and right are balanced for each of them.`
      }
      padding="none"
    >
      <QueryView query={people}>
        {(list) => {
          const open = candidates(list, batch.specialty);
          if (open.length === 0)
            return (
              <p className={classes.assignFoot}>
                There is no physician yet. <Link to="/people">Invite one</Link>, then come back.
              </p>
            );
          return (
            <ul className={classes.people}>
              {open.map((person) => (
                <PersonRow
                  key={person.id}
                  person={person}
                  chosen={chosen.has(person.id)}
                  onToggle={() => toggle(person.id)}
                />
              ))}
            </ul>
          );
        }}
      </QueryView>
      <div className={classes.assignFoot}>
        {assign.error ? <FailureNote error={assign.error} safe="Your choice is still here." /> : null}
        <div className={classes.foot}>
          <p className={classes.consequence} role="status">
            {consequence.text}
          </p>
          <Button disabled={!consequence.possible} loading={assign.isPending} onClick={() => assign.mutate()}>
            Assign
          </Button>
        </div>
      </div>
    </Card>
  );
}
