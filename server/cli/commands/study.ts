import type { Study } from '../../../shared/contract/studies.ts';
import { changeSettings, createStudy, listStudies } from '../../studies/domain.ts';
import { getStudy } from '../lookup.ts';
import { plural, table } from '../output.ts';
import type { Session } from '../session.ts';

export async function studyCreate({ context, output }: Session, { name }: { name: string }): Promise<void> {
  const study = await createStudy(context, { name });
  output.result({ study }, [`Made the study "${study.name}". Next: import FILE --study "${study.name}"`]);
}

export async function studyList({ context, output }: Session): Promise<void> {
  const studies = await listStudies(context);
  const rows = studies.map((study) => [
    study.name,
    study.cases,
    study.comparisons,
    study.batches,
    study.assigned,
    study.submitted,
  ]);
  const head = ['STUDY', 'CASES', 'COMPARISONS', 'BATCHES', 'ASSIGNED', 'SUBMITTED'];
  const none = ['There is no study yet. Make one with "study create --name NAME".'];
  output.result({ studies }, studies.length === 0 ? none : table(head, rows));
}

export type SettingsOptions = {
  study: string;
  qualification?: 'on' | 'off';
  passShare?: number;
  calibrationEvery?: number | 'off';
};

function settingsLines({ name, settings, known }: Study): string[] {
  const { qualification, calibrationEvery } = settings;
  const share = `${Number((qualification.passShare * 100).toFixed(1))} %`;
  return [
    `Study "${name}", ${plural(known, 'comparison')} with a known answer:`,
    `  qualification: ${qualification.required ? `real work opens after practice is passed with ${share} of the preferences` : `not asked for (practice is passed with ${share})`}`,
    `  calibration: ${calibrationEvery === null ? 'known cases among real work are never told of' : `experts' answers are told after every ${plural(calibrationEvery, 'known case')}`}`,
  ];
}

/** Shows a study's settings; what is said is changed first, all else stays as it is. */
export async function studySettings({ context, output }: Session, options: SettingsOptions): Promise<void> {
  const { qualification, passShare, calibrationEvery } = options;
  const study = await getStudy(context, options.study);
  const { settings } = study;
  const isAsked = qualification !== undefined || passShare !== undefined || calibrationEvery !== undefined;
  const shown = isAsked
    ? await changeSettings(context, study.id, {
        qualification: {
          required: qualification === undefined ? settings.qualification.required : qualification === 'on',
          passShare: passShare ?? settings.qualification.passShare,
        },
        calibrationEvery: calibrationEvery === 'off' ? null : (calibrationEvery ?? settings.calibrationEvery),
      })
    : study;
  output.result({ study: shown }, settingsLines(shown));
}
