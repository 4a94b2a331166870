import type { Person } from '../../shared/contract/users.ts';
import { AppError } from '../../shared/errors.ts';
import { type Role, requirePermission } from '../../shared/permissions.ts';
import type { UserId } from '../../shared/schema/ids.ts';
import { appendAudit } from '../db/audit.ts';
import type { Tx } from '../db/client.ts';
import type { Context } from '../db/context.ts';
import * as store from './store.ts';

export type LinkOptions = {
  /** The address people open, without a trailing slash. */
  baseUrl: string;
};
/** A link to hand over, and until when it works. */
export type Link = { link: string; expiresAt: Date };

const dayMs = 86_400_000;
const lifeOfLinkMs: Record<store.LinkKind, number> = { invitation: 7 * dayMs, 'sign-in': dayMs };

/** Whoever may hand out a link to an account can become it, so staff accounts take the stricter permission. */
function requireInvite(context: Context, roles: readonly Role[]): void {
  requirePermission(context.actor.roles, 'user:invite');
  if (roles.some((role) => role !== 'physician')) requirePermission(context.actor.roles, 'user:invite-staff');
}

// The token stands in the fragment, which browsers send to no server and no log.
const linkTo = ({ baseUrl }: LinkOptions, token: string): string =>
  `${baseUrl.replace(/\/+$/, '')}/link#${token}`;

async function createLink(
  tx: Tx,
  context: Context,
  userId: UserId,
  kind: store.LinkKind,
  options: LinkOptions,
) {
  const createdAt = context.clock();
  const expiresAt = new Date(createdAt.getTime() + lifeOfLinkMs[kind]);
  await store.closeLinks(tx, userId, createdAt);
  const { id, token } = await store.insertLink(tx, {
    userId,
    kind,
    createdBy: context.actor.userId,
    createdAt,
    expiresAt,
  });
  await appendAudit(tx, context.actor, createdAt, [
    {
      action: 'link-created',
      subject: id,
      detail: { kind, userId, expiresAt: expiresAt.toISOString() },
    },
  ]);
  return { link: linkTo(options, token), expiresAt };
}

/** Everyone with an account or an open invitation, or only those with a role. */
export async function listPeople(context: Context, filter: { role?: Role } = {}): Promise<Person[]> {
  requirePermission(context.actor.roles, 'user:read');
  return store.listPeople(context.db, filter);
}

/**
 * Invites a person: an account without a password and a one-time link that sets it.
 * @throws AppError `already-exists` when the address has an account; `forbidden` for staff roles without `user:invite-staff`
 */
export async function invitePerson(
  context: Context,
  input: store.NewPerson,
  options: LinkOptions,
): Promise<Link & { person: Person }> {
  requireInvite(context, input.roles);
  const unique = {
    ...input,
    email: input.email.toLowerCase(),
    roles: [...new Set(input.roles)],
    specialties: [...new Set(input.specialties)],
  };
  return context.db.transaction(async (tx) => {
    const userId = await store.insertPerson(tx, unique, context.clock());
    if (!userId)
      throw new AppError('already-exists', {
        message: `${unique.email} has an account or an open invitation already. Ask an administrator for a new link to it.`,
      });
    await appendAudit(tx, context.actor, context.clock(), [
      { action: 'person-invited', subject: userId, detail: { roles: unique.roles } },
    ]);
    const link = await createLink(tx, context, userId, 'invitation', options);
    const [person] = await store.listPeople(tx, { userId });
    if (!person) throw new AppError('server-error');
    return { person, ...link };
  });
}

/**
 * A one-time link that signs a person in and sets a new password; earlier unused links stop working.
 * @throws AppError `not-found` when no account that is not disabled has this address
 */
export async function createSignInLink(context: Context, email: string, options: LinkOptions): Promise<Link> {
  requirePermission(context.actor.roles, 'user:invite');
  return context.db.transaction(async (tx) => {
    const user = await store.findByEmail(tx, email.toLowerCase());
    if (!user || user.status === 'disabled')
      throw new AppError('not-found', {
        message: `There is no account with the address ${email}. Check it, or invite this person.`,
      });
    requireInvite(context, user.roles);
    return createLink(tx, context, user.id, user.status === 'invited' ? 'invitation' : 'sign-in', options);
  });
}

/** True when nobody has an account yet: a database on its first day. */
export async function isWithoutPeople(context: Context): Promise<boolean> {
  return (await store.countPeople(context.db)) === 0;
}
