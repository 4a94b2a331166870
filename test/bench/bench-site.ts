import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { sampleBatch, samplePhysician } from '../contract/sample-work.ts';
import { SimulatedServer } from '../contract/simulated-server.ts';
import { type BatchSize, benchAssignments } from './bench-case.ts';

const types: Record<string, string> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.woff2': 'font/woff2',
};
/** The floor of every figure: a page that does nothing but show a digit. */
const emptyPage = `<!doctype html><meta charset="utf-8"><title>Empty</title><p id="shown">0</p><script>
addEventListener('keydown', () => { shown.textContent = Number(shown.textContent) + 1 })</script>`;

export type BenchSite = { url: string; close: () => Promise<void> };

async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return chunks.length === 0 ? null : Buffer.concat(chunks).toString('utf8');
}

async function answerCall(sync: SimulatedServer, request: IncomingMessage, reply: ServerResponse) {
  const path = request.url ?? '';
  const body = await bodyOf(request);
  if (path === '/api/auth/sign-in' || path === '/api/auth/sign-out') {
    const signedIn = {
      user: samplePhysician,
      expiresAt: '2030-01-01T00:00:00.000Z',
      recoveryPublicKey: null,
    };
    reply.setHeader('content-type', 'application/json');
    reply.end(JSON.stringify(path.endsWith('in') ? signedIn : { ended: true }));
    return;
  }
  const method = request.method === 'POST' ? 'POST' : 'GET';
  const answer = await sync.answer({ method, path, body, timeoutMs: 60_000 });
  if (answer.kind !== 'reply') {
    reply.destroy();
    return;
  }
  reply.writeHead(answer.status, { 'content-type': answer.contentType }).end(answer.body);
}

async function answerFile(folder: string, path: string, reply: ServerResponse): Promise<void> {
  if (path === '/empty') {
    reply.writeHead(200, { 'content-type': 'text/html' }).end(emptyPage);
    return;
  }
  const file = extname(path) === '' ? 'index.html' : normalize(path);
  const bytes = await readFile(join(folder, file)).catch(() => null);
  const caching = path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-store';
  if (bytes === null) reply.writeHead(404).end();
  else
    reply.writeHead(200, { 'content-type': types[extname(file)] ?? '', 'cache-control': caching }).end(bytes);
}

/** The built renderer, and behind it a server in memory that keeps the sync rules; nothing leaves the machine. */
export async function startBenchSite(folder: string, size: BatchSize): Promise<BenchSite> {
  const sync = new SimulatedServer();
  sync.assign(sampleBatch(size.cases), benchAssignments(size));
  const server = createServer((request, reply) => {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    const done = path.startsWith('/api/')
      ? answerCall(sync, request, reply)
      : answerFile(folder, path, reply);
    done.catch(() => reply.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
