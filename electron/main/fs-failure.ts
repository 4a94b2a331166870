/** The system's own code of a failed file operation, such as ENOSPC; null when it was none. */
export function fsCode(cause: unknown): string | null {
  if (!(cause instanceof Error) || !('code' in cause)) return null;
  return typeof cause.code === 'string' ? cause.code : null;
}

export const isMissing = (cause: unknown) => fsCode(cause) === 'ENOENT';

/** No space on the disk, or in the person's share of it. */
export const isDiskFull = (cause: unknown) => ['ENOSPC', 'EDQUOT'].includes(fsCode(cause) ?? '');
