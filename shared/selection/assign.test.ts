import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ExistingAssignment, type PlannedAssignment, planAssignments } from './assign.ts';
import { seededRandom, shuffled } from './random.ts';

const range = (count: number) => Array.from({ length: count }, (_, i) => i);
const names = (count: number) => range(count).map((i) => `physician-${i}`);

type Case = {
  comparisons: number[];
  physicians: { id: string; openElsewhere: number }[];
  overlap: number;
  seed: string;
};

const cases = fc
  .record({
    comparisons: fc.integer({ min: 1, max: 60 }),
    loads: fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 12 }),
    overlap: fc.integer({ min: 1, max: 5 }),
    seed: fc.string(),
  })
  .filter(({ loads, overlap }) => overlap <= loads.length)
  .map(
    ({ comparisons, loads, overlap, seed }): Case => ({
      comparisons: range(comparisons),
      physicians: loads.map((openElsewhere, i) => ({ id: `physician-${i}`, openElsewhere })),
      overlap,
      seed,
    }),
  );

const of = (assignments: readonly PlannedAssignment<number, string>[], physician: string) =>
  assignments.filter((planned) => planned.physician === physician);

const asExisting = (planned: PlannedAssignment<number, string>): ExistingAssignment<number, string> => ({
  ...planned,
  recalled: false,
});

/** How many groups of physicians share no comparison with another group. */
function islands(
  assignments: readonly PlannedAssignment<number, string>[],
  physicians: readonly string[],
): number {
  const left = new Set(physicians);
  let groups = 0;
  while (left.size > 0) {
    const [start = ''] = left;
    const queue = [start];
    left.delete(start);
    groups++;
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      const seen = new Set(of(assignments, next).map((planned) => planned.comparison));
      for (const other of [...left])
        if (of(assignments, other).some((planned) => seen.has(planned.comparison))) {
          left.delete(other);
          queue.push(other);
        }
    }
  }
  return groups;
}

