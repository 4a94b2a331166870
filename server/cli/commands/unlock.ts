import { readFile, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import {
  answerUnlock,
  checkCodeOf,
  readUnlockRequest,
  type UnlockRequest,
} from '../../../shared/rescue/unlock.ts';
import type { UserId } from '../../../shared/schema/ids.ts';
import { noteUnlock } from '../../sync/rescue.ts';
import { getPerson } from '../lookup.ts';
import { recoveryKeyFinder } from '../recovery-keys.ts';
import { sealTools } from '../seal-tools.ts';
import { callersPath, type Session } from '../session.ts';

export type UnlockOptions = { key?: string[]; for: string; out?: string };

const codeOf = (cause: unknown) =>
  cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);

async function readRequest(path: string): Promise<UnlockRequest> {
  const text = await readFile(callersPath(path), 'utf8').catch((cause: unknown) => {
    throw new AppError('file-unreadable', {
      message: `The file "${path}" cannot be read (${codeOf(cause)}). Check the path.`,
      cause,
    });
  });
  return readUnlockRequest(text);
}

const besideRequest = (path: string, id: string) =>
  join(dirname(callersPath(path)), `recovery-answer-${id.slice(0, 8)}.json`);

/** Answers a laptop's recovery request; the answer opens nothing but that laptop, for whoever made the request there. */
export async function rescueUnlock(session: Session, path: string, options: UnlockOptions): Promise<void> {
  const request = await readRequest(path);
  const person = await getPerson(session.context, options.for);
  const keyFor = await recoveryKeyFinder(session, options.key);
  const answer = await answerUnlock(sealTools, request, person.id as UserId, keyFor);
  const checkCode = checkCodeOf(request);
  const keyIds = answer.keys.map(({ keyId }) => keyId);
  await noteUnlock(session.context, {
    userId: person.id,
    request: request.id,
    checkCode,
    keyIds,
    by: userInfo().username,
  });
  const file = options.out === undefined ? besideRequest(path, request.id) : callersPath(options.out);
  await writeFile(file, `${JSON.stringify(answer)}\n`, { mode: 0o600 });
  session.output.result({ file, checkCode, keyIds, person: { id: person.id, email: person.email } }, [
    `Wrote the answer for ${person.email} to ${file}.`,
    `Before you hand "${basename(file)}" over, ask them for the check code on their screen. It must be ${checkCode};`,
    'if it is another one, this request was not made on their laptop: do not hand the answer over.',
  ]);
}
