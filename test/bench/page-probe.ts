/**
 * Runs in the page, before the app. Times are those of performance.now(), from the moment the browser made the
 * key event to the end of the frame that shows the change: the task posted from that frame's requestAnimationFrame
 * runs once style, layout and paint of the frame are done. What follows in other threads (raster, the screen) is
 * not in it: presented.ts adds that from the browser's trace.
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
  /** From that hand-over until as many bytes, handed to a worker of their own at the same moment, were flushed. */
  beside: number | null;
  /** To the screen; from the trace, so null in the page. */
  presented: number | null;
};

const samples: Sample[] = [];
/** Where a change will show, found before the press: to look for it among thousands of elements would be measured too. */
type Places = {
  layers: HTMLElement[];
  sliders: HTMLElement[];
  texts: HTMLTextAreaElement[];
  digit: Element | null;
};
let armed: { kind: string; key: string; places: Places; before: string } | null = null;
let waitingForDisk: Sample | null = null;
const marks: Record<string, number> = {};

function findPlaces(): Places {
  const layers = [...document.querySelectorAll<HTMLElement>('[data-layer]')];
  const active = layers.find((layer) => layer.dataset.active);
  return {
    layers,
    sliders: [...(active?.querySelectorAll<HTMLElement>('[role=slider]') ?? [])],
    texts: [...(active?.querySelectorAll('textarea') ?? [])],
    digit: document.querySelector('#shown'),
  };
}

/** Everything a measured key may change: the case on screen, the answers, the digit of the empty page. */
function shownState({ layers, sliders, texts, digit }: Places): string {
  const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.place : '';
  return [
    layers.find((layer) => layer.dataset.active)?.dataset.layer,
    focused,
    digit?.textContent,
    ...sliders.map((one) => one.getAttribute('aria-valuetext')),
    ...texts.map((one) => one.value.length),
  ].join('|');
}

function afterTask(work: () => void): void {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    port1.close();
    work();
  };
  port2.postMessage(null);
}

function follow(sample: Sample, places: Places, before: string): void {
  requestAnimationFrame((frame) => {
    sample.frames += 1;
    if (shownState(places) === before) {
      follow(sample, places, before);
      return;
    }
    sample.frame = frame;
    afterTask(() => {
      sample.painted = performance.now();
      samples.push(sample);
    });
  });
}

/** Writes and flushes what it is sent, as it is, and says when: the least that a record could cost. */
function openWriter(name: string): Promise<Worker> {
  const script = `const file = await (await (await navigator.storage.getDirectory())
      .getFileHandle(${JSON.stringify(name)}, { create: true })).createSyncAccessHandle();
    self.onmessage = ({ data }) => {
      file.write(data, { at: file.getSize() });
      file.flush();
      self.postMessage(performance.timeOrigin + performance.now());
    };
    self.postMessage('ready');`;
  const address = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
  const worker = new OwnWorker(address, { type: 'module' });
  return new Promise((resolve) => {
    worker.onmessage = () => resolve(worker);
  });
}

/** On the empty page: what a change and its record cost at least. */
let bare: { worker: Worker; bytes: Uint8Array } | null = null;
function writeBare(sample: Sample): void {
  if (!bare) return;
  const { worker, bytes } = bare;
  const posted = performance.now();
  worker.onmessage = ({ data }) => {
    const flushed = data - performance.timeOrigin;
    sample.durable = { posted, flushed, done: performance.now(), bytes: bytes.byteLength };
  };
  worker.postMessage(bytes);
}

/** While the screen is drawn, workers wait for a processor: a write that waits with the record is what it is measured by. */
let beside: { worker: Worker; turn: number } | null = null;
/** At every second record, by turns before it and after it. */
function withBeside(sample: Sample, bytes: number, post: () => void): void {
  const turn = beside ? beside.turn++ % 4 : 0;
  const write = () => {
    if (!beside || turn % 2 === 0) return;
    const posted = performance.now();
    beside.worker.onmessage = ({ data }) => {
      sample.beside = data - performance.timeOrigin - posted;
    };
    beside.worker.postMessage(new Uint8Array(bytes).fill(7));
  };
  if (turn === 1) write();
  post();
  if (turn === 3) write();
}

const setHandled = (sample: Sample) => {
  sample.handled = performance.now();
};

window.addEventListener(
  'keydown',
  (event) => {
    if (!armed || event.key !== armed.key) return;
    const { kind, places, before } = armed;
    armed = null;
    const sample: Sample = {
      kind,
      at: event.timeStamp,
      handled: 0,
      frame: 0,
      painted: 0,
      frames: 0,
      durable: null,
      beside: null,
      presented: null,
    };
    waitingForDisk = sample;
    writeBare(sample);
    // Registered now, so that it is the last one of all; what the screen does at once is done before this microtask.
    window.addEventListener('keydown', () => queueMicrotask(() => setHandled(sample)), { once: true });
    follow(sample, places, before);
  },
  { capture: true },
);

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
      const making = crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt']);
      const answer = (port, file, key) => async ({ data: { bytes, sealed } }) => {
        const at = file.getSize();
        const start = performance.now();
        const iv = crypto.getRandomValues(new Uint8Array(12));
        file.write(sealed ? await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, bytes) : bytes, { at });
        file.flush();
        port.postMessage(performance.now() - start);
      };
      self.addEventListener('message', async ({ data }) => {
        if (data.op === 'bench') data.port.onmessage = answer(data.port, await opening, await making);
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
        const sample = waitingForDisk;
        waitingForDisk = null;
        withBeside(sample, bytes, () => {
          pending.set(message.id, { posted: performance.now(), bytes, sample });
          post(message);
        });
        return;
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
    const places = findPlaces();
    armed = { kind, key, places, before: shownState(places) };
  },
  count: () => samples.length,
  samples: () => samples,
  marks: () => marks,
  /** From now on each measured key has this many bytes written and flushed, by a worker that does nothing else. */
  writeAtEachKey: async (count: number) => {
    bare = { worker: await openWriter('bench-empty'), bytes: new Uint8Array(count).fill(7) };
  },
  /** From now on every second record has as many bytes written beside it, at the same moment. */
  writeBeside: async () => {
    beside = { worker: await openWriter('bench-beside'), turn: 0 };
  },
  /** By the journal's worker at once; sealed first, as nothing readable may be on the disk, or as it is. */
  bareWrite: (count: number, sealed = false) =>
    new Promise<Bare>((resolve, reject) => {
      if (!door) return reject(new Error('no journal worker'));
      const bytes = new Uint8Array(count).fill(7);
      const start = performance.now();
      door.onmessage = ({ data }) => resolve({ written: data, told: performance.now() - start });
      door.postMessage({ bytes, sealed });
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
