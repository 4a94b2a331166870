import { randomFillSync } from 'node:crypto';
import type { Role } from '../../shared/permissions.ts';
import { type UserId, uuidv7 } from '../../shared/schema/ids.ts';
import type { Db } from './client.ts';

/** Who acts. `userId` is null for the command line on the server's own machine. */
export type Actor = { userId: UserId | null; roles: readonly Role[]; name: string };

/** What every use case gets besides its input. */
export type Context = { db: Db; actor: Actor; clock: () => Date };

/** The command line's actor: it already holds the database, so it may do everything a lead, reviewer or admin may. */
export const systemActor: Actor = { userId: null, roles: ['lead', 'qa', 'admin'], name: 'command line' };

const randomPool = new Uint8Array(10 * 1024);
let randomAt = randomPool.length;

/** Ten bytes nobody had before; drawn a thousand at a time, for one draw costs as much as all of them. */
function tenRandomBytes(): Uint8Array {
  if (randomAt === randomPool.length) {
    randomFillSync(randomPool);
    randomAt = 0;
  }
  randomAt += 10;
  return randomPool.subarray(randomAt - 10, randomAt);
}

/** A new time-ordered id (UUIDv7); branded by the caller's type. */
export const newId = <Id extends string = string>(): Id => uuidv7(Date.now(), tenRandomBytes()) as Id;
