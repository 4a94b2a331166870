import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RevisionState } from '../schema/annotation.ts';
import { isDiverged, movesHead, type RevisionHead } from './revision-head.ts';
import {
  afterRevision,
  me,
  nothingStands,
  type Reader,
  type Standing,
  shownOf,
  type Written,
  withLost,
} from './versions.ts';

type Step = Written & { diverged: boolean; base?: string | null; says?: string };

/** A reader of these revisions; those that say the same give the same answers. */
function readerOf(steps: readonly Step[]): Reader {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const saidBy = (id: string) => byId.get(id)?.says ?? id;
  return { written: (id) => byId.get(id) ?? null, isSame: (a, b) => saidBy(a) === saidBy(b) };
}

const standing = (steps: readonly Step[]): Standing =>
  steps.reduce((before, step) => afterRevision(before, step, step.diverged, readerOf(steps)), nothingStands);
const shown = (steps: readonly Step[], waiting: string | null = null) =>
  shownOf(standing(steps), waiting, readerOf(steps));

const on = (writer: string, id: string, state: RevisionState = 'draft', over: Partial<Step> = {}): Step => ({
  ...{ id, writer, state, names: [], diverged: false },
  ...over,
});
const beside = (writer: string, id: string, state: RevisionState = 'draft', over: Partial<Step> = {}): Step =>
  on(writer, id, state, { diverged: true, ...over });

describe('which versions of a case stand', () => {
  it('[S10] what is written on the head takes its place, on whichever laptop', () => {
    expect(shown([on('ward', 'w1'), on('ward', 'w2', 'submitted'), on(me, 'm1')])).toEqual({
      ...{ main: 'm1', beside: [], base: 'm1' },
    });
  });

  it('[S10] one’s own version comes first while it waits, and what new work is based on is the head', () => {
    const steps = [on('ward', 'w1'), beside(me, 'm1')];
    expect(shown(steps, 'm1')).toEqual({ main: 'm1', beside: ['w1'], base: 'w1' });
    expect(shown([...steps, on('ward', 'w2')])).toEqual({ main: 'm1', beside: ['w2'], base: 'w2' });
  });

  it('[S30] what diverged stands beside the head until its own laptop goes on from it', () => {
    const steps = [on('home', 'h1'), beside('ward', 'w1'), on('home', 'h2')];
    expect(shown(steps)).toEqual({ main: 'h2', beside: ['w1'], base: 'h2' });
    expect(shown([...steps, on('ward', 'w2')])).toEqual({ main: 'w2', beside: [], base: 'w2' });
  });

  it('[S30] a draft that a finished version takes the place of stays on the laptop that wrote it', () => {
    const steps = (writer: string) => [on(writer, 'd1'), beside('ward', 's1', 'submitted')];
    expect(shown(steps(me))).toEqual({ main: 'd1', beside: ['s1'], base: 's1' });
    expect(shown(steps('home'))).toEqual({ main: 's1', beside: ['d1'], base: 's1' });
  });

  it('[S30] something finished that is written on the head settles what others wrote, not one’s own', () => {
    const steps = (writer: string, over: Partial<Step> = {}) => [
      on('home', 'h1', 'submitted'),
      beside(writer, 'x1', 'submitted'),
      on('home', 'h2', 'submitted', over),
    ];
    expect(shown(steps('ward')).beside).toEqual([]);
    expect(shown(steps('ward', { diverged: true })).beside).toEqual(['x1', 'h2']);
    expect(shown(steps(me))).toEqual({ main: 'x1', beside: ['h2'], base: 'h2' });
  });

  it('[S30] one’s own goes on from the version that stood beside the head, which is asked about until it is finished', () => {
    const steps = [on('ward', 'w1'), beside(me, 'm1'), on(me, 'm2')];
    expect(shown(steps)).toEqual({ main: 'm2', beside: ['w1'], base: 'm2' });
    expect(shown([...steps, on(me, 'm3', 'submitted')]).beside).toEqual([]);
  });

  it('[S30] a choice settles what it names; undone, the question is open again', () => {
    const steps = [on('ward', 'w1'), beside(me, 'm1'), beside('home', 'h1')];
    const chose = [...steps, on(me, 'm2', 'draft', { names: ['m1', 'w1'] })];
    expect(shown(chose)).toEqual({ main: 'm2', beside: ['h1'], base: 'm2' });
    expect(shown([...chose, on(me, 'm3')]).beside).toEqual(['w1', 'h1']);
    // Once one was chosen about, finishing settles none of the others.
    const finished = on(me, 'm3', 'submitted', { names: ['m1', 'w1'] });
    expect(shown([...chose, finished]).beside).toEqual(['h1']);
  });

  it('[S30] a choice made elsewhere settles one’s own, too', () => {
    const steps = [
      on('ward', 'w1'),
      beside(me, 'm1'),
      on('ward', 'w2', 'submitted', { names: ['m1', 'w1'] }),
    ];
    expect(shown(steps)).toEqual({ main: 'w2', beside: [], base: 'w2' });
  });

  it('[S30] the same answers ask for no choice', () => {
    expect(
      shown([on('ward', 'w1', 'draft', { says: 'x' }), beside(me, 'm1', 'draft', { says: 'x' })]),
    ).toEqual({
      ...{ main: 'w1', beside: [], base: 'w1' },
    });
    const twice = [on('ward', 'w1'), beside('home', 'h1', 'draft', { says: 'x' })];
    expect(shown([...twice, beside(me, 'm1', 'draft', { says: 'x' })])).toEqual({
      ...{ main: 'm1', beside: ['w1'], base: 'w1' },
    });
  });
});

