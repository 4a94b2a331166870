import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from './paths.ts';

export type Run = { ok: boolean; output: string };

/** A tool of the project's own node_modules, by its JavaScript file, so that no shell is needed anywhere. */
export const tools = {
  tsc: 'node_modules/typescript/bin/tsc',
  biome: 'node_modules/@biomejs/biome/bin/biome',
  vitest: 'node_modules/vitest/vitest.mjs',
  drizzleKit: 'node_modules/drizzle-kit/bin.cjs',
} as const;

/** Runs a tool on this Node and waits. `show` lets it write to the terminal; otherwise its output is given back. */
export function runTool(
  tool: keyof typeof tools,
  args: readonly string[],
  options: { show?: boolean; env?: Record<string, string> } = {},
): Promise<Run> {
  const child = spawn(process.execPath, [join(projectRoot, tools[tool]), ...args], {
    cwd: projectRoot,
    stdio: ['ignore', options.show ? 'inherit' : 'pipe', options.show ? 'inherit' : 'pipe'],
    env: { ...process.env, ...options.env },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (output += chunk));
  const end = (signal: NodeJS.Signals) => child.kill(signal);
  process.on('SIGTERM', end);
  return new Promise((resolve) => {
    child.on('error', (error) =>
      resolve({ ok: false, output: `${tool} could not be started: ${error.message}` }),
    );
    child.on('close', (code) => {
      process.off('SIGTERM', end);
      resolve({ ok: code === 0, output: output.trim() });
    });
  });
}
