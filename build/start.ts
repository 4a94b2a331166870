import type { ChildProcess } from 'node:child_process';
import { readConfig } from '../server/config.ts';
import { type Demo, seedDemo } from '../server/demo-seed.ts';
import { describeFailure, type RunningServer, startServer } from '../server/main.ts';
import { listStudies } from '../server/studies/domain.ts';
import { ensureBuilt } from './bundle.ts';
import { accountsTable } from './demo-accounts.ts';
import { createInterrupts, type Interrupts } from './interrupts.ts';
import { parseStartArguments, type StartArguments, startUsage, UsageError } from './start-arguments.ts';
import { openWorkstation } from './workstation.ts';

const log = (line: string) => console.log(line);

async function tellAboutData(server: RunningServer, dataDir: string): Promise<void> {
  const studies = await listStudies(server.context);
  const count = `${studies.length} ${studies.length === 1 ? 'study' : 'studies'}`;
  log(`Data found in ${dataDir}: ${count}. Demo accounts were printed at the first start;`);
  log('`npm run --silent cli -- users link EMAIL` makes a new sign-in link.');
}

function tellAboutDemo(demo: Demo): void {
  log(
    `Made "${demo.study}": ${demo.cases} invented cases, ${demo.comparisons} comparisons, batch "${demo.batch}".`,
  );
  log('Its accounts, shown only now. A link signs in once; a password always:');
  for (const line of accountsTable(demo.accounts)) log(line);
}

async function prepareData(server: RunningServer, asked: StartArguments, dataDir: string): Promise<void> {
  const demo = asked.demo ? await seedDemo(server.context, { baseUrl: server.url }) : null;
  if (demo) tellAboutDemo(demo);
  else await tellAboutData(server, dataDir);
}

/** Electron is asked first, so that it saves while the server still answers; then the server drains. */
async function stopAll(server: RunningServer | null, window: ChildProcess | null): Promise<void> {
  if (window && window.exitCode === null && window.signalCode === null) {
    const gone = new Promise<void>((resolve) => window.once('exit', () => resolve()));
    window.kill('SIGTERM');
    await gone;
  }
  await server?.stop();
}

async function start(asked: StartArguments, interrupts: Interrupts): Promise<void> {
  const config = readConfig(process.env, asked.serverFlags);
  let window: ChildProcess | null = null;
  await ensureBuilt({ log });
  const starting = startServer(config);
  interrupts.onStop(async () => {
    // Even one that is only just coming up is stopped in order.
    const running = await starting.catch(() => null);
    await stopAll(running, window);
    log('Stopped. Everything is saved; the next start goes on from here.');
  });
  const server = await starting;
  await prepareData(server, asked, config.dataDir);
  if (interrupts.stopping()) return;
  log(`Second Opinion runs at ${server.url}. Ctrl+C stops it.`);
  window = openWorkstation(
    { url: server.url, dataDir: config.dataDir, browser: asked.browser, open: asked.open },
    log,
  );
  window?.once('exit', () => {
    if (!interrupts.stopping())
      log(`The window was closed. The server goes on at ${server.url}; Ctrl+C stops it.`);
  });
}

async function main(interrupts: Interrupts): Promise<void> {
  const asked = parseStartArguments(process.argv.slice(2));
  if (asked === 'help') log(startUsage);
  else await start(asked, interrupts);
}

// A terminal that was closed must not keep the server from draining.
process.stdout.on('error', () => {});
const interrupts = createInterrupts(log);
main(interrupts).catch((error: unknown) => {
  // What was under way when Ctrl+C came fails as it must; the drain decides how this ends.
  if (interrupts.stopping()) return;
  console.error(error instanceof UsageError ? `${error.message}\n\n${startUsage}` : describeFailure(error));
  process.exit(1);
});
