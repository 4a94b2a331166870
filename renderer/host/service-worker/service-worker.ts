// Keeps the app itself on the laptop, so that a browser host can start with no network. It never touches
// /api: data has one way in and out, the sync engine. The build replaces the two constants below.
declare const self: ServiceWorkerGlobalScope;
declare const __SHELL_VERSION__: string;
declare const __SHELL_FILES__: readonly string[];

const shellName = `shell-${__SHELL_VERSION__}`;
const indexPath = '/index.html';

async function storeShell(): Promise<void> {
  const shell = await caches.open(shellName);
  // `reload` passes the HTTP cache by: a half-updated shell would mix files of two versions.
  await shell.addAll(__SHELL_FILES__.map((path) => new Request(path, { cache: 'reload' })));
}

async function dropOldShells(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(
    names
      .filter((name) => name.startsWith('shell-') && name !== shellName)
      .map((name) => caches.delete(name)),
  );
}

async function fromShell(request: Request, path: string): Promise<Response> {
  const shell = await caches.open(shellName);
  return (await shell.match(path)) ?? fetch(request);
}

self.addEventListener('install', (event) => event.waitUntil(storeShell()));
// The first worker takes over the open page, so that the very first visit can already restart offline.
self.addEventListener('activate', (event) =>
  event.waitUntil(dropOldShells().then(() => self.clients.claim())),
);

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin || url.pathname.startsWith('/api/'))
    return;
  event.respondWith(fromShell(request, request.mode === 'navigate' ? indexPath : url.pathname));
});

export {};
