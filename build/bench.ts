import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ensureBuilt } from './bundle.ts';
import { projectRoot } from './paths.ts';

const [suite, ...rest] = process.argv.slice(2);
const command = await commandOf();

function commandOf(): string[] | Promise<string[]> {
  if (suite === 'stats') return ['--expose-gc', 'test/bench/stats-main.ts', ...rest];
  if (suite === 'sync')
    return ['--disable-warning=ExperimentalWarning', 'test/bench/sync/sync-main.ts', ...rest];
  return annotateCommand();
}

/** The table or JSON on stdout is the result; what is built is told beside it. */
async function annotateCommand(): Promise<string[]> {
  await ensureBuilt({ log: (line) => console.error(line), only: 'renderer' });
  return [
    '--disable-warning=ExperimentalWarning',
    'test/bench/main.ts',
    '--renderer',
    join(projectRoot, 'dist/renderer'),
    ...process.argv.slice(2),
  ];
}

const child = spawn(process.execPath, command, { cwd: projectRoot, stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
child.on('close', (code) => {
  process.exitCode = code ?? 1;
});
