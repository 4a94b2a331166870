import { Autocomplete, Button, Loader } from '@mantine/core';
import { Dropzone } from '@mantine/dropzone';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { StudyId } from '../../../shared/schema/ids.ts';
import { studyQuery } from '../../data/server-queries.ts';
import { countText } from '../../ui/dates.ts';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Card, Page } from '../../ui/page.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { counted } from '../../ui/work-words.ts';
import { type FirstRecord, readFirstRecord } from './first-record.ts';
import classes from './import.module.css';
import { ImportOutcome } from './import-outcome.tsx';
import { type PairsChoice, pairsExplained, pairsOfRecord, pairsRule } from './pairs-rule.ts';
import { RecordPreview } from './record-preview.tsx';
import { useImport } from './use-import.ts';

const sizeText = (bytes: number): string =>
  bytes < 1_000_000
    ? `${countText(Math.max(1, Math.round(bytes / 1000)))} kB`
    : `${(bytes / 1_000_000).toFixed(1)} MB`;

const pairsOptions = [
  { value: 'all', label: 'Every pair' },
  { value: 'adjacent', label: 'Neighbours' },
  { value: 'baseline', label: 'Against one model' },
] as const satisfies readonly { value: PairsChoice; label: string }[];

type Chosen = { file: File; first: FirstRecord };

/** Brings a file of prompts and responses into a study: choose, see, check, import. */
export function ImportScreen({ studyId }: { studyId: StudyId }) {
  const study = useQuery(studyQuery(studyId));
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [pairs, setPairs] = useState<PairsChoice>('all');
  const [baseline, setBaseline] = useState('');
  const { state, run, reset } = useImport();
  const rule = pairsRule(pairs, baseline);
  const busy = state.kind === 'running';

  const choose = async (files: File[]) => {
    const [file] = files;
    if (!file) return;
    reset();
    setChosen({ file, first: await readFirstRecord(file) });
  };
  const send = (dryRun: boolean, badLines: 'stop' | 'skip' = 'stop') => {
    if (chosen && rule !== null) void run({ studyId, file: chosen.file, pairs: rule, dryRun, badLines });
  };
  const change = (apply: () => void) => {
    apply();
    // A report of other choices would mislead.
    if (!busy) reset();
  };
  const fileText = chosen ? `${chosen.file.name}, ${sizeText(chosen.file.size)}` : '';
  const another = (
    <Button variant="default" size="xs" disabled={busy} onClick={() => change(() => setChosen(null))}>
      Choose another file
    </Button>
  );
  const models = chosen?.first.kind === 'record' ? chosen.first.models : [];

  return (
    <Page
      title="Import"
      subtitle={study.data ? `Into ${study.data.name}, which has ${counted(study.data.cases, 'case')}.` : ''}
      back={
        <Link to="/studies/$studyId" params={{ studyId }}>
          ‹ {study.data?.name ?? 'Study'}
        </Link>
      }
      width="wide"
    >
      {chosen === null ? (
        <Dropzone
          onDrop={(files) => void choose(files)}
          multiple={false}
          inputProps={{ 'aria-label': 'File to import' }}
        >
          <div className={classes.drop}>
            <b>Drop a file here, or click to choose one</b>
            <small>
              JSON Lines, plain or gzipped (.jsonl, .jsonl.gz): one clinical prompt with its responses on each
              line.
            </small>
          </div>
        </Dropzone>
      ) : (
        <>
          {chosen.first.kind === 'record' ? (
            <RecordPreview record={chosen.first.record} file={fileText} actions={another} />
          ) : (
            <Card title={fileText} actions={another}>
              <ErrorNote what={chosen.first.problem} next="Mend the file, or choose another one." />
            </Card>
          )}
          <Card title="Which pairs to make">
            <div className={classes.choices}>
              <Segmented
                label="Which pairs to make"
                options={pairsOptions}
                value={pairs}
                disabled={busy}
                onChange={(value) => change(() => setPairs(value))}
              />
              <p>
                {pairsExplained[pairs]}
                {models.length > 0 && rule !== null
                  ? ` The first record gives ${counted(pairsOfRecord(pairs, models, baseline), 'pair')}.`
                  : ''}
              </p>
              {pairs === 'baseline' ? (
                <Autocomplete
                  label="Model to compare the others with"
                  description="As it is written in the file; physicians and reviewers never see it."
                  data={models}
                  value={baseline}
                  disabled={busy}
                  onChange={(value) => change(() => setBaseline(value))}
                />
              ) : null}
            </div>
          </Card>
          <div className={classes.actions}>
            <Button
              variant={state.kind === 'checked' ? 'default' : 'filled'}
              disabled={busy || rule === null}
              onClick={() => send(true)}
            >
              Check first
            </Button>
            {busy ? (
              <span className={classes.running} role="status">
                <Loader size="xs" />
                {state.dryRun ? 'Checking' : 'Importing'}: {counted(state.lines, 'line')} read
              </span>
            ) : (
              <span className={classes.faint}>
                Checking reads the whole file at the server and changes nothing.
              </span>
            )}
          </div>
          <ImportOutcome
            state={state}
            studyId={studyId}
            onImport={(badLines) => send(false, badLines)}
            onAgain={() => change(() => setChosen(null))}
          />
        </>
      )}
    </Page>
  );
}
