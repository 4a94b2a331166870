import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { errorReplySchema } from '../../shared/error-reply.ts';

const errorSchema = z.toJSONSchema(errorReplySchema, { target: 'draft-2020-12' });

type Transform = typeof jsonSchemaTransform;

// Every endpoint fails in one form; the document says so, the serializer need not know.
const withErrors: Transform = (document) => {
  const { schema, url } = jsonSchemaTransform(document);
  if (!schema || schema.hide === true) return { schema, url };
  const { $schema: _, ...plain } = errorSchema;
  const response = { ...(schema.response as object), default: { description: 'Any failure', ...plain } };
  return { schema: { ...schema, response }, url };
};

/** Collects the document while routes are registered; it is served at /api/openapi.json. */
export async function describeApi(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Second Opinion', version: '1', description: 'The API of the Second Opinion server.' },
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer' },
          cookie: { type: 'apiKey', in: 'cookie', name: 'so_session' },
        },
      },
    },
    transform: withErrors,
  });
  app.get('/api/openapi.json', { schema: { hide: true } }, async () => app.swagger());
}
