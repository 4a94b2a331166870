import { parseArgs } from 'node:util';

export type StartArguments = {
  /** Flags handed on to the server's own configuration. */
  serverFlags: string[];
  /** The browser even where Electron is present. */
  browser: boolean;
  /** Whether a window is opened at all. */
  open: boolean;
  demo: boolean;
};

export const startUsage = `Usage: npm start -- [options]
  --port N      the server's port (default 4860, or PORT; 0 takes a free one)
  --data DIR    where everything is kept (default .data, or SECOND_OPINION_DATA)
  --browser     open the browser, even where Electron is present
  --no-open     only start the server and print its address
  --no-demo     do not make the demo study and its accounts on an empty database
  --help        this text`;

export class UsageError extends Error {}

/** @throws UsageError that names the option that is not one of ours */
export function parseStartArguments(args: readonly string[]): StartArguments | 'help' {
  let values: ReturnType<typeof parse>;
  try {
    values = parse(args);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  if (values.help) return 'help';
  const handOn = (['port', 'data', 'host'] as const).flatMap((name) => {
    const value = values[name];
    return value === undefined ? [] : [`--${name}=${value}`];
  });
  return {
    serverFlags: handOn,
    browser: values.browser,
    open: !values['no-open'],
    demo: !values['no-demo'],
  };
}

const parse = (args: readonly string[]) =>
  parseArgs({
    args: [...args],
    strict: true,
    options: {
      port: { type: 'string' },
      data: { type: 'string' },
      host: { type: 'string' },
      browser: { type: 'boolean', default: false },
      'no-open': { type: 'boolean', default: false },
      'no-demo': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  }).values;
