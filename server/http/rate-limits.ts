import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../shared/errors.ts';

/** Requests per minute. A hospital's laptops often share one address, so the first is generous. */
export type RateLimits = { perAddress: number; authPerAddress: number; authPerAccount: number };

export const defaultRateLimits: RateLimits = { perAddress: 30_000, authPerAddress: 120, authPerAccount: 10 };

declare module 'fastify' {
  interface FastifyInstance {
    /** Counts one try at signing in to an account. @throws AppError `too-many-requests` */
    countAccountTry: (request: FastifyRequest, reply: FastifyReply) => Promise<void>;
  }
}

type Limiter = ReturnType<FastifyInstance['createRateLimit']>;

async function count(limiter: Limiter, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const result = await limiter(request);
  if (result.isAllowed || !result.isExceeded) return;
  void reply.header('retry-after', result.ttlInSeconds);
  throw new AppError('too-many-requests');
}

const accountOf = (request: FastifyRequest): string => {
  const { body } = request;
  const named = typeof body === 'object' && body !== null && 'email' in body ? body.email : '';
  return `account ${String(named).toLowerCase()}`;
};

const isAuth = (request: FastifyRequest): boolean =>
  request.url.startsWith('/api/auth/') && request.method === 'POST';

/** Limits by address before anything else is done for a request, and by account where people sign in. */
export async function addRateLimits(app: FastifyInstance, limits: RateLimits): Promise<void> {
  const timeWindow = 60_000;
  await app.register(rateLimit, { global: false, timeWindow });
  const perAddress = app.createRateLimit({ max: limits.perAddress, timeWindow });
  const authPerAddress = app.createRateLimit({ max: limits.authPerAddress, timeWindow });
  const authPerAccount = app.createRateLimit({
    max: limits.authPerAccount,
    timeWindow,
    keyGenerator: accountOf,
  });
  app.addHook('onRequest', async (request, reply) => {
    await count(perAddress, request, reply);
    if (isAuth(request)) await count(authPerAddress, request, reply);
  });
  app.decorate('countAccountTry', (request: FastifyRequest, reply: FastifyReply) =>
    count(authPerAccount, request, reply),
  );
}
