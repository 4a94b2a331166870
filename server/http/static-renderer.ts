import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import staticFiles from '@fastify/static';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { replyNotFound } from './error-handler.ts';

const isPage = (request: FastifyRequest): boolean =>
  (request.method === 'GET' || request.method === 'HEAD') &&
  !request.url.startsWith('/api/') &&
  // A missing file is a 404; only addresses of screens get the page.
  !/\.[a-z0-9]{1,8}$/i.test(request.url.split('?')[0] ?? '');

/** Serves the built renderer and, for the addresses of its screens, its page. */
export async function serveRenderer(app: FastifyInstance, root: string | null): Promise<void> {
  const present = root !== null && existsSync(join(root, 'index.html'));
  if (present)
    await app.register(staticFiles, {
      root,
      cacheControl: false,
      setHeaders: (reply, path) => {
        const hashed = path.includes(`${sep}assets${sep}`);
        // Hashed names never change their content; the page names the hashes and must be asked for each time.
        void reply.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-store');
      },
    });
  app.setNotFoundHandler((request, reply) =>
    present && isPage(request) ? reply.sendFile('index.html') : replyNotFound(request, reply),
  );
}
