import type { FastifyInstance } from 'fastify';
import * as contract from '../../shared/contract/devices.ts';
import { type RouteDeps, route } from '../http/route.ts';
import {
  contact,
  listDevices,
  listMyDevices,
  orderDevice,
  release,
  report,
  revokeSessions,
  unlockDevice,
} from './domain.ts';

export function registerDevices(app: FastifyInstance, deps: RouteDeps): void {
  route(app, deps, contract.deviceContact, (context, { body }, { request }) =>
    contact(context, body, request.session?.id ?? null),
  );
  route(app, deps, contract.releaseDevice, (context, { body }) => release(context, body));
  route(app, deps, contract.reportDevice, (context, { body }) => report(context, body));
  route(app, deps, contract.listDevices, async (context, { query }) => ({
    people: await listDevices(context, query.userId),
  }));
  route(app, deps, contract.listMyDevices, async (context) => ({ person: await listMyDevices(context) }));
  route(app, deps, contract.orderDevice, async (context, { body }) => ({
    device: await orderDevice(context, body.clientId, body.kind),
  }));
  route(app, deps, contract.unlockDevice, async (context, { body }) => ({
    device: await unlockDevice(context, body.clientId),
  }));
  route(app, deps, contract.revokeSessions, async (context, { body }) => ({
    ended: await revokeSessions(context, body),
  }));
}
