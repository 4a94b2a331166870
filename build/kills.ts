import { spawn } from 'node:child_process';
import { ensureBuilt } from './bundle.ts';
import { projectRoot } from './paths.ts';

await ensureBuilt({ log: (line) => console.error(line) });
const command = ['--disable-warning=ExperimentalWarning', 'test/kills/main.ts', ...process.argv.slice(2)];
const child = spawn(process.execPath, command, { cwd: projectRoot, stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
child.on('close', (code) => {
  process.exitCode = code ?? 1;
});
