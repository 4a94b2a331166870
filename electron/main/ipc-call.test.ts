import { describe, expect, test, vi } from 'vitest';
import { AppError } from '../../shared/errors.ts';
import { answerCall, type IpcHandlers, isOurPage } from './ipc-call.ts';

const handlersWith = (some: Partial<IpcHandlers>) => some as IpcHandlers;
const sender = { id: 7 };
const frame = (url: string, parent: null | object = null) => ({ url, parent }) as never;

describe('who may call', () => {
  test('the main frame of our window, showing our page', () => {
    expect(isOurPage({ sender, senderFrame: frame('app://workstation/') }, 7)).toBe(true);
    expect(isOurPage({ sender, senderFrame: frame('app://workstation/batches/1?x#y') }, 7)).toBe(true);
  });

  test.each([
    ['another window', { sender: { id: 8 }, senderFrame: frame('app://workstation/') }],
    ['a frame below the main one', { sender, senderFrame: frame('app://workstation/', {}) }],
    ['a frame that is gone', { sender, senderFrame: null }],
    ['another site', { sender, senderFrame: frame('https://workstation/') }],
    ['another host of the scheme', { sender, senderFrame: frame('app://workstation.evil/') }],
    ['our name in front of another host', { sender, senderFrame: frame('app://workstation@evil/') }],
    ['our host with a port', { sender, senderFrame: frame('app://workstation:1/') }],
    ['a blank page', { sender, senderFrame: frame('about:blank') }],
    ['no address', { sender, senderFrame: frame('') }],
  ])('not %s', (_name, call) => {
    expect(isOurPage(call, 7)).toBe(false);
  });

  test('nobody, when there is no window', () => {
    expect(isOurPage({ sender, senderFrame: frame('app://workstation/') }, null)).toBe(false);
  });
});

describe('what is answered', () => {
  test('the result of the handler, with its arguments', async () => {
    const open = vi.fn(async () => ({ opened: true }));
    const handlers = handlersWith({ 'app:open-link': open });
    expect(await answerCall(handlers, 'app:open-link', ['https://a.example/'])).toEqual({
      ok: true,
      value: { opened: true },
    });
    expect(open).toHaveBeenCalledWith('https://a.example/');
  });

  test.each([
    ['no arguments', []],
    ['too many arguments', ['work', 1, 2]],
    ['a path for a name', ['../work', 0]],
    ['an absolute path', ['/etc/passwd', 0]],
    ['a name with a null byte', ['work\0', 0]],
    ['a negative offset', ['work', -1]],
    ['an object for a name', [{ toString: () => 'work' }, 0]],
  ])('bad-request for %s, before any handler runs', async (_name, args) => {
    const read = vi.fn();
    const outcome = await answerCall(handlersWith({ 'journal:read': read }), 'journal:read', args);
    expect(outcome).toMatchObject({ ok: false, code: 'bad-request' });
    expect(read).not.toHaveBeenCalled();
  });

  test('unknown fields of a request are refused', async () => {
    const request = {
      method: 'GET',
      path: '/api/x',
      body: null,
      timeoutMs: 1000,
      url: 'https://evil.example',
    };
    const outcome = await answerCall(handlersWith({ 'net:request': vi.fn() }), 'net:request', [request]);
    expect(outcome).toMatchObject({ ok: false, code: 'bad-request' });
  });

  test('an AppError keeps its code, its sentence and its details', async () => {
    const handlers = handlersWith({
      'journal:open': async () => {
        throw new AppError('already-open', { details: { where: 'here' } });
      },
    });
    const { message } = new AppError('already-open');
    expect(await answerCall(handlers, 'journal:open', ['work'])).toEqual({
      ok: false,
      code: 'already-open',
      message,
      details: { where: 'here' },
    });
  });

  test('any other failure is a server-error without its words or its stack', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const handlers = handlersWith({
      'keys:strength': async () => {
        throw new Error('EACCES /home/somebody/secret');
      },
    });
    const outcome = await answerCall(handlers, 'keys:strength', []);
    expect(outcome).toMatchObject({ ok: false, code: 'server-error' });
    expect(JSON.stringify(outcome)).not.toMatch(/somebody|stack|EACCES/);
    expect(log).toHaveBeenCalledOnce();
    log.mockRestore();
  });

  test('a result that is not in the form of the contract never leaves', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const handlers = handlersWith({ 'net:server': async () => ({ url: null, token: 'secret' }) });
    const outcome = await answerCall(handlers, 'net:server', []);
    expect(outcome).toMatchObject({ ok: false, code: 'server-error' });
    expect(JSON.stringify(outcome)).not.toContain('secret');
    log.mockRestore();
  });
});
