import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { AppError } from '../shared/errors.ts';

export type Config = {
  dataDir: string;
  host: string;
  port: number;
  /** Null: the embedded PostgreSQL under the data folder. */
  databaseUrl: string | null;
  /** The address people open, without a trailing slash; null on loopback. */
  publicUrl: string | null;
  trustProxy: boolean | string[];
  logLevel: string;
  sessionDays: number;
};
/** One setting that is wrong, by the name it was given under. */
export type ConfigProblem = { where: string; problem: string };

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
const wholeNumber = (min: number, max: number) => {
  const error = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .trim()
    .regex(/^\d{1,9}$/, { error })
    .transform(Number)
    .pipe(z.number().min(min, { error }).max(max, { error }));
};
const address = (protocols: RegExp, error: string) =>
  z
    .string()
    .trim()
    .refine((text) => URL.canParse(text) && protocols.test(new URL(text).protocol), { error });

const proxies = z.string().transform((text, context): boolean | string[] => {
  if (['1', 'true', 'yes', 'on'].includes(text)) return true;
  if (['0', 'false', 'no', 'off'].includes(text)) return false;
  const list = text.split(',').map((part) => part.trim());
  const bad = list.filter((part) => isIP(part.split('/')[0] ?? '') === 0);
  if (bad.length > 0)
    context.addIssue(
      `must be true, false, or addresses of proxies such as 10.0.0.0/8, not ${bad.join(', ')}`,
    );
  return list;
});

const settings = z.object({
  SECOND_OPINION_DATA: z.string().min(1).default('.data'),
  HOST: z.string().trim().min(1).default('127.0.0.1'),
  PORT: wholeNumber(0, 65_535).prefault('4860'),
  DATABASE_URL: address(
    /^postgres(ql)?:$/,
    'must be an address such as postgres://user:password@host:5432/name',
  ).optional(),
  PUBLIC_URL: address(/^https?:$/, 'must be an address such as https://review.example.org').optional(),
  TRUST_PROXY: proxies.prefault('false'),
  LOG_LEVEL: z.enum(logLevels, { error: `must be one of ${logLevels.join(', ')}` }).default('warn'),
  SESSION_DAYS: wholeNumber(1, 365).prefault('14'),
});
type Settings = z.output<typeof settings>;

/** Flags that stand for a setting, for people who start the server by hand. */
const flags = { data: 'SECOND_OPINION_DATA', host: 'HOST', port: 'PORT', 'log-level': 'LOG_LEVEL' } as const;

function readFlags(args: readonly string[]): { given: Record<string, string>; problems: ConfigProblem[] } {
  const options = Object.fromEntries(Object.keys(flags).map((name) => [name, { type: 'string' as const }]));
  try {
    const { values } = parseArgs({ args: [...args], options, strict: true });
    const given = Object.entries(flags).flatMap(([flag, name]) => {
      const value = values[flag];
      return typeof value === 'string' ? [[name, value]] : [];
    });
    return { given: Object.fromEntries(given), problems: [] };
  } catch (error) {
    const problem = error instanceof Error ? error.message : 'cannot be read';
    return { given: {}, problems: [{ where: 'command line', problem }] };
  }
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);

/** Passwords and tokens travel in the clear without TLS, which loopback alone does not need. */
function exposureProblem(host: unknown, publicUrl: unknown): ConfigProblem[] {
  if (typeof host !== 'string' || isLoopback(host)) return [];
  if (typeof publicUrl === 'string' && publicUrl.startsWith('https://')) return [];
  const problem = `${host} is reachable from other machines: put a proxy with TLS before the server and set PUBLIC_URL to its https address, or bind 127.0.0.1`;
  return [{ where: 'HOST', problem }];
}

const asConfig = (read: Settings): Config => ({
  dataDir: resolve(read.SECOND_OPINION_DATA),
  host: read.HOST,
  port: read.PORT,
  databaseUrl: read.DATABASE_URL ?? null,
  publicUrl: read.PUBLIC_URL?.replace(/\/+$/, '') ?? null,
  trustProxy: read.TRUST_PROXY,
  logLevel: read.LOG_LEVEL,
  sessionDays: read.SESSION_DAYS,
});

/** Configuration from the environment, overridden by flags. @throws AppError `config-invalid` with every problem at once */
export function readConfig(env: Record<string, string | undefined>, args: readonly string[] = []): Config {
  const { given, problems } = readFlags(args);
  // An empty variable is one that a script left unset.
  const present = Object.entries({ ...env, ...given }).filter(
    ([, value]) => value !== undefined && value !== '',
  );
  const all = Object.fromEntries(present);
  const read = settings.safeParse(all);
  for (const issue of read.error?.issues ?? [])
    problems.push({ where: issue.path.join('.'), problem: issue.message });
  problems.push(...exposureProblem(all.HOST, all.PUBLIC_URL));
  if (!read.success || problems.length > 0) throw new AppError('config-invalid', { details: problems });
  return asConfig(read.data);
}
