import { EventEmitter } from 'node:events';
import { needReady } from './stand-in-state.ts';

/** The small services of the machine: power, colours, screens, the network of the main process. */
class PowerMonitor extends EventEmitter {
  override on(event: string, listener: (...args: unknown[]) => void): this {
    needReady('powerMonitor');
    return super.on(event, listener);
  }
}
export const powerMonitor = new PowerMonitor();

export const nativeTheme = Object.assign(new EventEmitter(), {
  themeSource: 'system',
  shouldUseDarkColors: false,
});

const workArea = { x: 0, y: 0, width: 1920, height: 1080 };
export const screen = {
  getPrimaryDisplay: () => {
    needReady('screen');
    return { workArea };
  },
  getDisplayMatching: () => screen.getPrimaryDisplay(),
};

export const net = {
  fetch: (address: string, init?: RequestInit) => {
    needReady('net');
    return fetch(address, init);
  },
};