const writers = [me, 'ward', 'home', 'night'] as const;
const drawnStep = fc.record({
  writer: fc.constantFrom(...writers),
  state: fc.constantFrom<RevisionState>('draft', 'draft', 'submitted', 'skipped'),
  /** How many revisions back it was written on; 0 is the head. */
  back: fc.constantFrom(0, 0, 1, 2, 5),
  names: fc.uniqueArray(fc.nat(6), { maxLength: 2 }),
});

/** Judged by the server's rule, as they arrive. */
function arrived(drawn: readonly { writer: string; state: RevisionState; back: number; names: number[] }[]) {
  let head: RevisionHead | null = null;
  const steps: Step[] = [];
  for (const [i, { writer, state, back, names }] of drawn.entries()) {
    const base: string | null =
      back === 0 ? ((head as RevisionHead | null)?.revisionId ?? null) : (steps.at(-back)?.id ?? null);
    const diverged = isDiverged(head, base);
    const named = i % 3 === 0 ? names.flatMap((n) => steps.at(-1 - n)?.id ?? []) : [];
    if (movesHead(head, { state, diverged })) head = { revisionId: `r${i}`, state };
    steps.push({ id: `r${i}`, writer, state, diverged, base, names: named });
  }
  return { steps, head };
}

describe('any run of revisions of four laptops', () => {
  const runs = fc.array(drawnStep, { minLength: 1, maxLength: 14 }).map(arrived);

  it('[S10] has the head the server has, and shows it', () => {
    fc.assert(
      fc.property(runs, ({ steps, head }) => {
        const view = shown(steps);
        expect(view.base).toBe(head?.revisionId);
        expect([view.main, ...view.beside]).toContain(head?.revisionId);
      }),
    );
  });

  it('[S30] shows every version that diverged until it is gone on from, chosen about or settled', () => {
    fc.assert(
      fc.property(runs, ({ steps }) => {
        const { main, beside: others } = shown(steps);
        const mustStand = steps.filter(({ id, writer, diverged }, i) => {
          const later = steps.slice(i + 1);
          const isGoneOn = later.some((other) => other.writer === writer || other.base === id);
          const isNamed = later.some(({ names }) => names.includes(id));
          const isSettled =
            writer !== me && later.some((other) => other.state !== 'draft' && !other.diverged);
          return diverged && !isGoneOn && !isNamed && !isSettled;
        });
        for (const { id } of mustStand) expect([main, ...others]).toContain(id);
      }),
    );
  });

  it('[S30] asks about no version its own laptop has gone on from, but for the head, and about none twice', () => {
    fc.assert(
      fc.property(runs, ({ steps, head }) => {
        const { main, beside: others } = shown(steps);
        const all = [main, ...others];
        expect(new Set(all).size).toBe(all.length);
        for (const id of all.filter((one) => one !== head?.revisionId)) {
          const at = steps.findIndex((step) => step.id === id);
          expect(steps.slice(at + 1).map(({ writer }) => writer)).not.toContain(steps[at]?.writer);
        }
      }),
    );
  });

  it('[S13] at a server that lost some shows the head it has, and beside it what others wrote and it lost', () => {
    const lossy = fc.tuple(runs, fc.infiniteStream(fc.constantFrom(true, true, false)));
    fc.assert(
      fc.property(lossy, ([{ steps }, isKept]) => {
        const before = standing(steps);
        // One's own are sent again, so that only others' are lost for good.
        const kept = steps.filter(({ writer }) => writer === me || isKept.next().value);
        const stood = [
          ...before.open,
          ...(before.head === null ? [] : [{ id: before.head, chosenBy: null }]),
        ];
        const lost = stood.filter(({ id }) => !kept.some((step) => step.id === id));
        const after = withLost(standing(kept), lost, readerOf(steps));
        expect(after.head).toBe(standing(kept).head);
        const { main, beside: others } = shownOf(after, null, readerOf(steps));
        for (const { id, chosenBy } of lost) if (chosenBy === null) expect([main, ...others]).toContain(id);
        for (const { id } of standing(kept).open) expect(after.open.map((one) => one.id)).toContain(id);
      }),
    );
  });

  it('[S13] puts nothing beside that says the same as what stands', () => {
    const steps = [on('ward', 'w1', 'submitted', { says: 'x' }), beside('home', 'h1')];
    const lost = [
      on('night', 'n1', 'submitted', { says: 'x' }),
      on('night', 'n2', 'submitted', { says: 'h1' }),
      on('night', 'n3'),
    ];
    const reader = readerOf([...steps, ...lost]);
    const after = withLost(
      standing(steps),
      lost.map(({ id }) => ({ id, chosenBy: null })),
      reader,
    );
    expect(after.open.map(({ id }) => id)).toEqual(['h1', 'n3']);
  });
});
