import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { assetFile, pathParts } from './asset-path.ts';

export const appScheme = 'app';
export const appHost = 'workstation';
export const appOrigin = `${appScheme}://${appHost}`;

/** What the scheme may do: a secure origin with storage and module scripts, and no way round the page's policy. */
export const appPrivileges = {
  standard: true,
  secure: true,
  supportFetchAPI: true,
  codeCache: true,
} as const;

const contentTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
};

export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'none'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const safetyHeaders = {
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy':
    'camera=(), microphone=(), geolocation=(), display-capture=(), usb=(), serial=(), hid=()',
  'cache-control': 'no-cache',
} as const;

const plainReply = (status: number, text: string) =>
  new Response(text, { status, headers: { ...safetyHeaders, 'content-type': 'text/plain; charset=utf-8' } });

/** A screen's address, such as /batches/7: no file of that name, and the window itself asks. */
function isScreen(url: URL, request: Request): boolean {
  const parts = pathParts(url.pathname);
  if (!parts || extname(parts.at(-1) ?? '') !== '') return false;
  const accepts = request.headers.get('accept');
  return accepts === null || accepts.includes('text/html');
}

/** Answers requests of the window for its own files under `root`, and for nothing else. */
export function rendererFiles(root: string): (request: Request) => Promise<Response> {
  return async (request) => {
    const url = URL.parse(request.url);
    if (!url || url.protocol !== `${appScheme}:` || url.host !== appHost) return plainReply(404, 'Not found');
    if (request.method !== 'GET' && request.method !== 'HEAD') return plainReply(405, 'Only GET');
    const file =
      (await assetFile(root, url.pathname)) ??
      (isScreen(url, request) ? await assetFile(root, '/index.html') : null);
    if (file === null) return plainReply(404, 'Not found');
    const contentType = contentTypes[extname(file).toLowerCase()] ?? 'application/octet-stream';
    const body = request.method === 'HEAD' ? null : new Uint8Array(await readFile(file));
    return new Response(body, { headers: { ...safetyHeaders, 'content-type': contentType } });
  };
}
