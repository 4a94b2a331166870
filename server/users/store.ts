import { and, arrayContains, asc, count, eq, isNull, or } from 'drizzle-orm';
import type { Person } from '../../shared/contract/users.ts';
import type { Role } from '../../shared/permissions.ts';
import type { UserId } from '../../shared/schema/ids.ts';
import type { Reader, Tx } from '../db/client.ts';
import { newId } from '../db/context.ts';
import { assignments, batches, links, users } from '../db/schema.ts';
import { hashToken, newToken } from '../db/tokens.ts';

export type NewPerson = { email: string; name: string; roles: Role[]; specialties: string[] };
export type LinkKind = 'invitation' | 'sign-in';

/** Everyone, or those with a role, by name and address; open assignments are counted in the same query. */
export async function listPeople(
  reader: Reader,
  filter: { role?: Role; userId?: UserId } = {},
): Promise<Person[]> {
  const open = reader
    .select({ userId: assignments.userId, open: count().as('open') })
    .from(assignments)
    .innerJoin(batches, eq(batches.id, assignments.batchId))
    .where(
      and(
        isNull(assignments.recalledAt),
        // What is locked is on nobody's desk any more.
        isNull(batches.lockedAt),
        or(isNull(assignments.latestState), eq(assignments.latestState, 'draft')),
      ),
    )
    .groupBy(assignments.userId)
    .as('open_assignments');
  const rows = await reader
    .select({
      id: users.id,
      email: users.email,
      name: users.name,
      roles: users.roles,
      specialties: users.specialties,
      status: users.status,
      openAssignments: open.open,
    })
    .from(users)
    .leftJoin(open, eq(open.userId, users.id))
    .where(
      and(
        filter.role === undefined ? undefined : arrayContains(users.roles, [filter.role]),
        filter.userId === undefined ? undefined : eq(users.id, filter.userId),
      ),
    )
    .orderBy(asc(users.name), asc(users.email));
  return rows.map((row) => ({ ...row, id: row.id as UserId, openAssignments: row.openAssignments ?? 0 }));
}

/** Adds an invited account; null when the address has one. */
export async function insertPerson(tx: Tx, person: NewPerson, createdAt: Date): Promise<UserId | null> {
  const id = newId<UserId>();
  const [row] = await tx
    .insert(users)
    .values({ id, ...person, status: 'invited', createdAt })
    .onConflictDoNothing({ target: users.email })
    .returning({ id: users.id });
  return row ? id : null;
}

export async function findByEmail(reader: Reader, email: string) {
  const [row] = await reader
    .select({ id: users.id, roles: users.roles, status: users.status })
    .from(users)
    .where(eq(users.email, email));
  return row ? { ...row, id: row.id as UserId } : null;
}

/** Makes a link; the token is in the result and nowhere else. */
export async function insertLink(
  tx: Tx,
  link: { userId: UserId; kind: LinkKind; createdBy: UserId | null; createdAt: Date; expiresAt: Date },
): Promise<{ id: string; token: string }> {
  const id = newId();
  const token = newToken();
  await tx.insert(links).values({ id, tokenHash: hashToken(token), ...link });
  return { id, token };
}

/** Closes a person's links that were not used, so that only the newest one works. */
export async function closeLinks(tx: Tx, userId: UserId, at: Date): Promise<void> {
  await tx
    .update(links)
    .set({ usedAt: at })
    .where(and(eq(links.userId, userId), isNull(links.usedAt)));
}

export async function countPeople(reader: Reader): Promise<number> {
  const [row] = await reader.select({ people: count() }).from(users);
  return row?.people ?? 0;
}