describe('planAssignments', () => {
  it('gives each comparison as many different physicians as the overlap asks for', () => {
    fc.assert(
      fc.property(cases, (input) => {
        const { assignments, unfilled } = planAssignments({ ...input, existing: [] });
        expect(unfilled).toEqual([]);
        for (const comparison of input.comparisons) {
          const raters = assignments.filter((planned) => planned.comparison === comparison);
          expect(new Set(raters.map((planned) => planned.physician)).size).toBe(input.overlap);
          expect(raters).toHaveLength(input.overlap);
        }
      }),
    );
  });

  it('keeps loads within one of each other', () => {
    fc.assert(
      fc.property(cases, (input) => {
        const { assignments } = planAssignments({ ...input, existing: [] });
        const loads = input.physicians.map(({ id }) => of(assignments, id).length);
        expect(Math.max(...loads) - Math.min(...loads)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('shows each physician response two on the left half of the time, within one', () => {
    fc.assert(
      fc.property(cases, (input) => {
        const { assignments } = planAssignments({ ...input, existing: [] });
        for (const { id } of input.physicians) {
          const mine = of(assignments, id);
          const swapped = mine.filter((planned) => planned.swapped).length;
          expect(Math.abs(mine.length - 2 * swapped)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('numbers each physician’s positions from 0 without gaps, in the order of the batch', () => {
    fc.assert(
      fc.property(cases, (input) => {
        const { assignments } = planAssignments({ ...input, existing: [] });
        for (const { id } of input.physicians) {
          const mine = of(assignments, id).sort((a, b) => a.position - b.position);
          expect(mine.map((planned) => planned.position)).toEqual(range(mine.length));
          const order = mine.map((planned) => planned.comparison);
          expect(order).toEqual([...order].sort((a, b) => a - b));
        }
      }),
    );
  });

  it('links all physicians by shared comparisons as soon as there are enough of them', () => {
    fc.assert(
      fc.property(cases, (input) => {
        const { physicians, overlap, comparisons } = input;
        fc.pre(overlap >= 2 && comparisons.length >= physicians.length);
        const { assignments } = planAssignments({ ...input, existing: [] });
        expect(
          islands(
            assignments,
            physicians.map(({ id }) => id),
          ),
        ).toBe(1);
      }),
    );
  });

  it('makes the same plan for the same seed and another one for another seed', () => {
    const input = {
      comparisons: range(40),
      physicians: names(5).map((id) => ({ id, openElsewhere: 0 })),
      overlap: 2,
      existing: [],
    };
    const plan = planAssignments({ ...input, seed: 'one' });
    expect(planAssignments({ ...input, seed: 'one' })).toEqual(plan);
    expect(planAssignments({ ...input, seed: 'two' })).not.toEqual(plan);
  });

  it('adds nothing when every comparison has its physicians', () => {
    fc.assert(
      fc.property(cases, fc.string(), (input, otherSeed) => {
        const existing = planAssignments({ ...input, existing: [] }).assignments.map(asExisting);
        const again = planAssignments({ ...input, existing, seed: otherSeed });
        expect(again).toEqual({ assignments: [], unfilled: [] });
      }),
    );
  });

  it('fills only what is missing, on from the positions there are', () => {
    fc.assert(
      fc.property(cases, (input) => {
        const all = planAssignments({ ...input, existing: [] }).assignments;
        const first = Math.ceil(all.length / 2);
        const kept = all.slice(0, first);
        const existing = kept.map(asExisting);
        const { assignments, unfilled } = planAssignments({ ...input, existing, seed: 'again' });
        expect(unfilled).toEqual([]);
        expect(existing.length + assignments.length).toBe(input.comparisons.length * input.overlap);
        for (const { id } of input.physicians) {
          const positions = [...of(kept, id), ...of(assignments, id)].map((planned) => planned.position);
          expect(new Set(positions).size).toBe(positions.length);
        }
        for (const comparison of input.comparisons) {
          const raters = [...kept, ...assignments].filter((planned) => planned.comparison === comparison);
          expect(new Set(raters.map((planned) => planned.physician)).size).toBe(input.overlap);
        }
      }),
    );
  });

  it('gives a recalled place to someone else, never back to the same physician', () => {
    const existing = [
      { comparison: 0, physician: 'physician-0', position: 0, swapped: true, recalled: true },
    ];
    const physicians = names(2).map((id) => ({ id, openElsewhere: 0 }));
    const { assignments } = planAssignments({
      comparisons: [0],
      physicians,
      overlap: 1,
      existing,
      seed: 's',
    });
    expect(assignments.map((planned) => planned.physician)).toEqual(['physician-1']);
    const alone = planAssignments({
      comparisons: [0],
      physicians: physicians.slice(0, 1),
      overlap: 1,
      existing,
      seed: 's',
    });
    expect(alone).toEqual({ assignments: [], unfilled: [0] });
  });

  it('names the comparisons that too few physicians are free for', () => {
    const physicians = names(2).map((id) => ({ id, openElsewhere: 0 }));
    const plan = planAssignments({ comparisons: [7, 8], physicians, overlap: 3, existing: [], seed: 's' });
    expect(plan.unfilled).toEqual([7, 8]);
  });

  it('gives the odd comparison to whoever has the least other work', () => {
    const physicians = [
      { id: 'busy', openElsewhere: 90 },
      { id: 'free', openElsewhere: 0 },
    ];
    for (const seed of ['a', 'b', 'c', 'd']) {
      const { assignments } = planAssignments({
        comparisons: range(5),
        physicians,
        overlap: 1,
        existing: [],
        seed,
      });
      expect(of(assignments, 'free')).toHaveLength(3);
    }
  });
});

describe('seededRandom', () => {
  it('spreads its numbers over the whole range', () => {
    const random = seededRandom('spread');
    const tenths = new Array<number>(10).fill(0);
    for (let i = 0; i < 10_000; i++) {
      const tenth = Math.floor(random() * 10);
      tenths[tenth] = (tenths[tenth] ?? 0) + 1;
    }
    for (const count of tenths) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });

  it('shuffles without losing or doubling anything', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.string(), (items, seed) => {
        const sorted = (list: number[]) => [...list].sort((a, b) => a - b);
        expect(sorted(shuffled(items, seededRandom(seed)))).toEqual(sorted(items));
      }),
    );
  });
});
