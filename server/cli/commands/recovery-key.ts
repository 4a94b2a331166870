import { userInfo } from 'node:os';
import { keyHashOf } from '../../../shared/rescue/recovery-wrap.ts';
import { rotateRecoveryKey } from '../../db/recovery-key.ts';
import { announceRecoveryKey } from '../../sync/rescue.ts';
import type { Session } from '../session.ts';

/** Makes a new recovery key of the site; laptops renew their wraps, and their own keys, when they next sign in. */
export async function recoveryKeyRotate({ context, output, dataDir }: Session): Promise<void> {
  const { publicKey, keptAs } = await rotateRecoveryKey(dataDir);
  await announceRecoveryKey(context, publicKey, userInfo().username);
  const keyHash = keyHashOf(publicKey);
  output.result({ keyHash, keptAs }, [
    `The recovery key of this site is now ${keyHash.slice(0, 12)}.`,
    ...(keptAs === null
      ? []
      : [`The key before it is kept as ${keptAs}: it opens what was sealed to it until now.`]),
    'Laptops take the new key at their next sign-in, and a new key of their own with it. Move both files to a safe place.',
  ]);
}
