import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../shared/errors.ts';
import type { Db } from '../db/client.ts';
import type { Actor } from '../db/context.ts';
import { expiryOf, isTouchDue, type SessionPolicy } from './session-policy.ts';
import { type Carrier, findSession, type StoredSession, touchSession } from './store.ts';

export const sessionCookie = 'so_session';

export const cookieOptions = (publicUrl: string | null) => ({
  httpOnly: true,
  sameSite: 'strict' as const,
  path: '/',
  secure: publicUrl?.startsWith('https:') ?? false,
});

declare module 'fastify' {
  interface FastifyRequest {
    session?: StoredSession;
  }
}

function presented(request: FastifyRequest): { token: string; carrier: Carrier } | null {
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    const token = /^Bearer ([\w-]{1,200})$/.exec(authorization)?.[1];
    return token ? { token, carrier: 'token' } : null;
  }
  const token = request.cookies[sessionCookie];
  return token ? { token, carrier: 'cookie' } : null;
}

const isLive = (session: StoredSession, carrier: Carrier, at: Date): boolean =>
  session.revokedAt === null &&
  session.expiresAt > at &&
  session.status === 'active' &&
  session.carrier === carrier;

/** Finds the caller by cookie or bearer token; what is revoked, expired or disabled ends here. */
export function createAuthenticate(
  db: Db,
  clock: () => Date,
  policy: SessionPolicy,
  publicUrl: string | null,
) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<Actor> => {
    const given = presented(request);
    if (!given) throw new AppError('sign-in-required');
    const session = await findSession(db, given.token);
    const at = clock();
    if (!session || !isLive(session, given.carrier, at)) throw new AppError('session-expired');
    if (isTouchDue(session.lastSeenAt, at)) {
      session.expiresAt = expiryOf(policy, session.createdAt, at);
      await db.transaction((tx) => touchSession(tx, session.id, at, session.expiresAt));
      // The browser drops a cookie at the date it was given with: it slides on as the session does.
      if (given.carrier === 'cookie')
        void reply.setCookie(sessionCookie, given.token, {
          ...cookieOptions(publicUrl),
          expires: session.expiresAt,
        });
    }
    request.session = session;
    const { id, roles, name } = session.user;
    return { userId: id, roles, name };
  };
}
