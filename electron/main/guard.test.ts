import { EventEmitter } from 'node:events';
import { describe, expect, test, vi } from 'vitest';
import { guardContents, guardSession } from './guard.ts';

type OpenHandler = (details: { url: string }) => { action: string };

function guardedContents() {
  let openHandler: OpenHandler = () => ({ action: 'allow' });
  const contents = Object.assign(new EventEmitter(), {
    setWindowOpenHandler: (handler: OpenHandler) => {
      openHandler = handler;
    },
  });
  guardContents(contents as never);
  return { contents, open: (url: string) => openHandler({ url }).action };
}

describe('a page of the app', () => {
  test.each(['will-navigate', 'will-redirect', 'will-frame-navigate'])(
    '%s: only to our own addresses',
    (name) => {
      const { contents } = guardedContents();
      const isDenied = (url: string) => {
        const preventDefault = vi.fn();
        contents.emit(name, { url, preventDefault });
        return preventDefault.mock.calls.length === 1;
      };
      expect(isDenied('app://workstation/batches/1')).toBe(false);
      for (const url of [
        'https://evil.example/',
        'file:///etc/passwd',
        'app://other/',
        'data:text/html,x',
        'about:blank',
        '',
      ])
        expect(isDenied(url), url).toBe(true);
    },
  );

  test('no window is opened, not even for our own address', () => {
    const { open } = guardedContents();
    expect(open('https://evil.example/')).toBe('deny');
    expect(open('app://workstation/')).toBe('deny');
  });

  test('no guest page is attached', () => {
    const { contents } = guardedContents();
    const preventDefault = vi.fn();
    contents.emit('will-attach-webview', { preventDefault }, {}, {});
    expect(preventDefault).toHaveBeenCalledOnce();
  });
});

type Decide = (granted: boolean) => void;
type RequestHandler = (contents: object | null, permission: string, decide: Decide) => void;
type CheckHandler = (contents: object | null, permission: string) => boolean;

describe('the session', () => {
  const handlers: { request?: RequestHandler; check?: CheckHandler; device?: () => boolean } = {};
  const session = Object.assign(new EventEmitter(), {
    setPermissionRequestHandler: (handler: RequestHandler) => {
      handlers.request = handler;
    },
    setPermissionCheckHandler: (handler: CheckHandler) => {
      handlers.check = handler;
    },
    setDevicePermissionHandler: (handler: () => boolean) => {
      handlers.device = handler;
    },
  });
  guardSession(session as never);
  const ours = { getURL: () => 'app://workstation/' };
  const foreign = { getURL: () => 'https://evil.example/' };
  const requested = (contents: object, permission: string) => {
    let granted: boolean | null = null;
    handlers.request?.(contents, permission, (answer) => {
      granted = answer;
    });
    return granted;
  };

  test('copying is allowed to our page, and to no other', () => {
    expect(requested(ours, 'clipboard-sanitized-write')).toBe(true);
    expect(handlers.check?.(ours, 'clipboard-sanitized-write')).toBe(true);
    expect(requested(foreign, 'clipboard-sanitized-write')).toBe(false);
    expect(handlers.check?.(foreign, 'clipboard-sanitized-write')).toBe(false);
    expect(handlers.check?.(null, 'clipboard-sanitized-write')).toBe(false);
  });

  test.each([
    'media',
    'geolocation',
    'notifications',
    'clipboard-read',
    'openExternal',
    'fullscreen',
    'unknown',
  ])('%s is denied, asked or checked', (permission) => {
    expect(requested(ours, permission)).toBe(false);
    expect(handlers.check?.(ours, permission)).toBe(false);
  });

  test('devices and downloads are denied', () => {
    expect(handlers.device?.()).toBe(false);
    const preventDefault = vi.fn();
    session.emit('will-download', { preventDefault });
    expect(preventDefault).toHaveBeenCalledOnce();
  });
});
