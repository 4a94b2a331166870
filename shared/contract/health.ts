import { z } from 'zod';
import { endpoint } from './endpoint.ts';

export const readHealth = endpoint({
  method: 'GET',
  path: '/api/health',
  summary: 'Whether the server runs and reaches its database',
  access: 'public',
  reply: z.strictObject({ status: z.literal('ok'), database: z.literal('ok') }),
});
