import { Button, Checkbox, NumberInput, Select, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { type Batch, type BatchKind, createBatch } from '../../../shared/contract/batches.ts';
import type { Study } from '../../../shared/contract/studies.ts';
import type { StudyId } from '../../../shared/schema/ids.ts';
import { callServer } from '../../data/server-call.ts';
import { batchesQuery, studyQuery } from '../../data/server-queries.ts';
import { countText } from '../../ui/dates.ts';
import { FailureNote } from '../../ui/failure-note.tsx';
import { FieldStack } from '../../ui/field.tsx';
import { Card, Page } from '../../ui/page.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import classes from './batches.module.css';
import { batchConsequence, practiceConsequence } from './consequence.ts';

const orders = [
  { value: 'import', label: 'As imported' },
  { value: 'random', label: 'At random' },
] as const;

const kinds = [
  { value: 'work', label: 'Work' },
  { value: 'practice', label: 'Practice' },
] as const satisfies readonly { value: BatchKind; label: string }[];

type Order = (typeof orders)[number]['value'];

/** Upper bound of what is left for a batch; unknown for one specialty, whose share of earlier batches is not told. */
function availableFor(study: Study, batches: readonly Batch[], specialty: string | null): number | null {
  const free = Math.max(0, study.comparisons - batches.reduce((sum, batch) => sum + batch.comparisons, 0));
  if (specialty === null) return free;
  const own = study.specialties.find((entry) => entry.name === specialty)?.comparisons ?? 0;
  const taken = batches
    .filter((batch) => batch.specialty === specialty)
    .reduce((sum, batch) => sum + batch.comparisons, 0);
  return Math.min(free, Math.max(0, own - taken));
}

/** While a field is empty nothing is chosen. */
const countOf = (typed: number | string): number => (typeof typed === 'number' ? typed : 0);

function suggestedName(study: Study, batches: readonly Batch[]): string {
  const names = new Set(batches.map((batch) => batch.name));
  for (let n = batches.length + 1; ; n++) if (!names.has(`${study.name} ${n}`)) return `${study.name} ${n}`;
}

function BatchForm({ study, batches }: { study: Study; batches: readonly Batch[] }) {
  const [name, setName] = useState(() => suggestedName(study, batches));
  const [typedSize, setTypedSize] = useState<number | string>(40);
  const [specialty, setSpecialty] = useState<string | null>(null);
  const [kind, setKind] = useState<BatchKind>('work');
  const [order, setOrder] = useState<Order>('import');
  const [onePerCase, setOnePerCase] = useState(false);
  const [typedOverlap, setTypedOverlap] = useState<number | string>(1);
  const [deadline, setDeadline] = useState('');
  const size = countOf(typedSize);
  const overlap = countOf(typedOverlap);
  const client = useQueryClient();
  const navigate = useNavigate();
  const create = useMutation({
    mutationFn: () =>
      callServer(createBatch, {
        params: { studyId: study.id },
        body: {
          name: name.trim(),
          kind,
          size,
          order,
          onePerCase,
          overlap,
          ...(specialty === null ? {} : { specialty }),
          ...(deadline === '' ? {} : { deadline }),
        },
      }),
    onSuccess: async ({ batch }) => {
      await Promise.all([
        client.invalidateQueries({ queryKey: ['batches'] }),
        client.invalidateQueries({ queryKey: ['studies'] }),
      ]);
      await navigate({ to: '/batches/$batchId', params: { batchId: batch.id } });
    },
  });
  const isPractice = kind === 'practice';
  // How many of the known ones are in batches already is not told; the server says when none is left.
  const available = isPractice ? study.known : availableFor(study, batches, specialty);
  const ready = name.trim() !== '' && size > 0 && overlap > 0 && available !== 0;
  const consequence =
    size === 0 || overlap === 0
      ? 'Fill in how many.'
      : isPractice
        ? practiceConsequence({ size, known: study.known })
        : batchConsequence({ size, overlap, available });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (ready) create.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Card>
        <FieldStack>
          <div>
            <p className={classes.label}>What it is for</p>
            <div className={classes.short}>
              <Segmented label="What it is for" options={kinds} value={kind} onChange={setKind} />
            </div>
            {/* Said for both, so that nothing below moves with the choice. */}
            <p className={classes.kindNote}>
              {isPractice
                ? 'Physicians are told after each case what experts said. Its annotations are no data.'
                : 'Annotations of this batch are the data of the study.'}
            </p>
          </div>
          <TextInput
            label="Name"
            description="Physicians see it in their queue."
            required
            maxLength={100}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <div className={classes.pairOfFields}>
            <NumberInput
              label="Comparisons"
              description={
                isPractice
                  ? `${countText(study.known)} have a known answer.`
                  : available === null
                    ? 'How many at most.'
                    : `Up to ${countText(available)} are in no batch yet.`
              }
              min={1}
              max={100_000}
              allowDecimal={false}
              thousandSeparator
              value={typedSize}
              onChange={setTypedSize}
            />
            <NumberInput
              label="Overlap"
              description={isPractice ? 'Everybody gets all of it.' : 'Physicians who see each comparison.'}
              disabled={isPractice}
              min={1}
              max={50}
              allowDecimal={false}
              value={typedOverlap}
              onChange={setTypedOverlap}
            />
          </div>
          <div className={classes.pairOfFields}>
            <Select
              label="Specialty"
              placeholder="All specialties"
              clearable
              data={study.specialties.map((entry) => ({
                value: entry.name,
                label: `${entry.name} (${countText(entry.comparisons)})`,
              }))}
              value={specialty}
              onChange={setSpecialty}
            />
            <TextInput
              type="date"
              label="Deadline"
              value={deadline}
              onChange={(event) => setDeadline(event.currentTarget.value)}
            />
          </div>
          <div>
            <p className={classes.label}>Which are taken first</p>
            <div className={classes.short}>
              <Segmented label="Which are taken first" options={orders} value={order} onChange={setOrder} />
            </div>
          </div>
          <Checkbox
            label="At most one comparison of each case"
            description="No physician meets the same patient twice in this batch."
            checked={onePerCase}
            onChange={(event) => setOnePerCase(event.currentTarget.checked)}
          />
          {create.error ? <FailureNote error={create.error} safe="Your choices are still here." /> : null}
          <div className={classes.foot}>
            <p className={classes.consequence} role="status">
              {consequence}
            </p>
            <Button type="submit" disabled={!ready} loading={create.isPending}>
              Create batch
            </Button>
          </div>
        </FieldStack>
      </Card>
    </form>
  );
}

/** Puts comparisons that are in no batch yet into a new one. */
export function NewBatchScreen({ studyId }: { studyId: StudyId }) {
  const study = useQuery(studyQuery(studyId));
  const batches = useQuery(batchesQuery(studyId));
  return (
    <Page
      title="New batch"
      subtitle={study.data ? `From ${study.data.name}, rubric version ${study.data.rubric.version}.` : ''}
      back={
        <Link to="/studies/$studyId" params={{ studyId }}>
          ‹ {study.data?.name ?? 'Study'}
        </Link>
      }
      width="reading"
    >
      <QueryView query={study} lines={6}>
        {(found) => (
          <QueryView query={batches}>{(list) => <BatchForm study={found} batches={list} />}</QueryView>
        )}
      </QueryView>
    </Page>
  );
}
