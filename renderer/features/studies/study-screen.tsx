import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Batch } from '../../../shared/contract/batches.ts';
import type { Study } from '../../../shared/contract/studies.ts';
import type { StudyId } from '../../../shared/schema/ids.ts';
import { batchesQuery, studyQuery } from '../../data/server-queries.ts';
import { countText } from '../../ui/dates.ts';
import { Figure, FigureRow } from '../../ui/figure.tsx';
import { Card, Page } from '../../ui/page.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { BatchTable } from './batch-table.tsx';
import { GuidelinesCard } from './guidelines-card.tsx';
import { KnownAnswersCard } from './known-answers-card.tsx';
import { type NextStep, nextStep } from './next-step.ts';
import { RubricOutline } from './rubric-outline.tsx';
import classes from './studies.module.css';

function StepButton({ step, studyId }: { step: NextStep; studyId: StudyId }) {
  if (step.kind === 'done') return null;
  if (step.kind === 'import')
    return (
      <Button renderRoot={(props) => <Link to="/studies/$studyId/import" params={{ studyId }} {...props} />}>
        Import a file
      </Button>
    );
  if (step.kind === 'new-batch')
    return (
      <Button
        renderRoot={(props) => <Link to="/studies/$studyId/new-batch" params={{ studyId }} {...props} />}
      >
        New batch
      </Button>
    );
  const { batch, kind } = step;
  return (
    <Button renderRoot={(props) => <Link to="/batches/$batchId" params={{ batchId: batch.id }} {...props} />}>
      {kind === 'assign' ? 'Choose physicians' : 'See progress'}
    </Button>
  );
}

function Home({ study, batches }: { study: Study; batches: Batch[] }) {
  const step = nextStep(study, batches);
  return (
    <>
      <section className={classes.next} aria-label="Next step">
        <p>
          <b>Next</b>
          {step.text}
        </p>
        <StepButton step={step} studyId={study.id} />
      </section>
      <Card>
        <FigureRow>
          <Figure label="Cases" value={countText(study.cases)} />
          <Figure label="Comparisons" value={countText(study.comparisons)} />
          <Figure label="Known answers" value={countText(study.known)} />
          <Figure label="Assigned" value={countText(study.assigned)} />
          <Figure label="Submitted" value={countText(study.submitted)} />
        </FigureRow>
      </Card>
      <Card title="Batches" padding="none">
        <BatchTable batches={batches} />
      </Card>
      <div className={classes.split}>
        <GuidelinesCard study={study} />
        <KnownAnswersCard
          // Begins anew with what the server has, should somebody else change it meanwhile.
          key={JSON.stringify(study.settings)}
          study={study}
        />
        <Card title={`Rubric, version ${study.rubric.version}`} note={study.rubric.definition.name}>
          <RubricOutline rubric={study.rubric.definition} />
        </Card>
        <Card title="Specialties" note="Comparisons of each.">
          {study.specialties.length === 0 ? (
            <p>The cases name no specialty.</p>
          ) : (
            <ul className={classes.specialties}>
              {study.specialties.map((specialty) => (
                <li key={specialty.name}>
                  <span>{specialty.name}</span>
                  <span>{countText(specialty.comparisons)}</span>
                </li>
              ))}
            </ul>
          )}
        </Card>
      </div>
    </>
  );
}

/** A study's home: what to do next, its counts, its batches. */
export function StudyScreen({ studyId }: { studyId: StudyId }) {
  const study = useQuery(studyQuery(studyId));
  const batches = useQuery(batchesQuery(studyId));
  return (
    <Page
      title={study.data?.name ?? 'Study'}
      back={<Link to="/studies">‹ Studies</Link>}
      actions={
        <>
          <Button
            variant="default"
            renderRoot={(props) => <Link to="/studies/$studyId/import" params={{ studyId }} {...props} />}
          >
            Import
          </Button>
          <Button
            variant="default"
            renderRoot={(props) => <Link to="/studies/$studyId/new-batch" params={{ studyId }} {...props} />}
          >
            New batch
          </Button>
        </>
      }
    >
      <QueryView query={study} lines={6}>
        {(found) => (
          <QueryView query={batches} lines={6}>
            {(list) => <Home study={found} batches={list} />}
          </QueryView>
        )}
      </QueryView>
    </Page>
  );
}
