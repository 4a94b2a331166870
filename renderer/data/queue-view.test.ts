import fc from 'fast-check';
import { expect, it } from 'vitest';
import { assignmentId, batchId, bodyWith, sampleBatch } from '../../test/contract/sample-work.ts';
import type { ContentStore } from './content.ts';
import { placesOf, queueOf } from './queue-view.ts';
import { attentionOf } from './sync-summary.ts';
import { type Item, mutationKey, numbered, type Put, WorkLog } from './work-log.ts';

const cases = 6;
const order = Array.from({ length: cases }, (_, n) => assignmentId(n));
/** What the queue asks of the content, for one batch that is whole. */
const content = {
  batches: () => [sampleBatch(cases)],
  batch: () => sampleBatch(cases),
  order: () => order,
  placeOf: (id: string) => ({ batchId: batchId(1), position: order.indexOf(id as never) }),
  gaps: { isLost: () => false },
  titleOf: (id: string) => `Case ${order.indexOf(id as never) + 1}`,
  titleCount: () => cases,
} as unknown as ContentStore;

const kinds = ['draft', 'submitted', 'receipt', 'refusal', 'recall', 'return', 'doubled'] as const;
type Change = { n: number; seq: number; kind: (typeof kinds)[number] };

function putsOf({ n, seq, kind }: Change): Put[] {
  const id = assignmentId(n);
  const key = mutationKey(1, seq);
  if (kind === 'return')
    return [
      { type: 'return', key: id, value: { comment: 'Look again', at: 'then', answered: false } as never },
    ];
  if (kind === 'receipt' || kind === 'refusal') {
    const status = kind === 'receipt' ? 'accepted' : 'quarantined';
    const verdict = { status, receipt: { receivedAt: `at ${seq}` } };
    return [
      { type: 'progress', key, value: { attempted: true, verdict, earlier: [], movedTo: null } as never },
    ];
  }
  const state = kind === 'submitted' ? 'submitted' : 'draft';
  const body = bodyWith('because', 1000 * seq);
  const mutation = { seq, state, assignmentId: id, madeAt: `made ${seq}`, body };
  const recalled = kind === 'recall' ? 'recalled' : null;
  const other = kind === 'doubled' ? 'another laptop’s' : null;
  const head = { assignmentId: id, batchId: batchId(1), state, mutationKey: key, recalled, other };
  return [
    { type: 'mutation', key, value: { generation: 1, mutation, batchId: batchId(1), position: n } as never },
    { type: 'head', key: id, value: head as never },
  ];
}

const seed = Number(process.env.SEED ?? 20261121);
it(`renews what a change touched, so that the queue is what a fresh start would read (seed ${seed})`, () => {
  const change = fc.record({
    n: fc.nat({ max: cases - 1 }),
    nth: fc.nat({ max: 3 }),
    kind: fc.constantFrom(...kinds),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 25 }), (changes) => {
      const log = new WorkLog();
      const all: Item[] = [];
      for (const one of changes) {
        // A number belongs to one case for ever.
        const seq = 1 + one.n + cases * one.nth;
        const items = numbered(putsOf({ ...one, seq }), log.lsn);
        all.push(...items);
        log.apply(items);
        const fresh = new WorkLog();
        fresh.apply(all);
        expect(placesOf(content, log, batchId(1))).toEqual(placesOf(content, fresh, batchId(1)));
        expect(queueOf(content, log)).toEqual(queueOf(content, fresh));
        expect(attentionOf(content, log)).toEqual(attentionOf(content, fresh));
      }
    }),
    { seed, numRuns: 200 },
  );
});

it('keeps the very same list when a change touched no case of the batch', () => {
  const log = new WorkLog();
  log.apply(numbered(putsOf({ n: 1, seq: 1, kind: 'draft' }), 0));
  const before = placesOf(content, log, batchId(1));
  log.apply(numbered([{ type: 'preference', key: 'k', value: { key: 'k', value: 'v' } }], log.lsn));
  expect(placesOf(content, log, batchId(1))).toBe(before);
});

it('counts no draft that was taken back as work to do; it can still be read', () => {
  const log = new WorkLog();
  log.apply(numbered(putsOf({ n: 0, seq: 1, kind: 'submitted' }), 0));
  log.apply(numbered(putsOf({ n: 1, seq: 2, kind: 'draft' }), log.lsn));
  const [before] = queueOf(content, log);
  log.apply(numbered(putsOf({ n: 1, seq: 3, kind: 'recall' }), log.lsn));
  const [after] = queueOf(content, log);
  expect(before).toMatchObject({ drafts: 1, total: cases, downloaded: cases });
  expect(after).toMatchObject({ drafts: 0, submitted: 1, total: cases - 1, downloaded: cases });
  for (const n of order.keys())
    if (n !== 1) log.apply(numbered(putsOf({ n, seq: 10 + n, kind: 'recall' }), log.lsn));
  // Its drafts are still here: a batch of nothing else stays in sight.
  expect(queueOf(content, log)).toMatchObject([{ drafts: 0, downloaded: cases }]);
  expect(placesOf(content, log, batchId(1))[1]).toMatchObject({ state: 'draft', recalled: true });
});
