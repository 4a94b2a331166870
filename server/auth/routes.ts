import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import * as contract from '../../shared/contract/auth.ts';
import { AppError } from '../../shared/errors.ts';
import { type RouteDeps, route } from '../http/route.ts';
import { cookieOptions, sessionCookie } from './authenticate.ts';
import { acceptLink, readLink, type SignedIn, signIn, signOut } from './domain.ts';
import type { SessionPolicy } from './session-policy.ts';

export type AuthDeps = RouteDeps & { sessionPolicy: SessionPolicy };

/** Hands the token to its carrier: a cookie the page cannot read, or the reply for the desktop's main process. */
function replySignedIn(deps: RouteDeps, reply: FastifyReply, carrier: 'cookie' | 'token', result: SignedIn) {
  const { token, expiresAt, ...rest } = result;
  void reply.header('cache-control', 'no-store');
  if (carrier === 'cookie')
    void reply.setCookie(sessionCookie, token, { ...cookieOptions(deps.publicUrl), expires: expiresAt });
  return { ...rest, expiresAt: expiresAt.toISOString(), ...(carrier === 'token' && { token }) };
}

function sessionOf(request: FastifyRequest) {
  if (!request.session) throw new AppError('sign-in-required');
  return request.session;
}

export function registerAuth(app: FastifyInstance, deps: AuthDeps): void {
  route(app, deps, contract.signIn, async (context, { body }, { request, reply }) => {
    await app.countAccountTry(request, reply);
    return replySignedIn(deps, reply, body.carrier, await signIn(context, deps.sessionPolicy, body));
  });
  route(app, deps, contract.readLink, (context, { body }) => readLink(context, body.token));
  route(app, deps, contract.acceptLink, async (context, { body }, { reply }) =>
    replySignedIn(deps, reply, body.carrier, await acceptLink(context, deps.sessionPolicy, body)),
  );
  route(app, deps, contract.readSession, async (_context, _input, { request }) => {
    const { user, expiresAt } = sessionOf(request);
    return { user, expiresAt: expiresAt.toISOString() };
  });
  route(app, deps, contract.signOut, async (context, _input, { request, reply }) => {
    await signOut(context, sessionOf(request).id);
    void reply.clearCookie(sessionCookie, cookieOptions(deps.publicUrl));
    return { ended: true as const };
  });
}
