import { memoryServer } from '../simulated/memory-server.ts';
import type { SimServer } from '../simulated/server-port.ts';
import { perform } from './actions.ts';
import type { Violation } from './judge.ts';
import type { Plan } from './plan.ts';
import { randomFrom } from './random.ts';
import { comeToRest } from './rest.ts';
import { RunningApp, startOfTime } from './running-app.ts';
import { Scheduler } from './scheduler.ts';
import { simNavigator } from './sim-opfs.ts';
import { provideNavigator, surround } from './surroundings.ts';
import { type Counted, World } from './world.ts';

export type Outcome = {
  violations: Violation[];
  /** Of every line of the history. */
  digest: string;
  tail: string;
  counts: Map<Counted, number>;
  acknowledged: number;
  starts: number;
  refusedStarts: number;
  events: number;
  requests: number;
};

let current: Scheduler | null = null;
let isEntered = false;
let onWarning: (said: unknown[]) => void = () => undefined;

/** Once in a process; the surroundings then belong to whichever history runs. */
function enterOnce(): void {
  if (isEntered) return;
  isEntered = true;
  provideNavigator(simNavigator);
  surround(() => (current?.running instanceof RunningApp ? current.running : null));
  console.warn = (...said: unknown[]) => onWarning(said);
}

export type ServerMaker = (plan: Plan) => Promise<SimServer>;
const inMemory: ServerMaker = async ({ seed }) =>
  memoryServer({ random: randomFrom('server', seed).next, now: startOfTime });

/** The same plan always comes to the same outcome, byte for byte. */
export async function runHistory(plan: Plan, makeServer: ServerMaker = inMemory): Promise<Outcome> {
  enterOnce();
  const scheduler = new Scheduler(Number(process.env.TAIL ?? 400));
  current = scheduler;
  const server = await makeServer(plan);
  const world = new World(scheduler, server, plan);
  const onLost = (cause: unknown) =>
    world.judge.blame(
      'error',
      `a promise nobody waited for: ${cause instanceof Error ? cause.stack : String(cause)}`,
    );
  process.on('unhandledRejection', onLost);
  // The workstation goes on after a mistake of its own; nobody else would hear of it.
  onWarning = (said) => {
    const mistake = said.find((one) => one instanceof TypeError || one instanceof ReferenceError);
    if (mistake) world.judge.blame('error', String((mistake as Error).stack));
  };
  try {
    await world.populate();
    for (const action of plan.actions) {
      await scheduler.run(action.at + world.shift);
      perform(world, action);
    }
    // A month that was begun comes to its end.
    await scheduler.run(Math.max(scheduler.now, (plan.actions.at(-1)?.at ?? 0) + world.shift) + 3000);
    await comeToRest(world);
  } finally {
    process.off('unhandledRejection', onLost);
    current = null;
    await server.stop();
  }
  const { desks, judge, counts } = world;
  return {
    violations: judge.violations,
    tail: scheduler.tail(),
    digest: scheduler.digest(),
    counts,
    acknowledged: judge.saves.filter((save) => save.acknowledged).length,
    starts: desks.reduce((sum, desk) => sum + desk.starts, 0),
    refusedStarts: desks.reduce((sum, desk) => sum + desk.refusals.length, 0),
    events: scheduler.events,
    requests: desks.reduce((sum, desk) => sum + desk.laptop.requests, 0),
  };
}
