import { describe, expect, test } from 'vitest';
import { accountsTable } from './demo-accounts.ts';
import { createInterrupts } from './interrupts.ts';
import { parseStartArguments, UsageError } from './start-arguments.ts';
import { chooseOpening, hasDisplay, type Surroundings } from './workstation.ts';

describe('the arguments of npm start', () => {
  test('without any, everything is done: demo, window, defaults of the server', () => {
    expect(parseStartArguments([])).toEqual({ serverFlags: [], browser: false, open: true, demo: true });
  });

  test('port and data folder go on to the server, in either spelling', () => {
    const parsed = parseStartArguments([
      '--port',
      '0',
      '--data=some folder/x y',
      '--browser',
      '--no-open',
      '--no-demo',
    ]);
    expect(parsed).toEqual({
      serverFlags: ['--port=0', '--data=some folder/x y'],
      browser: true,
      open: false,
      demo: false,
    });
  });

  test('a word that is not an option is refused by name', () => {
    expect(() => parseStartArguments(['--prot', '1'])).toThrow(UsageError);
    expect(() => parseStartArguments(['--prot', '1'])).toThrow(/--prot/);
    expect(() => parseStartArguments(['extra'])).toThrow(UsageError);
  });

  test('--help asks for the text alone', () => {
    expect(parseStartArguments(['--help'])).toBe('help');
  });
});

describe('where the workstation is opened', () => {
  const around = (changes: Partial<Surroundings>): Surroundings => ({
    url: 'http://127.0.0.1:4860',
    env: { DISPLAY: ':0' },
    platform: 'linux',
    browser: false,
    open: true,
    find: () => null,
    download: () => ({ failure: 'no answer within 60 s' }),
    ...changes,
  });

  test('in Electron where its runtime is on the machine', () => {
    const opening = chooseOpening(around({ find: () => '/electron' }));
    expect(opening).toMatchObject({ kind: 'electron', program: '/electron' });
  });

  test('in Electron after a download that worked', () => {
    const opening = chooseOpening(around({ download: () => ({ program: '/fresh' }) }));
    expect(opening).toMatchObject({ kind: 'electron', program: '/fresh' });
    expect(opening.line).toMatch(/downloaded now/);
  });

  test('in the browser where it cannot be downloaded, with the reason', () => {
    const opening = chooseOpening(around({}));
    expect(opening.kind).toBe('browser');
    expect(opening.line).toMatch(/no answer within 60 s/);
    expect(opening.line).toContain('http://127.0.0.1:4860');
  });

  test.each([
    ['CI is set', { env: { DISPLAY: ':0', CI: 'true' } }],
    ['--browser asks for the browser', { browser: true }],
    ['there is no display', { env: {} }],
    ['--no-open asks for no window', { open: false }],
  ])('nothing is downloaded when %s', (_, changes) => {
    let downloads = 0;
    const download = () => {
      downloads += 1;
      return { failure: 'x' };
    };
    expect(chooseOpening(around({ ...changes, download })).kind).not.toBe('electron');
    expect(downloads).toBe(0);
  });

  test('without a display the address is printed', () => {
    const opening = chooseOpening(around({ env: {} }));
    expect(opening.kind).toBe('print');
    expect(opening.line).toContain('http://127.0.0.1:4860');
    expect(opening.line).toMatch(/no display/);
  });

  test('every way is told in exactly one line', () => {
    for (const changes of [{}, { env: {} }, { browser: true }, { open: false }, { find: () => '/electron' }])
      expect(chooseOpening(around(changes)).line).not.toContain('\n');
  });

  test('a Mac and Windows always have a display, Linux by X or Wayland', () => {
    expect(hasDisplay({}, 'darwin')).toBe(true);
    expect(hasDisplay({}, 'win32')).toBe(true);
    expect(hasDisplay({}, 'linux')).toBe(false);
    expect(hasDisplay({ WAYLAND_DISPLAY: 'wayland-0' }, 'linux')).toBe(true);
  });
});

describe('Ctrl+C', () => {
  const setUp = () => {
    const listeners: (() => void)[] = [];
    const exits: number[] = [];
    const said: string[] = [];
    const clock = { ms: 0 };
    const host = {
      on: (_: string, listener: () => void) => listeners.push(listener),
      exit: (code: number) => exits.push(code),
    } as unknown as NodeJS.Process; // Only these two are used.
    const interrupts = createInterrupts(
      (line) => said.push(line),
      host,
      () => clock.ms,
    );
    return { interrupts, exits, said, clock, press: () => listeners[0]?.() };
  };

  test('drains once, although it arrives several times', async () => {
    const { interrupts, exits, press } = setUp();
    let drains = 0;
    interrupts.onStop(async () => {
      drains += 1;
    });
    press();
    press();
    press();
    await Promise.resolve();
    await Promise.resolve();
    expect(drains).toBe(1);
    expect(exits).toEqual([0]);
  });

  test('a second one, later, ends what does not drain', () => {
    const { interrupts, exits, clock, press } = setUp();
    interrupts.onStop(() => new Promise(() => {}));
    press();
    expect(exits).toEqual([]);
    clock.ms = 5000;
    press();
    expect(exits).toEqual([130]);
  });

  test('before there is anything to drain it ends at once', () => {
    const { exits, press } = setUp();
    press();
    expect(exits).toEqual([130]);
  });

  test('a drain that fails says so and is not a success', async () => {
    const { interrupts, exits, said, press } = setUp();
    interrupts.onStop(() => Promise.reject(new Error('pool is stuck')));
    press();
    await Promise.resolve();
    await Promise.resolve();
    expect(exits).toEqual([1]);
    expect(said.join('\n')).toMatch(/pool is stuck/);
  });
});

test('the accounts stand in columns, with every password and link whole', () => {
  const lines = accountsTable([
    { role: 'qa', email: 'qa@demo.example', password: 'aaaaa-bbbbb', link: 'http://x/link#1' },
    { role: 'physician', email: 'm@demo.example', password: 'ccccc-ddddd', link: 'http://x/link#2' },
  ]);
  expect(lines).toHaveLength(3);
  const at = lines[0]?.indexOf('Password') ?? -1;
  expect(lines[1]?.slice(at)).toMatch(/^aaaaa-bbbbb +http:\/\/x\/link#1$/);
  expect(lines[2]?.slice(at)).toMatch(/^ccccc-ddddd +http:\/\/x\/link#2$/);
});
