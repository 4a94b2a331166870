import type { FastifyInstance, FastifyRequest } from 'fastify';
import * as contract from '../../shared/contract/users.ts';
import { type RouteDeps, route } from '../http/route.ts';
import { invitePerson, listPeople } from './domain.ts';

// The host was checked against the names this server answers to, so a link cannot be led elsewhere.
const baseUrlOf = (deps: RouteDeps, request: FastifyRequest): string =>
  deps.publicUrl ?? `${request.protocol}://${request.headers.host}`;

export function registerUsers(app: FastifyInstance, deps: RouteDeps): void {
  route(app, deps, contract.listPeople, async (context, { query }) => ({
    people: await listPeople(context, { ...(query.role && { role: query.role }) }),
  }));
  route(app, deps, contract.invitePerson, async (context, { body }, { request, reply }) => {
    const invited = await invitePerson(context, body, { baseUrl: baseUrlOf(deps, request) });
    void reply.header('cache-control', 'no-store');
    return { ...invited, expiresAt: invited.expiresAt.toISOString() };
  });
}
