import { AppError } from '../../shared/errors.ts';
import { importPrivateKey } from '../../shared/rescue/recovery-wrap.ts';
import type { KeyHandle } from '../../shared/rescue/seal-tools.ts';
import { findRecoveryKeys, readRecoveryKey } from '../db/recovery-key.ts';
import { sealTools } from './seal-tools.ts';
import { callersPath, type Session } from './session.ts';

const short = (keyHash: string) => keyHash.slice(0, 12);

function missing(wanted: string, held: readonly string[], named: boolean): AppError {
  const details = { wanted, held };
  if (!named) return new AppError('rescue-key-missing', { details });
  const have = held.map(short).join(' and ');
  return new AppError('rescue-key-missing', {
    message: `This was sealed to recovery key ${short(wanted)}, and the one named with --key is ${have}. Name the right one; nothing was changed.`,
    details,
  });
}

/** Finds private recovery keys by their hash: those named with --key, else those of the data folder. */
export async function recoveryKeyFinder(
  { dataDir }: Session,
  files: readonly string[] | undefined,
): Promise<(keyHash: string) => Promise<KeyHandle>> {
  const keys =
    files === undefined
      ? await findRecoveryKeys(dataDir)
      : await Promise.all(files.map((file) => readRecoveryKey(callersPath(file))));
  return async (keyHash) => {
    const key = keys.find((held) => held.keyHash === keyHash);
    if (key) return importPrivateKey(sealTools, key.pkcs8);
    throw missing(
      keyHash,
      keys.map((held) => held.keyHash),
      files !== undefined,
    );
  };
}
