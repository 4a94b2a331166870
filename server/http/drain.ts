import type { FastifyInstance } from 'fastify';

/**
 * Ends connections as their last request finishes while the server closes. A browser would otherwise hold its
 * connection open, and the server with it, until the keep-alive time is over.
 */
export function closeConnectionsOnDrain(app: FastifyInstance): void {
  let sweep: NodeJS.Timeout | undefined;
  app.addHook('preClose', async () => {
    sweep = setInterval(() => app.server.closeIdleConnections(), 50);
  });
  app.addHook('onClose', async () => clearInterval(sweep));
}
