import compress from '@fastify/compress';
import cookie from '@fastify/cookie';
import { sql } from 'drizzle-orm';
import fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { readHealth } from '../shared/contract/health.ts';
import { createAuthenticate } from './auth/authenticate.ts';
import { registerAuth } from './auth/routes.ts';
import { defaultSessionPolicy, type SessionPolicy } from './auth/session-policy.ts';
import { registerBatches } from './batches/routes.ts';
import type { Db } from './db/client.ts';
import { registerDevices } from './devices/routes.ts';
import { registerExports } from './exports/routes.ts';
import { addSecurityHeaders } from './http/content-security.ts';
import { closeConnectionsOnDrain } from './http/drain.ts';
import { handleErrors } from './http/error-handler.ts';
import { describeApi } from './http/open-api.ts';
import { addRateLimits, defaultRateLimits, type RateLimits } from './http/rate-limits.ts';
import { type RouteDeps, route } from './http/route.ts';
import { checkHost, checkOrigin, checkWriteHeader } from './http/same-site.ts';
import { serveRenderer } from './http/static-renderer.ts';
import { registerImports } from './imports/routes.ts';
import { registerReviews } from './reviews/routes.ts';
import { registerStudies } from './studies/routes.ts';
import { registerSync } from './sync/routes.ts';
import { registerUsers } from './users/routes.ts';

export type AppOptions = {
  db: Db;
  clock?: () => Date;
  /** Nothing is logged without one. */
  logger?: FastifyBaseLogger;
  /** Folder of the built renderer; without it only the API is served. */
  staticRoot?: string | null;
  /** One more origin whose pages may write, for a page served by a development server. */
  trustedOrigin?: string | null;
  /** The address people open when it is not the loopback one. */
  publicUrl?: string | null;
  /** Addresses of the proxies whose X-Forwarded headers are believed. */
  trustProxy?: boolean | string[];
  sessionPolicy?: SessionPolicy;
  rateLimits?: RateLimits;
};

const bodyLimit = 1024 * 1024;

function registerHealth(app: FastifyInstance, deps: RouteDeps): void {
  route(app, deps, readHealth, async ({ db }) => {
    await db.execute(sql`select 1`);
    return { status: 'ok' as const, database: 'ok' as const };
  });
}

function registerApi(app: FastifyInstance, deps: RouteDeps, sessionPolicy: SessionPolicy): void {
  registerHealth(app, deps);
  registerAuth(app, { ...deps, sessionPolicy });
  registerUsers(app, deps);
  registerStudies(app, deps);
  registerImports(app, deps);
  registerBatches(app, deps);
  registerReviews(app, deps);
  registerExports(app, deps);
  registerSync(app, deps);
  registerDevices(app, deps);
}

/** The whole server without a port: routes, access, limits, errors and the built renderer. */
export async function buildApp(options: AppOptions): Promise<FastifyInstance> {
  const { db, clock = () => new Date(), publicUrl = null, trustedOrigin = null } = options;
  const sessionPolicy = options.sessionPolicy ?? defaultSessionPolicy;
  const app: FastifyInstance = fastify({
    ...(options.logger && { loggerInstance: options.logger }),
    trustProxy: options.trustProxy ?? false,
    bodyLimit,
    routerOptions: { maxParamLength: 200 },
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  handleErrors(app);
  closeConnectionsOnDrain(app);
  await addSecurityHeaders(app, publicUrl?.startsWith('https:') ?? false);
  app.addHook('onRequest', async (request) => {
    checkHost(request, { publicUrl, trustedOrigin });
    checkOrigin(request, { publicUrl, trustedOrigin });
  });
  await addRateLimits(app, options.rateLimits ?? defaultRateLimits);
  await app.register(cookie);
  await app.register(compress, { encodings: ['br', 'gzip'], requestEncodings: ['gzip'] });
  await describeApi(app);
  const findCaller = createAuthenticate(db, clock, sessionPolicy, publicUrl);
  const authenticate: RouteDeps['authenticate'] = async (request, reply) => {
    const actor = await findCaller(request, reply);
    if (request.session?.carrier === 'cookie') checkWriteHeader(request);
    return actor;
  };
  registerApi(app, { db, clock, publicUrl, authenticate }, sessionPolicy);
  await serveRenderer(app, options.staticRoot ?? null);
  await app.ready();
  return app;
}
