import type { Route } from 'playwright-core';
import { toApp } from './stand-in-addresses.ts';
import { must, needReady, state } from './stand-in-state.ts';

type Privileges = {
  standard?: boolean;
  secure?: boolean;
  bypassCSP?: boolean;
  allowServiceWorkers?: boolean;
};
type SchemeHandler = (request: Request) => Response | Promise<Response>;

const handlers = new Map<string, SchemeHandler>();
let registered: ReadonlyMap<string, Privileges> | null = null;

export const schemes = () => new Set(registered?.keys() ?? []);

export const protocol = {
  registerSchemesAsPrivileged(list: { scheme: string; privileges?: Privileges }[]) {
    must(!state.isReady, 'protocol.registerSchemesAsPrivileged should be called before app is ready');
    must(registered === null, 'registerSchemesAsPrivileged can only be called once');
    for (const { privileges } of list) {
      must(!privileges?.bypassCSP, '[stand-in] a scheme that bypasses the policy is refused');
      must(
        privileges?.standard && privileges.secure,
        '[stand-in] a scheme must be standard and secure, else it has no storage and no module scripts',
      );
    }
    registered = new Map(list.map(({ scheme, privileges }) => [scheme, privileges ?? {}]));
  },
  handle(scheme: string, handler: SchemeHandler) {
    needReady('protocol');
    must(!handlers.has(scheme), `Failed to register protocol: ${scheme}`);
    must(registered?.has(scheme), `[stand-in] the scheme ${scheme} was not registered as privileged`);
    handlers.set(scheme, handler);
  },
  isProtocolHandled: (scheme: string) => handlers.has(scheme),
};

/** Asks the main process's handler, as Chromium would inside Electron. */
export async function askScheme(
  address: string,
  request: { method: string; headers: Record<string, string> },
) {
  const handler = handlers.get(new URL(address).protocol.slice(0, -1));
  if (!handler) return null;
  // Electron's requests carry the address as the page wrote it; Request would refuse nothing of it.
  return handler(new Request(address, { method: request.method, headers: request.headers }));
}

/** Answers a request of a page for its own scheme with what the main process's handler says. */
export async function serveScheme(route: Route): Promise<void> {
  const request = route.request();
  try {
    const response = await askScheme(toApp(request.url()), {
      method: request.method(),
      headers: request.headers(),
    });
    if (!response) return await route.abort('failed');
    await route.fulfill({
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: Buffer.from(await response.arrayBuffer()),
    });
  } catch (cause) {
    if (!state.isQuitting) console.error('[stand-in] the protocol handler failed:', cause);
    await route.abort('failed').catch(() => undefined);
  }
}
