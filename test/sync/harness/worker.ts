import './register.ts';

/** One process of `main.ts`: runs every nth seed and sends what it came to. */
const [first = 1, count = 1, step = 1, share = 0] = process.argv.slice(2).map(Number);
const { openPostgresShare } = await import('./postgres-share.ts');
const { runSeeds } = await import('./run-seeds.ts');
const seeds = Array.from({ length: count }, (_, i) => first + i * step);
const beatMs = 2000;
let beat = performance.now();

const postgres = await openPostgresShare(share);
const tally = await runSeeds(
  seeds,
  (soFar) => {
    if (performance.now() - beat < beatMs) return;
    beat = performance.now();
    process.send?.({ kind: 'beat', histories: soFar.histories });
  },
  postgres.serverOf,
);
await postgres.stop();
await new Promise<void>((resolve) => {
  if (process.send) process.send({ kind: 'done', tally }, () => resolve());
  else resolve();
});
process.exit(0);
