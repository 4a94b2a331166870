import { basename, join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { writeAtomically } from './atomic-file.ts';
import { fsCode, isDiskFull } from './fs-failure.ts';

export type AskWhere = (defaultPath: string) => Promise<string | null>;

/** A bare name that every system takes: no folders, no reserved signs, no leading dot. */
export function safeFileName(suggested: string): string {
  const name = basename(suggested.replaceAll('\\', '/'))
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a file name
    .replaceAll(/[<>:"|?*\u0000-\u001f]/g, '-')
    .replace(/^\.+/, '')
    .replace(/[. ]+$/, '');
  return name === '' ? 'second-opinion' : name;
}

/** Asks where, then writes there; null when the person chose no place. */
export async function saveFile(
  folder: string,
  file: { suggestedName: string; bytes: Uint8Array },
  ask: AskWhere,
): Promise<string | null> {
  const path = await ask(join(folder, safeFileName(file.suggestedName)));
  if (path === null) return null;
  try {
    await writeAtomically(path, file.bytes);
  } catch (cause) {
    if (isDiskFull(cause)) throw new AppError('disk-low', { cause });
    throw new AppError('server-error', {
      message: 'The file could not be saved there. Choose another place.',
      details: { code: fsCode(cause) },
      cause,
    });
  }
  return path;
}
