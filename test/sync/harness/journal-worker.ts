import type { WorkerCall, WorkerReply } from '../../../renderer/host/worker-calls.ts';
import type { PageHost } from '../../../renderer/platform.ts';
import type { RunningApp } from './running-app.ts';
import { journalWorker } from './worker-text.ts';

type Scope = {
  addEventListener: (type: string, listener: (event: { data: unknown }) => void) => void;
  postMessage: (reply: WorkerReply) => void;
};

const { startWorker } = (await import(journalWorker)) as { startWorker: (self: Scope) => void };

/** Messages keep their order, and take a moment. */
const messageMs = 0.05;

type Outcome = { ok: true; value: unknown } | { ok: false; code: string; message: string };

/** Starts a worker for this page. @returns what the page's host asks it */
function callWorker(app: RunningApp): (call: WorkerCall) => Promise<Outcome> {
  const waiting = new Map<number, (reply: Outcome) => void>();
  let listener: (event: { data: unknown }) => void = () => undefined;
  startWorker({
    addEventListener: (_type, given) => {
      listener = given;
    },
    postMessage: (reply) => void app.setTimer(messageMs, () => waiting.get(reply.id)?.(reply)),
  });
  return (call) =>
    new Promise((resolve) => {
      const id = waiting.size + 1;
      waiting.set(id, resolve);
      app.setTimer(messageMs, () => listener({ data: { ...call, id } }));
    });
}

/** What the host of a browser tab does with journals and keys. */
export function browserJournals(app: RunningApp) {
  const call = callWorker(app);
  const given = new Map<string, CryptoKey>();
  const ask = async (asked: WorkerCall): Promise<unknown> => {
    const outcome = await call(asked);
    if (outcome.ok) return outcome.value;
    throw Object.assign(new Error(outcome.message), { code: outcome.code });
  };
  const appendSealed = async (...[name, key, records]: Parameters<PageHost['appendSealed']>) => {
    const fresh = given.get(name) === key ? null : key;
    given.set(name, key);
    return (await call({ op: 'journal:append-sealed', name, key: fresh, records })) as Awaited<
      ReturnType<PageHost['appendSealed']>
    >;
  };
  const requireFiles = async () => (await call({ op: 'journal:require' })) as Outcome & { value: null };
  return {
    ...{ appendSealed, requireFiles },
    /** As the host of a tab asks every second. */
    look: async () => void (await call({ op: 'journal:look' })),
    answers: {
      'journal:open': (name: string) => ask({ op: 'journal:open', name }),
      'journal:read': (name: string, offset: number) => ask({ op: 'journal:read', name, offset }),
      'journal:append': (name: string, payloads: Uint8Array[]) =>
        ask({ op: 'journal:append', name, payloads }),
      'journal:replace': (name: string, payloads: Uint8Array[]) =>
        ask({ op: 'journal:replace', name, payloads }),
      'journal:close': (name: string) => {
        given.delete(name);
        return ask({ op: 'journal:close', name });
      },
      'keys:load': (name: string) => ask({ op: 'keys:load', name }),
      'keys:store': (name: string, bytes: Uint8Array) => ask({ op: 'keys:store', name, bytes }),
      'keys:strength': async () => ({ strength: 'password-only' }),
    },
  };
}
