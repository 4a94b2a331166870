import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { benchSync, type Rate, type SyncFigures } from './sync-bench.ts';

const { values } = parseArgs({
  options: {
    annotations: { type: 'string', default: '20000' },
    clients: { type: 'string', default: '8' },
    laptops: { type: 'string', default: '1000' },
    each: { type: 'string', default: '20' },
    json: { type: 'boolean', default: false },
  },
});
const whole = (name: Exclude<keyof typeof values, 'json'>): number => {
  const value = Number(values[name]);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`--${name} must be a whole number above 0, not "${values[name]}".`);
};

const number = (value: number, digits = 0) =>
  value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
const line = ({ what, items, ms, perSecond, megabytes }: Rate) =>
  [
    what.padEnd(26),
    number(items).padStart(10),
    number(ms).padStart(10),
    number(perSecond).padStart(12),
    number(megabytes / (ms / 1000), 1).padStart(9),
  ].join(' ');

function print({ push, pushFloor, wire, feed, feedFloor, download, reconnect }: SyncFigures): void {
  const head = ['what', 'items', 'ms', 'items/s', 'MB/s'];
  console.log(
    `${(head[0] ?? '').padEnd(26)} ${head
      .slice(1)
      .map((word, i) => word.padStart([10, 10, 12, 9][i] ?? 10))
      .join(' ')}`,
  );
  for (const one of [push, pushFloor, feed, feedFloor, download]) console.log(line(one));
  console.log(
    `\npush: ${number(push.perSecond)} annotations/s (budget 2,000), ${number(pushFloor.perSecond / push.perSecond, 1)} times slower than the floor`,
  );
  console.log(
    `on the wire: ${number(wire.sent / 1000)} kB up, ${number(wire.sent / wire.gzippedRequests, 2)} times the gzipped request bodies (budget 1.2) and ${number(wire.sent / wire.gzippedBodies, 2)} times what the annotations alone weigh gzipped; ${number(wire.received / 1000)} kB of receipts down`,
  );
  const { laptops, each, ms, stored, missing, doubled, altered, unsynced, memory } = reconnect;
  const mb = (bytes: number) => `${number(bytes / 1e6)} MB`;
  console.log(
    `${number(laptops)} laptops at once with ${each} annotations each: ${number(ms / 1000, 1)} s; ${number(stored)} stored, ${missing} missing, ${doubled} doubled, ${altered} altered, ${unsynced} laptops not at rest`,
  );
  console.log(
    `server memory: ${mb(memory.before)} before, ${mb(memory.peak)} at most, ${mb(memory.after)} three seconds after`,
  );
}

const before = loadavg()[0]?.toFixed(2);
const figures = await benchSync({
  annotations: whole('annotations'),
  clients: whole('clients'),
  laptops: whole('laptops'),
  each: whole('each'),
});
if (values.json) console.log(JSON.stringify(figures, null, 1));
else {
  print(figures);
  console.log(`load of the machine ${before} before, ${loadavg()[0]?.toFixed(2)} after`);
}
