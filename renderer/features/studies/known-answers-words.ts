import type { StudySettings } from '../../../shared/schema/expert-answer.ts';

export const isSameSettings = (one: StudySettings, other: StudySettings): boolean =>
  one.calibrationEvery === other.calibrationEvery &&
  one.qualification.required === other.qualification.required &&
  one.qualification.passShare === other.qualification.passShare;

/** What these settings mean for a physician, in plain lines. */
export function settingsConsequence({ qualification, calibrationEvery }: StudySettings): string {
  const share = `${Math.round(qualification.passShare * 100)} %`;
  const gate = qualification.required
    ? `A physician who agrees with experts in ${share} of the practice preferences gets the work; nobody else gets cases they do not have yet.`
    : `Work is open to everybody; practice counts as passed with ${share}.`;
  if (calibrationEvery === null) return `${gate} Known cases among the work are never told of.`;
  const group =
    calibrationEvery === 1
      ? 'Each known case is told of'
      : `Known cases are told of ${calibrationEvery} at a time`;
  return `${gate} ${group}, after they were submitted.`;
}
