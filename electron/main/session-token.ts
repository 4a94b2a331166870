import { z } from 'zod';
import { Lane } from './lane.ts';
import type { Secrets } from './secrets.ts';

const keptSchema = z.strictObject({ origin: z.string(), token: z.string() });
type Kept = z.infer<typeof keptSchema> | null;

export type SessionToken = {
  /** The token that this server gave, never another one's. */
  of: (origin: string) => Promise<string | null>;
  keep: (origin: string, token: string) => Promise<void>;
  forget: () => Promise<void>;
};

/** A name of its own, outside the names the page can use for its keys. */
const fileName = 'session_token';

async function load(secrets: Secrets): Promise<Kept> {
  if ((await secrets.strength()) !== 'keyring') return null;
  try {
    const bytes = await secrets.load(fileName);
    if (!bytes) return null;
    return keptSchema.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
  } catch {
    // A session that cannot be read costs one sign-in; nothing of the work hangs on it.
    return null;
  }
}

/** The session of the signed-in person: on the disk only when a real keyring wraps it, else in memory alone. */
export function openSessionToken(secrets: Secrets): SessionToken {
  let kept: Promise<Kept> | null = null;
  const lane = new Lane();
  const write = async (next: Kept) => {
    if ((await secrets.strength()) === 'keyring')
      await secrets.store(fileName, Buffer.from(JSON.stringify(next)));
  };
  return {
    of: async (origin) => {
      kept ??= load(secrets);
      const found = await kept;
      return found?.origin === origin ? found.token : null;
    },
    keep: async (origin, token) => {
      const next = { origin, token };
      kept = Promise.resolve(next);
      // Failing to keep it costs a sign-in at the next start, never this one.
      await lane.run(() => write(next)).catch(() => console.warn('The session is not kept after closing.'));
    },
    forget: async () => {
      kept = Promise.resolve(null);
      await lane.run(() => secrets.remove(fileName));
    },
  };
}
