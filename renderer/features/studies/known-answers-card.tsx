import { Button, Checkbox, NumberInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { changeStudySettings, type Study } from '../../../shared/contract/studies.ts';
import type { StudySettings } from '../../../shared/schema/expert-answer.ts';
import { callServer } from '../../data/server-call.ts';
import { FailureNote } from '../../ui/failure-note.tsx';
import { FieldStack } from '../../ui/field.tsx';
import { Card } from '../../ui/page.tsx';
import { counted } from '../../ui/work-words.ts';
import { isSameSettings, settingsConsequence } from './known-answers-words.ts';
import classes from './studies.module.css';

/** While a field is empty its last value stays. */
const within = (typed: number | string, max: number, before: number): number =>
  typeof typed === 'number' && typed >= 1 && typed <= max ? typed : before;

/** How the study uses its known answers: whether work asks for passed practice, and when known cases are told of. */
export function KnownAnswersCard({ study }: { study: Study }) {
  const [settings, setSettings] = useState<StudySettings>(study.settings);
  const [share, setShare] = useState<number | string>(
    Math.round(study.settings.qualification.passShare * 100),
  );
  const [every, setEvery] = useState<number | string>(study.settings.calibrationEvery ?? 10);
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: () => callServer(changeStudySettings, { params: { studyId: study.id }, body: settings }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['studies'] }),
  });
  const { qualification, calibrationEvery } = settings;
  const qualify = (over: Partial<StudySettings['qualification']>) =>
    setSettings({ ...settings, qualification: { ...qualification, ...over } });
  const isSame = isSameSettings(settings, study.settings);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isSame) change.mutate();
  };
  return (
    <Card
      title="Known answers"
      note={
        study.known === 0
          ? 'No comparison has one. They come with the import, in the field "expert".'
          : `${counted(study.known, 'comparison')} with an answer from experts. No physician sees it before submitting.`
      }
    >
      <form onSubmit={submit}>
        <FieldStack>
          <div className={classes.setting}>
            <Checkbox
              label="Work opens after practice is passed"
              checked={qualification.required}
              onChange={(event) => qualify({ required: event.currentTarget.checked })}
            />
            <NumberInput
              aria-label="Share of preferences that must agree, in percent"
              suffix=" %"
              min={1}
              max={100}
              allowDecimal={false}
              value={share}
              onChange={(typed) => {
                setShare(typed);
                qualify({ passShare: within(typed, 100, qualification.passShare * 100) / 100 });
              }}
            />
          </div>
          <div className={classes.setting}>
            <Checkbox
              label="Tell of known cases among the work, after every"
              checked={calibrationEvery !== null}
              onChange={(event) =>
                setSettings({
                  ...settings,
                  calibrationEvery: event.currentTarget.checked ? within(every, 1000, 10) : null,
                })
              }
            />
            <NumberInput
              aria-label="Known cases told of together"
              min={1}
              max={1000}
              allowDecimal={false}
              disabled={calibrationEvery === null}
              value={every}
              onChange={(typed) => {
                setEvery(typed);
                if (calibrationEvery !== null)
                  setSettings({ ...settings, calibrationEvery: within(typed, 1000, calibrationEvery) });
              }}
            />
          </div>
          {change.error ? <FailureNote error={change.error} safe="Your choices are still here." /> : null}
          <div className={classes.foot}>
            <p role="status">{settingsConsequence(settings)}</p>
            <Button type="submit" variant="default" disabled={isSame} loading={change.isPending}>
              Save
            </Button>
          </div>
        </FieldStack>
      </form>
    </Card>
  );
}
