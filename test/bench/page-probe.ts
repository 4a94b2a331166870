/**
 * Runs in the page, before the app. Times are those of performance.now(), from the moment the browser made the
 * key event to the end of the frame that shows the change: the task posted from that frame's requestAnimationFrame
 * runs once style, layout and paint of the frame are done. What follows in other threads (raster, the screen) is
 * not in it; the Event Timing entry, in steps of 8 ms, is kept beside it because it has that too.
 */
type Sample = {
  kind: string;
  /** The event's own time. */
  at: number;
  /** When the handlers were done; 0 where one of them kept the event to itself. */
  handled: number;
  /** Start of the frame that shows the change. */
  frame: number;
  painted: number;
  /** Frames it took until the change was there; 1 is the next one. */
  frames: number;
  /** When the first record after it went to the journal's worker, was on the disk there, and the page was told. */
  durable: { posted: number; flushed: number; done: number; bytes: number } | null;
  /** Event Timing: to the screen, in steps of 8 ms; null under 16 ms. */
  presented: number | null;
};

const samples: Sample[] = [];
let armed: { kind: string; key: string; before: string } | null = null;
let waitingForDisk: Sample | null = null;
const marks: Record<string, number> = {};

/** Everything a measured key may change: the case on screen, the answers, the digit of the empty page. */
function shownState(): string {
  const layer = document.querySelector<HTMLElement>('[data-layer][data-active]');
  if (!layer) return document.querySelector('#shown')?.textContent ?? '';
  const sliders = [...layer.querySelectorAll('[role=slider]')].map((one) =>
    one.getAttribute('aria-valuetext'),
  );
  const texts = [...layer.querySelectorAll('textarea')].map((one) => one.value.length);
  const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.place : '';
  return [layer.dataset.layer, focused, ...sliders, ...texts].join('|');
}

function afterTask(work: () => void): void {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    port1.close();
    work();
  };
  port2.postMessage(null);
}

function follow(sample: Sample, before: string): void {
  requestAnimationFrame((frame) => {
    sample.frames += 1;
    if (shownState() === before) {
      follow(sample, before);
      return;
    }
    sample.frame = frame;
    afterTask(() => {
      sample.painted = performance.now();
      samples.push(sample);
    });
  });
}

const setHandled = (sample: Sample) => {
  sample.handled = performance.now();
};

window.addEventListener(
  'keydown',
  (event) => {
    if (!armed || event.key !== armed.key) return;
    const { kind, before } = armed;
    armed = null;
    const sample: Sample = {
      kind,
      at: event.timeStamp,
      handled: 0,
      frame: 0,
      painted: 0,
      frames: 0,
      durable: null,
      presented: null,
    };
    waitingForDisk = sample;
    // Registered now, so that it is the last one of all; what the screen does at once is done before this microtask.
    window.addEventListener('keydown', () => queueMicrotask(() => setHandled(sample)), { once: true });
    follow(sample, before);
  },
  { capture: true },
);

new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    const sample = samples.find(({ at }) => Math.abs(at - entry.startTime) < 0.2);
    if (sample && entry.name === 'keydown') sample.presented = entry.duration;
  }
}).observe({ type: 'event', durationThreshold: 16, buffered: true } as PerformanceObserverInit);

type Append = {
  id: number;
  op?: string;
  name?: string;
  payloads?: Uint8Array[];
  records?: { clear: Uint8Array; text: string }[];
};
const frameBytes = 16;
const sealBytes = 12 + 16;
/** What a call leaves in the file, framed, sealed in the worker or before. */
const bytesOf = ({ payloads = [], records = [] }: Append) =>
  payloads.reduce((sum, one) => sum + frameBytes + one.byteLength, 0) +
  records.reduce(
    (sum, { clear, text }) =>
      sum + frameBytes + clear.byteLength + sealBytes + new TextEncoder().encode(text).byteLength,
    0,
  );

/** The journal's worker as the app makes it, with a second door for bare writes of as many bytes. */
const OwnWorker = window.Worker;
/** What the same bytes cost with nothing around them: in the worker alone, and with the message there and back. */
type Bare = { written: number; told: number };
let door: MessagePort | null = null;

window.Worker = class extends OwnWorker {
  readonly #own: number[] = [];
  constructor(address: string | URL, options?: WorkerOptions) {
    const script = `import ${JSON.stringify(String(address))};
      let flushedAt = 0;
      const { flush } = FileSystemSyncAccessHandle.prototype;
      FileSystemSyncAccessHandle.prototype.flush = function () {
        flush.call(this);
        flushedAt = performance.timeOrigin + performance.now();
      };
      const post = self.postMessage.bind(self);
      self.postMessage = (message) => post({ ...message, flushedAt });
      const opening = navigator.storage.getDirectory()
        .then((root) => root.getFileHandle('bench-bare', { create: true }))
        .then((file) => file.createSyncAccessHandle());
      const answer = (port, file) => ({ data }) => {
        const at = file.getSize();
        const start = performance.now();
        file.write(data, { at });
        file.flush();
        port.postMessage(performance.now() - start);
      };
      self.addEventListener('message', async ({ data }) => {
        if (data.op === 'bench') data.port.onmessage = answer(data.port, await opening);
      });`;
    super(URL.createObjectURL(new Blob([script], { type: 'text/javascript' })), options);
    const { port1, port2 } = new MessageChannel();
    door = port1;
    // The app's own listener answers it as a call that nobody waits for.
    this.postMessage({ id: -1, op: 'bench', port: port2 }, [port2]);
    const pending = new Map<number, { posted: number; bytes: number; sample: Sample }>();
    this.addEventListener('message', ({ data }) => {
      const call = pending.get(data.id);
      if (!call) return;
      pending.delete(data.id);
      const flushed = data.flushedAt - performance.timeOrigin;
      call.sample.durable = { posted: call.posted, flushed, done: performance.now(), bytes: call.bytes };
    });
    const post = this.postMessage.bind(this);
    this.postMessage = (message: Append) => {
      if (message.op?.startsWith('journal:append') && message.name?.endsWith('.work') && waitingForDisk) {
        const bytes = bytesOf(message);
        pending.set(message.id, { posted: performance.now(), bytes, sample: waitingForDisk });
        waitingForDisk = null;
      }
      post(message);
    };
  }
};

/** First moments at which something stood on the screen. */
function markWhenPainted(name: string, selector: string): void {
  const look = () => {
    if (!document.querySelector(selector)) return void requestAnimationFrame(look);
    afterTask(() => {
      marks[name] = performance.now();
    });
  };
  requestAnimationFrame(look);
}
markWhenPainted('password', 'input[type=password]');
markWhenPainted('case', '[data-layer][data-active] [data-answer=b]');
window.addEventListener(
  'keydown',
  ({ key, timeStamp }) => {
    if (key === 'Enter') marks.enter ??= timeStamp;
  },
  { capture: true },
);

const bench = {
  arm: (kind: string, key: string) => {
    armed = { kind, key, before: shownState() };
  },
  count: () => samples.length,
  samples: () => samples,
  marks: () => marks,
  bareWrite: (count: number) =>
    new Promise<Bare>((resolve, reject) => {
      if (!door) return reject(new Error('no journal worker'));
      const bytes = new Uint8Array(count).fill(7);
      const start = performance.now();
      door.onmessage = ({ data }) => resolve({ written: data, told: performance.now() - start });
      door.postMessage(bytes);
    }),
};
export type BenchPage = typeof bench;
export type { Bare, Sample };

declare global {
  interface Window {
    bench: BenchPage;
  }
}
window.bench = bench;
