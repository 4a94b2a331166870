import type { WorkerCall, WorkerReply } from '../../../renderer/host/worker-calls.ts';
import { scanFrames } from '../../../shared/sync/journal-frame.ts';
import type { StepOrder, StepReached } from './step-primitives.ts';

const name = 'so-steps.work';
const utf8 = new TextEncoder();
/** A record holds numbers, and is long enough that half of a write is no whole one. */
const recordOf = (numbers: readonly number[]) =>
  utf8.encode(JSON.stringify({ numbers, long: 'x'.repeat(3000) }));
const numbersIn = (payload: Uint8Array): number[] =>
  (JSON.parse(new TextDecoder().decode(payload)) as { numbers: number[] }).numbers;

let worker: Worker | null = null;
let reached: (what: string) => void = () => undefined;
let lastId = 0;
const waiting = new Map<number, (reply: WorkerReply) => void>();

function begin(): void {
  worker = new Worker(new URL('./stepping-worker.ts', import.meta.url), { type: 'module' });
  worker.addEventListener('message', ({ data }: MessageEvent<WorkerReply | StepReached>) => {
    if ('reached' in data) return reached(data.reached);
    waiting.get(data.id)?.(data);
    waiting.delete(data.id);
  });
}

function call(request: WorkerCall): Promise<WorkerReply> {
  lastId += 1;
  const id = lastId;
  return new Promise((resolve) => {
    waiting.set(id, resolve);
    worker?.postMessage({ ...request, id });
  });
}

async function done(request: WorkerCall): Promise<unknown> {
  const reply = await call(request);
  if (!reply.ok) throw new Error(`${request.op}: ${reply.code} ${reply.message}`);
  return reply.value;
}

/** The journal worker, stopped at any of its steps. */
export const stepping = {
  /** Opens the journal and tells every number in it. */
  numbers: async (): Promise<number[]> => {
    if (!worker) begin();
    await done({ op: 'journal:open', name });
    const { bytes } = (await done({ op: 'journal:read', name, offset: 0 })) as { bytes: Uint8Array };
    return scanFrames(bytes, { final: true }).payloads.flatMap(numbersIn);
  },
  /** Settles when the number is acknowledged. */
  append: async (n: number): Promise<void> =>
    void (await done({ op: 'journal:append', name, payloads: [recordOf([n])] })),
  /** Writes the journal anew with all numbers in fewer records. @returns where it was stopped, or null at its end */
  compact: async (numbers: number[], arm: number, withoutMove: boolean): Promise<string | null> => {
    const half = numbers.length >> 1;
    const payloads = [recordOf(numbers.slice(0, half)), recordOf(numbers.slice(half))];
    worker?.postMessage({ arm, withoutMove } satisfies StepOrder);
    const stopped = new Promise<string>((resolve) => {
      reached = resolve;
    });
    const ended = done({ op: 'journal:replace', name, payloads }).then(() => null);
    return Promise.race([stopped, ended]);
  },
};
