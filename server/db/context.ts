import { randomBytes } from 'node:crypto';
import type { Role } from '../../shared/permissions.ts';
import { type UserId, uuidv7 } from '../../shared/schema/ids.ts';
import type { Db } from './client.ts';

/** Who acts. `userId` is null for the command line on the server's own machine. */
export type Actor = { userId: UserId | null; roles: readonly Role[]; name: string };

/** What every use case gets besides its input. */
export type Context = { db: Db; actor: Actor; clock: () => Date };

/** The command line's actor: it already holds the database, so it may do everything a lead, reviewer or admin may. */
export const systemActor: Actor = { userId: null, roles: ['lead', 'qa', 'admin'], name: 'command line' };

/** A new time-ordered id (UUIDv7); branded by the caller's type. */
export const newId = <Id extends string = string>(): Id => uuidv7(Date.now(), randomBytes(10)) as Id;
