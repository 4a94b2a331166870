import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { benchStats, type StatsRow } from './stats-bench.ts';

const { values } = parseArgs({
  options: {
    units: { type: 'string', default: '125000' },
    raters: { type: 'string', default: '10' },
    missing: { type: 'string', default: '0.2' },
    labels: { type: 'string', default: '500000' },
    judgements: { type: 'string', default: '1000000' },
    models: { type: 'string', default: '50' },
    json: { type: 'boolean', default: false },
  },
});
const number = (name: Exclude<keyof typeof values, 'json'>): number => {
  const value = Number(values[name]);
  if (Number.isFinite(value) && value >= 0) return value;
  throw new Error(`--${name} must be a number that is not negative, not "${values[name]}".`);
};
const scales = benchStats({
  units: number('units'),
  raters: number('raters'),
  missing: number('missing'),
  labels: number('labels'),
  judgements: number('judgements'),
  models: number('models'),
});

const ms = (value: number) => (value < 10 ? value.toFixed(2) : value.toFixed(1));
const line = ({ what, size, ms: time, cpuMs, bytes, passes, today }: StatsRow) =>
  [
    what.padEnd(38),
    size.padStart(20),
    ms(time).padStart(10),
    ms(cpuMs).padStart(10),
    (bytes === null ? '-' : (bytes / 1e6).toFixed(1)).padStart(8),
    (passes === null ? '' : passes.toFixed(1)).padStart(8),
    today === null ? '' : `${(today / time).toFixed(1)} times faster than ${today} ms`,
  ].join(' ');

if (values.json) console.log(JSON.stringify(scales, null, 1));
else {
  console.log(`One thread; the fastest of several runs; load of the machine ${loadavg()[0]?.toFixed(2)}.`);
  for (const { scale, rows } of scales) {
    console.log(
      `\n${scale.padEnd(38)} ${'data'.padStart(20)} ${'ms'.padStart(10)} ${'cpu ms'.padStart(10)} ${'MB'.padStart(8)} ${'passes'.padStart(8)}`,
    );
    for (const row of rows) console.log(line(row));
  }
}
