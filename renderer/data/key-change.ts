import type { User } from '../../shared/contract/auth.ts';
import type { Platform } from '../platform.ts';
import type { ContentStore } from './content.ts';
import type { LocalStore } from './local-store.ts';
import { dropOlderKeys } from './vault-change.ts';

export type KeyChange = { user: User; host: Platform; store: LocalStore; content: ContentStore };

/**
 * Moves everything here to the data key in force and then gives up the keys before it. Interrupted at any point it
 * starts over at the next opening: the earlier keys go only after nothing is left under them.
 */
export async function finishKeyChange({ user, host, store, content }: KeyChange): Promise<void> {
  if ((store.dataKey.older ?? []).length === 0) return;
  await store.rewriteAll();
  await content.rewriteAll();
  await dropOlderKeys(user, store.dataKey, host);
}
