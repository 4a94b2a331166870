/**
 * Counts what the journal worker asks of OPFS. At the step that is armed it says so and stops for ever, before the step
 * or, for a write, in the middle of it: whoever watches can then end it at that very point.
 */
export type StepOrder = { arm: number; withoutMove: boolean };
export type StepReached = { reached: string };

let left = 0;

function stopHere(what: string): never {
  self.postMessage({ reached: what } satisfies StepReached);
  for (;;);
}

/** True when this is the step to stop at. */
function isStep(): boolean {
  if (left === 0) return false;
  left -= 1;
  return left === 0;
}

type Method = (this: unknown, ...args: never[]) => unknown;

function patch(type: { prototype: object }, name: string): void {
  const methods = type.prototype as Record<string, Method>;
  const real = methods[name];
  if (!real) return;
  methods[name] = function (this: unknown, ...args: never[]) {
    if (isStep()) stopHere(name);
    return real.apply(this, args);
  };
}

type SyncHandle = { write: (bytes: Uint8Array, options: { at: number }) => number };
declare const FileSystemSyncAccessHandle: { prototype: SyncHandle };

for (const name of ['truncate', 'flush', 'close']) patch(FileSystemSyncAccessHandle, name);
for (const name of ['createSyncAccessHandle', 'move']) patch(FileSystemFileHandle, name);
for (const name of ['getFileHandle', 'removeEntry']) patch(FileSystemDirectoryHandle, name);

const { write } = FileSystemSyncAccessHandle.prototype;
FileSystemSyncAccessHandle.prototype.write = function (bytes, options) {
  if (isStep()) stopHere('write');
  if (!isStep()) return write.call(this, bytes, options);
  write.call(this, bytes.subarray(0, bytes.byteLength >> 1), options);
  return stopHere('write, half of it');
};

self.addEventListener('message', (event: MessageEvent<StepOrder | { op: string }>) => {
  if (!('arm' in event.data)) return;
  event.stopImmediatePropagation();
  left = event.data.arm;
  // Some browsers have no move: the bytes are copied then.
  if (event.data.withoutMove) Reflect.deleteProperty(FileSystemFileHandle.prototype, 'move');
});
