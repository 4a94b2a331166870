import { type Row, rowOf } from './figures.ts';
import type { Bare, Sample } from './page-probe.ts';

export const frameMs = 1000 / 60;
const durableBudgetMs = 10;

const total = ({ at, painted }: Sample) => painted - at;
/** The total without the wait of a finished change for the next tick of the display. */
const work = ({ at, handled, frame, painted }: Sample) =>
  painted - at - (handled === 0 ? 0 : Math.max(0, frame - handled));
const presented = (samples: readonly Sample[]) =>
  samples.map((sample) => sample.presented).filter((ms) => ms !== null);

export function paintRows(what: string, samples: readonly Sample[]): Row[] {
  return [
    rowOf(`${what} -> painted, without the wait for the frame`, samples.map(work), frameMs),
    rowOf(`${what} -> painted`, samples.map(total), frameMs),
    rowOf(`${what} -> on the screen, raster and display included`, presented(samples), null),
  ];
}

export type OnDisk = NonNullable<Sample['durable']> & Pick<Sample, 'at' | 'beside'>;

export const onDisk = (samples: readonly Sample[]): OnDisk[] =>
  samples.flatMap(({ at, beside, durable }) => (durable ? [{ at, beside, ...durable }] : []));

const fromKey = ({ at, flushed }: OnDisk) => flushed - at;
const fromHandOver = ({ posted, flushed }: OnDisk) => flushed - posted;
const middle = (values: readonly number[]) => rowOf('', values, null).p50;
export const usualBytes = (records: readonly OnDisk[]) =>
  Math.round(middle(records.map(({ bytes }) => bytes))) || 2048;

export type Floors = {
  /** The same bytes written by the journal's own worker, with nothing around them. */
  bare: Bare[];
  /** Sealed there first. */
  sealed: Bare[];
};
export type Durable = Readonly<Floors> & {
  records: readonly OnDisk[];
  /** The same bytes written at each key on the empty page. */
  empty: readonly OnDisk[];
};

const besides = (records: readonly OnDisk[]) => records.flatMap(({ beside }) => beside ?? []);
/** Records that nothing was written beside, and those that something was. */
const alone = (records: readonly OnDisk[]) => records.filter(({ beside }) => beside === null);
const paired = (records: readonly OnDisk[]) => records.filter(({ beside }) => beside !== null);

/** The journal beside the least that could do the same: the write alone, with its messages, and from a key on. */
export function durableRows({ records, bare, sealed, empty }: Durable): Row[] {
  const row = (what: string, of: (one: OnDisk) => number, budget: number | null = null) =>
    rowOf(what, alone(records).map(of), budget);
  const floor = (what: string, values: readonly number[]) => rowOf(`floor: ${what}`, values, null);
  return [
    row('change -> durable in the journal', fromKey, durableBudgetMs),
    row('  of it: key press -> handed to the worker', ({ at, posted }) => posted - at),
    row('  of it: worker, seal, write and flush', fromHandOver),
    row('change -> durable, and the page knows', ({ at, done }) => done - at),
    rowOf('a record with a bare write beside it: worker, seal, ...', paired(records).map(fromHandOver), null),
    floor('the bare write beside it, handed over at the same moment', besides(records)),
    floor(
      'bare write and flush, same worker',
      bare.map(({ written }) => written),
    ),
    floor(
      'seal, write and flush, same worker',
      sealed.map(({ written }) => written),
    ),
    floor(
      'message, bare write and flush, answer',
      bare.map(({ told }) => told),
    ),
    floor('key press on an empty page -> bare write flushed', empty.map(fromKey)),
    floor('hand-over on an empty page -> bare write flushed', empty.map(fromHandOver)),
  ];
}

function ratio(ours: readonly number[], floor: readonly number[]): string {
  const [one, other] = [rowOf('', ours, null), rowOf('', floor, null)];
  return `${(one.p50 / other.p50).toFixed(1)}x at p50, ${(one.p95 / other.p95).toFixed(1)}x at p95`;
}

export function durableFacts({ records, bare, sealed, empty }: Durable): string[] {
  const written = bare.map((one) => one.written);
  const [key, handOver] = [alone(records).map(fromKey), alone(records).map(fromHandOver)];
  return [
    `durable against a bare write and flush of the same ${usualBytes(records)} bytes:`,
    `  from the hand-over, against one handed over at the same moment: ${ratio(paired(records).map(fromHandOver), besides(records))}`,
    `  from the key press: ${ratio(key, written)}; against the same from a key press on the empty page: ${ratio(key, empty.map(fromKey))}`,
    `  from the hand-over: ${ratio(handOver, written)}; against the same from a hand-over on the empty page: ${ratio(handOver, empty.map(fromHandOver))}`,
    `  from the hand-over, against a write of them sealed first, as they must be: ${ratio(
      handOver,
      sealed.map((one) => one.written),
    )}`,
  ];
}

/** What the empty page shows in the same run is the browser's own share. */
export function paintFacts(what: string, samples: readonly Sample[], floor: readonly Sample[]): string[] {
  const first = samples.filter(({ frames }) => frames === 1).length;
  const within = (list: readonly Sample[], frames: number) => {
    const shown = presented(list);
    const share = shown.filter((ms) => ms <= frames * frameMs).length / Math.max(1, shown.length);
    return `${(share * 100).toFixed(0)} %`;
  };
  return [
    `${what}: the change was in the first frame after the event in ${first} of ${samples.length}`,
    `  on the screen within 1, 2 and 3 frame times: ${[1, 2, 3].map((n) => within(samples, n)).join(', ')}; the empty page: ${[1, 2, 3].map((n) => within(floor, n)).join(', ')}`,
    `  against the empty page: painted ${ratio(samples.map(total), floor.map(total))}; on the screen ${ratio(presented(samples), presented(floor))}`,
  ];
}
