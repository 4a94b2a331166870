import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AppError } from '../shared/errors.ts';
import { readConfig } from './config.ts';

function problemsOf(env: Record<string, string>, args: string[] = []): string[] {
  try {
    readConfig(env, args);
    return [];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    expect(error.code).toBe('config-invalid');
    return (error.details as { where: string }[]).map(({ where }) => where);
  }
}

describe('the configuration', () => {
  it('stands without any setting, on loopback', () => {
    expect(readConfig({})).toEqual({
      dataDir: resolve('.data'),
      host: '127.0.0.1',
      port: 4860,
      databaseUrl: null,
      publicUrl: null,
      trustProxy: false,
      logLevel: 'warn',
      sessionDays: 14,
    });
  });

  it('takes a flag before the environment, and an empty variable as none', () => {
    expect(readConfig({ PORT: '5000', HOST: '' }, ['--port', '5001'])).toMatchObject({
      port: 5001,
      host: '127.0.0.1',
    });
  });

  it('lists every problem at once', () => {
    const env = {
      PORT: '70000',
      LOG_LEVEL: 'loud',
      DATABASE_URL: 'mysql://x',
      PUBLIC_URL: 'here',
      SESSION_DAYS: '0',
    };
    expect(problemsOf({ ...env, TRUST_PROXY: 'maybe' }, ['--colour', 'red'])).toEqual([
      'command line',
      'PORT',
      'DATABASE_URL',
      'PUBLIC_URL',
      'TRUST_PROXY',
      'LOG_LEVEL',
      'SESSION_DAYS',
    ]);
  });

  it.each(['0.0.0.0', '::', '192.168.1.4', 'review.example.org'])(
    'refuses to bind %s without TLS',
    (host) => {
      expect(problemsOf({ HOST: host })).toEqual(['HOST']);
      expect(problemsOf({ HOST: host, PUBLIC_URL: 'http://review.example.org' })).toEqual(['HOST']);
      expect(problemsOf({}, ['--host', host])).toEqual(['HOST']);
      expect(problemsOf({ HOST: host, PUBLIC_URL: 'https://review.example.org/' })).toEqual([]);
    },
  );

  it('takes the proxies to believe as addresses', () => {
    expect(readConfig({ TRUST_PROXY: '10.0.0.0/8, 127.0.0.1' }).trustProxy).toEqual([
      '10.0.0.0/8',
      '127.0.0.1',
    ]);
    expect(readConfig({ TRUST_PROXY: 'true' }).trustProxy).toBe(true);
  });

  it('drops the slash at the end of the public address', () => {
    expect(readConfig({ PUBLIC_URL: 'https://review.example.org/' }).publicUrl).toBe(
      'https://review.example.org',
    );
  });
});
