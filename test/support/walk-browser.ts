import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { contentSecurityPolicy } from '../../electron/main/protocol.ts';
import { launchBrowser } from './chromium.ts';

const types: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.woff2': 'font/woff2',
};
const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Walk</title>
<link rel="stylesheet" href="/page.css"></head><body><div id="root"></div>
<script type="module" src="/page.js"></script></body></html>`;
const source = fileURLToPath(new URL('../e2e/walk-page', import.meta.url));

async function buildPage(folder: string): Promise<void> {
  await build({
    configFile: false,
    logLevel: 'error',
    // React tells of wrong nesting, keys and updates only in development.
    mode: 'development',
    define: { 'process.env.NODE_ENV': '"development"', __APP_VERSION__: '"0.0.0-test"' },
    root: source,
    plugins: [react()],
    worker: { format: 'es' },
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: 'es2024',
      minify: false,
      assetsInlineLimit: 0,
      cssCodeSplit: false,
      modulePreload: { polyfill: false },
      rolldownOptions: {
        input: join(source, 'page.tsx'),
        output: {
          entryFileNames: 'page.js',
          assetFileNames: ({ names }) =>
            names[0]?.endsWith('.css') ? 'page.css' : 'assets/[name]-[hash][extname]',
        },
      },
    },
  });
}

export type WalkPage = {
  page: Page;
  /** What the console, the page or the network had to say since the page stood; empty when all is well. */
  wrongs: string[];
};
export type WalkBrowser = {
  open: (options?: Parameters<Browser['newPage']>[0]) => Promise<WalkPage>;
  close: () => Promise<void>;
};

/** The walk's page, built from the product's own parts and served with the product's own policy. */
export async function startWalkBrowser(): Promise<WalkBrowser> {
  const folder = await mkdtemp(join(tmpdir(), 'so-walk-'));
  await buildPage(folder);
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://x').pathname;
    const content = path === '/' ? Promise.resolve(html) : readFile(join(folder, path));
    const headers = {
      'content-type': types[extname(path === '/' ? '.html' : path)] ?? '',
      'content-security-policy': contentSecurityPolicy,
    };
    content.then(
      (bytes) => response.writeHead(200, headers).end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const browser = await launchBrowser();
  return {
    open: async (options = {}) => {
      const page = await browser.newPage(options);
      const wrongs: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning')
          wrongs.push(`${message.type()}: ${message.text()}`);
      });
      page.on('pageerror', (error) => wrongs.push(`error: ${error.message}`));
      page.on('dialog', (dialog) => wrongs.push(`dialog: ${dialog.message()}`));
      await page.goto(address);
      await page
        .waitForFunction(() => window.walk !== undefined)
        .catch(() => Promise.reject(new Error(`The page did not start: ${wrongs.join('; ')}`)));
      await page.evaluate(() => document.fonts.ready.then(() => undefined));
      // The page's own fonts come script by script, and the worker of long comparisons is a file of the page.
      const own = (url: string) => url.startsWith(address) && /\.woff2$|-worker-[\w-]+\.js$/.test(url);
      page.on('request', (request) => {
        if (!own(request.url())) wrongs.push(`request: ${request.url()}`);
      });
      return { page, wrongs };
    },
    close: async () => {
      await browser.close();
      server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
