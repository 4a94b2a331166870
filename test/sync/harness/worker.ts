import './register.ts';

/** One process of `main.ts`: runs every nth seed and sends what it came to. */
const [first = 1, count = 1, step = 1] = process.argv.slice(2).map(Number);
const { runSeeds } = await import('./run-seeds.ts');
const seeds = Array.from({ length: count }, (_, i) => first + i * step);
const beatMs = 2000;
let beat = performance.now();

const tally = await runSeeds(seeds, (soFar) => {
  const isDue = performance.now() - beat > beatMs;
  if (!isDue) return;
  beat = performance.now();
  process.send?.({
    kind: 'beat',
    histories: soFar.histories,
    failed: soFar.failures.map(({ seed }) => seed),
  });
});
await new Promise<void>((resolve) => {
  if (process.send) process.send({ kind: 'done', tally }, () => resolve());
  else resolve();
});
process.exit(0);
