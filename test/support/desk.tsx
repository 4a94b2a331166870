import { QueryClientProvider } from '@tanstack/react-query';
import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from '@tanstack/react-router';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { ReactNode } from 'react';
import { createServerCache } from '../../renderer/app/server-cache.ts';
import { setPlatform } from '../../renderer/platform.ts';
import { UiProvider } from '../../renderer/ui/ui-provider.tsx';
import type { Endpoint, EndpointReply } from '../../shared/contract/endpoint.ts';
import { AppError } from '../../shared/errors.ts';
import type { NetReply } from '../../shared/ipc.ts';
import { createMemoryHost, type MemoryHost } from '../contract/memory-host.ts';

type Answer = (call: { path: string; query: URLSearchParams; body: unknown }) => unknown;

/** A server of answers, one per endpoint; what nobody answers fails the call, so that no call goes unseen. */
export type FakeServer = {
  host: MemoryHost;
  online: boolean;
  /** Every call that arrived: "POST /api/studies". */
  calls: { call: string; body: unknown }[];
  on: <E extends Endpoint>(
    endpoint: E,
    answer: (call: Parameters<Answer>[0]) => EndpointReply<E> | AppError,
  ) => void;
};

const json = (status: number, value: unknown): NetReply => ({
  kind: 'reply',
  status,
  contentType: 'application/json',
  body: JSON.stringify(value),
  retryAfter: null,
});

const errorReply = ({ status, code, message, details }: AppError) =>
  json(status, { error: { code, message, details } });

const patternOf = (path: string) => new RegExp(`^${path.replace(/:[a-zA-Z]+/g, '[^/]+')}$`);

/** Puts a host without disk or network under the renderer, whose server gives the answers a test sets. */
export function fakeServer(): FakeServer {
  const host = createMemoryHost();
  const answers: { method: string; path: RegExp; answer: Answer }[] = [];
  const server: FakeServer = {
    host,
    online: true,
    calls: [],
    on: (endpoint, answer) => {
      answers.unshift({ method: endpoint.method, path: patternOf(endpoint.path), answer });
    },
  };
  host.server = async ({ method, path: whole, body }) => {
    if (!server.online) return { kind: 'unreachable', reason: 'no network' };
    const [path = '', search = ''] = whole.split('?');
    const input: unknown = body === null ? null : JSON.parse(body);
    server.calls.push({ call: `${method} ${path}`, body: input });
    const found = answers.find((one) => one.method === method && one.path.test(path));
    if (!found) return errorReply(new AppError('not-found', { message: `no answer for ${method} ${path}` }));
    const value = found.answer({ path, query: new URLSearchParams(search), body: input });
    return value instanceof AppError ? errorReply(value) : json(200, value);
  };
  setPlatform(host);
  return server;
}

/** Shows one desk screen in the app's providers; links change the address and nothing else. */
export async function renderDesk(ui: ReactNode) {
  const history = createMemoryHistory({ initialEntries: ['/here'] });
  const root = createRootRoute({ component: () => ui });
  const router = createRouter({ routeTree: root, history });
  const user = userEvent.setup();
  render(
    <UiProvider env="test">
      <QueryClientProvider client={createServerCache()}>
        <RouterProvider router={router as never} />
      </QueryClientProvider>
    </UiProvider>,
  );
  await screen.findAllByRole('heading');
  return { user, address: () => router.state.location.pathname };
}
