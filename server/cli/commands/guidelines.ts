import { readFile } from 'node:fs/promises';
import { AppError } from '../../../shared/errors.ts';
import { publishGuidelines } from '../../studies/domain.ts';
import { getStudy } from '../lookup.ts';
import { callersPath, type Session } from '../session.ts';

const maxLength = 200_000;

async function readText(path: string): Promise<string> {
  const bytes = await readFile(callersPath(path)).catch((cause: unknown) => {
    throw new AppError('file-unreadable', {
      message: `The file "${path}" cannot be read. Check its path and permissions and try again.`,
      cause,
    });
  });
  const text = new TextDecoder().decode(bytes);
  if (text.includes('\uFFFD') || text.includes('\0') || text.length > maxLength)
    throw new AppError('file-unreadable', {
      message: `The file "${path}" is no Markdown text in UTF-8 of at most ${maxLength} characters. Save it as such and try again.`,
    });
  return text;
}

export async function guidelinesPublish(
  { context, output }: Session,
  options: { study: string; file: string },
): Promise<void> {
  const study = await getStudy(context, options.study);
  const done = await publishGuidelines(context, study.id, await readText(options.file));
  output.result(done, [
    done.version === study.guidelinesVersion
      ? `The file is the same as version ${done.version} of the guidelines; nothing was published.`
      : `Published version ${done.version} of the guidelines of "${study.name}" to ${done.batches} open ${done.batches === 1 ? 'batch' : 'batches'}.`,
  ]);
}
