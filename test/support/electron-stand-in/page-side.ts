/**
 * Runs in the page before any script of its own, as text: it may use nothing from outside itself.
 * Gives the preload what a sandboxed one has (`require('electron')` and a little of `process`) and exposes what it
 * exposes. In frames below the top it only takes the binding away, as preloads do not run there.
 */
export function pageSide(options: { binding: string; deliver: string; preload: string }): void {
  type Sent = { kind: 'invoke' | 'send' | 'open'; channel: string; args: unknown };
  type Listener = (event: object, ...args: unknown[]) => void;
  const scope = window as unknown as Record<string, unknown>;
  const raw = scope[options.binding] as (sent: Sent) => Promise<{ value?: unknown; error?: string }>;
  delete scope[options.binding];
  if (window !== window.top) return;

  const toBase64 = (bytes: Uint8Array) => {
    let text = '';
    for (let at = 0; at < bytes.length; at += 0x8000)
      text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
    return btoa(text);
  };
  const toWire = (value: unknown): unknown => {
    if (value === undefined) return { $undefined: true };
    if (value instanceof Uint8Array) return { $bytes: toBase64(value) };
    if (Array.isArray(value)) return value.map(toWire);
    if (typeof value === 'function' || typeof value === 'symbol')
      throw new Error('An object could not be cloned.');
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, toWire(part)]));
  };
  const fromWire = (wire: unknown): unknown => {
    if (Array.isArray(wire)) return wire.map(fromWire);
    if (typeof wire !== 'object' || wire === null) return wire;
    if ('$undefined' in wire) return undefined;
    if ('$bytes' in wire) return Uint8Array.from(atob(String(wire.$bytes)), (sign) => sign.charCodeAt(0));
    return Object.fromEntries(Object.entries(wire).map(([key, part]) => [key, fromWire(part)]));
  };

  const listeners = new Map<string, Listener[]>();
  const ipcRenderer = {
    async invoke(channel: string, ...args: unknown[]) {
      const reply = await raw({ kind: 'invoke', channel, args: toWire(args) });
      if (reply.error !== undefined)
        throw new Error(`Error invoking remote method '${channel}': ${reply.error}`);
      return fromWire(reply.value);
    },
    send(channel: string, ...args: unknown[]) {
      void raw({ kind: 'send', channel, args: toWire(args) });
    },
    on(channel: string, listener: Listener) {
      listeners.set(channel, [...(listeners.get(channel) ?? []), listener]);
      return ipcRenderer;
    },
    off(channel: string, listener: Listener) {
      listeners.set(
        channel,
        (listeners.get(channel) ?? []).filter((known) => known !== listener),
      );
      return ipcRenderer;
    },
  };
  Object.defineProperty(window, options.deliver, {
    enumerable: false,
    value: (channel: string, args: unknown[]) => {
      for (const listener of listeners.get(channel) ?? []) listener({}, ...(fromWire(args) as unknown[]));
    },
  });

  // The bridge copies data, wraps functions and freezes the outcome; prototypes do not cross.
  const cross = (value: unknown): unknown => {
    if (typeof value === 'function')
      return (...args: unknown[]) => {
        const result: unknown = value(...args.map(cross));
        return result instanceof Promise ? result.then(cross) : cross(result);
      };
    if (typeof value === 'symbol') throw new Error('[stand-in] a symbol cannot cross the bridge');
    if (typeof value !== 'object' || value === null) return value;
    if (value instanceof Uint8Array) return value.slice();
    if (value instanceof Error) return new Error(value.message);
    if (Array.isArray(value)) return value.map(cross);
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, cross(part)]));
  };
  const contextBridge = {
    exposeInMainWorld(key: string, api: Record<string, unknown>) {
      if (Object.hasOwn(window, key))
        throw new Error(`Cannot bind an API on top of an existing property: ${key}`);
      const value = Object.freeze(cross(api));
      Object.defineProperty(window, key, { value, writable: false, configurable: false, enumerable: true });
    },
  };
  // A denied window is null to the page that asked for it; the main process is told and may not allow one here.
  window.open = (address) => {
    void raw({ kind: 'open', channel: '', args: toWire([String(address ?? 'about:blank')]) });
    return null;
  };

  const require = (name: string) => {
    if (name === 'electron' || name === 'electron/renderer') return { contextBridge, ipcRenderer };
    throw new Error(`module not found: ${name}`);
  };
  const process = Object.freeze({ type: 'renderer', sandboxed: true, contextIsolated: true, env: {} });
  const module = { exports: {} };
  new Function('require', 'module', 'exports', 'process', options.preload)(
    require,
    module,
    module.exports,
    process,
  );
}
