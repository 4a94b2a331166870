import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { build } from 'vite';

const types: Record<string, string> = { '.js': 'text/javascript', '.html': 'text/html' };
const page = fileURLToPath(new URL('../e2e/opfs-page', import.meta.url));

export type LabSite = { url: string; close: () => Promise<void> };

/** A small page that drives the real workspace over the browser's host, built and served on loopback. */
export async function startLabSite(): Promise<LabSite> {
  const folder = await mkdtemp(join(tmpdir(), 'so-opfs-'));
  await build({
    configFile: false,
    logLevel: 'error',
    root: page,
    worker: { format: 'es' },
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: 'es2024',
      rolldownOptions: { input: join(page, 'page.ts'), output: { entryFileNames: 'page.js' } },
    },
  });
  const server = createServer((request, response) => {
    const path = request.url === '/' ? null : join(folder, request.url ?? '');
    const html = '<!doctype html><title>test page</title><script type="module" src="/page.js"></script>';
    const content = path === null ? Promise.resolve(html) : readFile(path);
    content.then(
      (bytes) =>
        response.writeHead(200, { 'content-type': types[extname(path ?? '.html')] ?? '' }).end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Throws away all that the page's site has, with the page open: as a person does it, or the browser for want of space. */
export async function clearSite(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Storage.clearDataForOrigin', {
    origin: new URL(page.url()).origin,
    storageTypes: 'all',
  });
  await session.detach();
}
