import { readFile } from 'node:fs/promises';
import { AppError } from '../../../shared/errors.ts';
import { type Rubric, rubricSchema } from '../../../shared/schema/rubric.ts';
import { publishRubric } from '../../studies/domain.ts';
import { getStudy } from '../lookup.ts';
import { callersPath, type Session } from '../session.ts';

async function readRubric(path: string): Promise<Rubric> {
  const text = await readFile(callersPath(path), 'utf8').catch((cause: unknown) => {
    throw new AppError('file-unreadable', {
      message: `The file "${path}" cannot be read. Check its path and permissions and try again.`,
      cause,
    });
  });
  const parsed = rubricSchema.safeParse(jsonOf(text, path));
  if (parsed.success) return parsed.data;
  throw new AppError('invalid-rubric', { details: parsed.error.issues });
}

function jsonOf(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError('file-unreadable', {
      message: `The file "${path}" is not JSON. Mend it and try again.`,
      cause,
    });
  }
}

export async function rubricPublish(
  { context, output }: Session,
  options: { study: string; file: string; openBatches: boolean },
): Promise<void> {
  const study = await getStudy(context, options.study);
  const rubric = await readRubric(options.file);
  const done = await publishRubric(context, study.id, { rubric, openBatches: options.openBatches });
  const isSame = done.version === study.rubric.version;
  const to =
    done.batches === 0
      ? 'Batches that are open keep theirs.'
      : `${done.batches} open ${done.batches === 1 ? 'batch asks' : 'batches ask'} by it from now on; what was answered before keeps its version.`;
  output.result(done, [
    isSame
      ? `The file is the same as version ${done.version} of the rubric.`
      : `Published version ${done.version} of the rubric of "${study.name}" for new batches.`,
    to,
  ]);
}
