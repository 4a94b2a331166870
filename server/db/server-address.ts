import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, processMark } from './living-process.ts';

type Announced = { url: string; pid: number; mark: string };

const fileIn = (dataDir: string): string => join(dataDir, 'server.json');

/** Leaves word in the data folder where the server is reached, so that the command line can make links to it. */
export function announceServer(dataDir: string, url: string): { end: () => void } {
  const announced: Announced = { url, pid: process.pid, mark: processMark(process.pid) };
  writeFileSync(fileIn(dataDir), `${JSON.stringify(announced)}\n`, { mode: 0o600 });
  return { end: () => rmSync(fileIn(dataDir), { force: true }) };
}

function findAnnounced(dataDir: string): string | null {
  try {
    const { url, pid, mark } = JSON.parse(readFileSync(fileIn(dataDir), 'utf8')) as Announced;
    return isAlive(pid, mark) ? url : null;
  } catch {
    return null;
  }
}

/** The address links are made for: PUBLIC_URL, else the running server's, else where it would be by default. */
export function findBaseUrl(dataDir: string, env: Record<string, string | undefined>): string {
  return env.PUBLIC_URL || findAnnounced(dataDir) || `http://127.0.0.1:${env.PORT || 4860}`;
}
