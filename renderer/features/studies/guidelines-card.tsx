import { Button } from '@mantine/core';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { readGuidelines, type Study } from '../../../shared/contract/studies.ts';
import type { StudyId } from '../../../shared/schema/ids.ts';
import { callServer } from '../../data/server-call.ts';
import { Markdown } from '../../ui/markdown.tsx';
import { Card } from '../../ui/page.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { GuidelinesDialog } from './guidelines-dialog.tsx';
import classes from './studies.module.css';

const guidelinesQuery = (studyId: StudyId) =>
  queryOptions({
    queryKey: ['studies', studyId, 'guidelines'],
    queryFn: async () => (await callServer(readGuidelines, { params: { studyId } })).guidelines,
  });

/** The newest guidelines to read, and the way to a new version. */
export function GuidelinesCard({ study }: { study: Study }) {
  const guidelines = useQuery(guidelinesQuery(study.id));
  const [writing, setWriting] = useState(false);
  const newest = guidelines.data;
  return (
    <Card
      title={newest ? `Guidelines, version ${newest.version}` : 'Guidelines'}
      note="Physicians open them with one key; a new version is shown to them as new."
      actions={
        <Button
          variant="default"
          size="compact-sm"
          disabled={newest === undefined}
          onClick={() => setWriting(true)}
        >
          {newest ? 'New version' : 'Write guidelines'}
        </Button>
      }
    >
      <QueryView query={guidelines} lines={4}>
        {(found) =>
          found ? (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: scrolled with the keyboard, so it must take the focus
            <section className={classes.guidelines} aria-label="Text of the guidelines" tabIndex={0}>
              <Markdown source={found.markdown} size="small" />
            </section>
          ) : (
            <p>There are none yet. Physicians judge by the rubric alone.</p>
          )
        }
      </QueryView>
      {writing && newest !== undefined ? (
        <GuidelinesDialog studyId={study.id} newest={newest} onClose={() => setWriting(false)} />
      ) : null}
    </Card>
  );
}
