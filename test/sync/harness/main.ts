import './register.ts';
import { type ChildProcess, fork } from 'node:child_process';
import { parseArgs } from 'node:util';
import type { Violation } from './judge.ts';
import { networkFaults, type Plan } from './plan.ts';
import { addTally, emptyTally, type Tally, tellTally } from './tally.ts';

/**
 * Runs many seeded histories and says what happened in them.
 *   npm run test:faults -- --histories 10000 --seed 1 --processes 2 --postgres-share 0.05
 *   npm run test:faults -- --seed 4711 --tell          one history with its event log
 *   npm run test:faults -- --pinned                   every history that failed once
 *   npm run test:faults -- --seed 4711 --shrink        the smallest plan that fails in the same way
 */
const { values } = parseArgs({
  options: {
    histories: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    processes: { type: 'string', default: '2' },
    /** Part of the histories that run against the real server on PostgreSQL instead of its stand-in. */
    'postgres-share': { type: 'string', default: '0' },
    tell: { type: 'boolean', default: false },
    shrink: { type: 'boolean', default: false },
    pinned: { type: 'boolean', default: false },
  },
});
const firstSeed = Number(values.seed);
const say = (line: string) => console.log(line);

const ruleOf = (violations: readonly Violation[]) => violations[0]?.rule;
const commandOf = (seed: number) => `npm run test:faults -- --seed ${seed} --tell`;

async function tellOne(seed: number): Promise<void> {
  const { runHistory } = await import('./history.ts');
  const { drawPlan } = await import('./plan.ts');
  const { tail, digest, violations } = await runHistory(drawPlan(seed));
  say(tail);
  say(`digest ${digest}`);
  for (const { rule, what } of violations) say(`VIOLATION [${rule}] ${what}`);
  process.exitCode = violations.length === 0 ? 0 : 1;
}

async function shrinkOne(seed: number): Promise<void> {
  const { runHistory } = await import('./history.ts');
  const { drawPlan } = await import('./plan.ts');
  const { shrink, sizeOf } = await import('./shrink.ts');
  const plan = drawPlan(seed);
  const rule = ruleOf((await runHistory(plan)).violations);
  if (rule === undefined) return say(`Seed ${seed} does not fail.`);
  say(
    `Seed ${seed} fails with [${rule}]; its plan has ${sizeOf(plan)} parts. Leaving out what can be left out...`,
  );
  const fails = async (one: Plan) => (await runHistory(one)).violations.some((found) => found.rule === rule);
  const small = await shrink(plan, fails);
  const { violations, tail } = await runHistory(small);
  say(tail);
  say(JSON.stringify(small));
  for (const found of violations) say(`VIOLATION [${found.rule}] ${found.what}`);
  say(`${sizeOf(small)} parts are left. Pin it: add this plan to test/sync/harness/pinned.ts.`);
  process.exitCode = 1;
}

async function runPinned(): Promise<void> {
  const { runHistory } = await import('./history.ts');
  const { pinned } = await import('./pinned.ts');
  for (const { name, plan } of pinned) {
    const { violations } = await runHistory(plan);
    say(`${violations.length === 0 ? 'holds' : 'FAILS'}: ${name}`);
    for (const { rule, what } of violations) say(`  [${rule}] ${what}`);
    if (violations.length > 0) process.exitCode = 1;
  }
  say(`${pinned.length} pinned histories were run.`);
}

type Message = { kind: 'beat'; histories: number } | { kind: 'done'; tally: Tally };

function runProcess(first: number, count: number, step: number, onBeat: (n: number) => void): Promise<Tally> {
  return new Promise((resolve, reject) => {
    const given = [String(first), String(count), String(step), values['postgres-share']];
    const child: ChildProcess = fork(new URL('./worker.ts', import.meta.url), given, { stdio: 'inherit' });
    let tally: Tally | null = null;
    child.on('message', (message: Message) => {
      if (message.kind === 'beat') onBeat(message.histories);
      else tally = message.tally;
    });
    child.on('exit', (code) => {
      if (tally) resolve(tally);
      else reject(new Error(`a process that ran histories ended with ${code}`));
    });
  });
}

async function runMany(): Promise<void> {
  const histories = Number(values.histories);
  const processes = Math.max(1, Math.min(Number(values.processes), histories));
  const began = performance.now();
  const done = new Array<number>(processes).fill(0);
  const seconds = () => (performance.now() - began) / 1000;
  const progress = setInterval(() => {
    const sum = done.reduce((a, b) => a + b, 0);
    say(`  ${sum} of ${histories} (${(sum / seconds()).toFixed(1)} a second)`);
  }, 30_000);
  const runs = done.map((_, i) => {
    const count = Math.floor((histories - i + processes - 1) / processes);
    return runProcess(firstSeed + i, count, processes, (n) => {
      done[i] = n;
    });
  });
  const tally = emptyTally();
  for (const part of await Promise.all(runs)) addTally(tally, part);
  clearInterval(progress);
  say(`Seeds ${firstSeed} to ${firstSeed + histories - 1}.`);
  for (const line of tellTally(tally, seconds())) say(line);
  report(tally, histories);
}

/** Exits with 1 on a violation, and on a run that proves less than it says. */
function report(tally: Tally, histories: number): void {
  for (const { seed, violations } of tally.failures.sort((a, b) => a.seed - b.seed).slice(0, 20)) {
    for (const { rule, what } of violations.slice(0, 3)) say(`Seed ${seed} [${rule}] ${what}`);
    say(`  ${commandOf(seed)}`);
  }
  const leastTimes = histories / 10;
  const rare = networkFaults.filter((kind) => (tally.counts[kind] ?? 0) < leastTimes);
  if (rare.length > 0) say(`Too rare to prove anything: ${rare.join(', ')}.`);
  const isFaulty = tally.faulted / tally.requests >= 0.3;
  if (!isFaulty) say('Fewer than 30 % of the requests were faulted.');
  if (tally.failures.length > 0 || rare.length > 0 || !isFaulty) process.exitCode = 1;
}

if (values.tell) await tellOne(firstSeed);
else if (values.shrink) await shrinkOne(firstSeed);
else if (values.pinned) await runPinned();
else await runMany();
