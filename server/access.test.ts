import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as auth from '../shared/contract/auth.ts';
import * as batches from '../shared/contract/batches.ts';
import * as devices from '../shared/contract/devices.ts';
import type { Endpoint } from '../shared/contract/endpoint.ts';
import * as exports from '../shared/contract/exports.ts';
import * as health from '../shared/contract/health.ts';
import * as imports from '../shared/contract/imports.ts';
import * as reviews from '../shared/contract/reviews.ts';
import * as studies from '../shared/contract/studies.ts';
import * as sync from '../shared/contract/sync.ts';
import * as users from '../shared/contract/users.ts';
import { hasPermission, roles } from '../shared/permissions.ts';
import { startTestServer, type TestServer } from '../test/support/server.ts';

const contract = {
  ...auth,
  ...batches,
  ...devices,
  ...exports,
  ...health,
  ...imports,
  ...reviews,
  ...studies,
  ...sync,
  ...users,
};

const isEndpoint = (value: unknown): value is Endpoint =>
  typeof value === 'object' && value !== null && 'path' in value && 'access' in value && 'method' in value;

const parts: unknown[] = Object.values(contract);
const endpoints = parts.filter(isEndpoint);

let server: TestServer;
const tokens: Record<string, string> = {};

beforeAll(async () => {
  server = await startTestServer();
  for (const role of roles) tokens[role] = (await server.person({ roles: [role] })).token;
});
afterAll(() => server.stop());

async function statusOf(definition: Endpoint, token?: string): Promise<{ status: number; code: string }> {
  const url = definition.path.replace(/:\w+/g, () => randomUUID());
  const reply = await server.app.inject({
    method: definition.method,
    url,
    ...(token && { headers: { authorization: `Bearer ${token}` } }),
    ...(definition.method === 'POST' && !definition.upload && { payload: {} }),
  });
  const isJson = String(reply.headers['content-type']).includes('application/json');
  return { status: reply.statusCode, code: isJson ? (reply.json().error?.code ?? '') : '' };
}

const title = (definition: Endpoint) => `${definition.method} ${definition.path}`;

describe('access', () => {
  it('is tested for every part of the contract', () => {
    expect(endpoints.length).toBeGreaterThanOrEqual(31);
  });

  for (const definition of endpoints) {
    const { access } = definition;
    it(`${title(definition)} is for ${access}`, async () => {
      const stranger = await statusOf(definition);
      if (access === 'public') expect(stranger.code).not.toMatch(/sign-in-required|forbidden/);
      else expect(stranger).toEqual({ status: 401, code: 'sign-in-required' });
      for (const role of roles) {
        // Signing out last, and with a session of its own, as it ends the session.
        const token =
          definition === auth.signOut ? (await server.person({ roles: [role] })).token : tokens[role];
        const { status, code } = await statusOf(definition, token);
        const isAllowed = access === 'public' || access === 'signed-in' || hasPermission([role], access);
        if (isAllowed)
          expect({ role, refused: [401, 403, 500].includes(status) && code !== 'sign-in-failed' }).toEqual({
            role,
            refused: false,
          });
        else expect({ role, status, code }).toEqual({ role, status: 403, code: 'forbidden' });
      }
    });
  }

  it('to a body is refused before the body is read', async () => {
    const headers = { authorization: `Bearer ${tokens.physician}`, 'content-type': 'application/json' };
    const reply = await server.app.inject({
      method: 'POST',
      url: '/api/studies',
      headers,
      payload: '{ not json',
    });
    expect(reply.json().error.code).toBe('forbidden');
  });
});

type Operation = {
  summary?: string;
  responses?: Record<string, unknown>;
  parameters?: { in: string; name: string }[];
};
type Document = {
  openapi: string;
  info: { title: string; version: string };
  paths: Record<string, Record<string, Operation>>;
};

describe('the OpenAPI document', () => {
  let document: Document;
  beforeAll(async () => {
    document = (await server.app.inject({ url: '/api/openapi.json' })).json() as Document;
  });

  it('lists every endpoint of the contract and nothing else', () => {
    const listed = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
    );
    expect(listed.sort()).toEqual(endpoints.map(title).sort());
  });

  it('is of version 3.1, with a summary, replies and every path parameter of each operation', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(document.info).toMatchObject({ title: expect.any(String), version: expect.any(String) });
    for (const [path, operations] of Object.entries(document.paths))
      for (const operation of Object.values(operations)) {
        expect(operation.summary, path).toBeTruthy();
        expect(Object.keys(operation.responses ?? {}), path).toContain('default');
        const named = (operation.parameters ?? [])
          .filter((part) => part.in === 'path')
          .map((part) => part.name);
        expect(named.sort(), path).toEqual([...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort());
      }
  });

  it('refers only to parts it has', () => {
    const text = JSON.stringify(document);
    const references = [...text.matchAll(/"\$ref":"#\/([^"]+)"/g)].map((match) => match[1] ?? '');
    for (const reference of references) {
      let at: unknown = document;
      for (const step of reference.split('/')) at = (at as Record<string, unknown>)?.[step];
      expect(at, reference).toBeDefined();
    }
  });
});
