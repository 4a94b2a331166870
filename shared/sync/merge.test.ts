import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headBeside, type IncomingRevision, type LocalHead, mergeRevision } from './merge.ts';

const local = (change: Partial<LocalHead> = {}): LocalHead => ({
  revisionId: 'mine',
  state: 'draft',
  bodyHash: 'h1',
  origin: 'own',
  waiting: false,
  diverged: false,
  isServerHead: true,
  seenInFeed: true,
  ancestors: ['older'],
  ...change,
});
const incoming = (change: Partial<IncomingRevision> = {}): IncomingRevision => ({
  revisionId: 'theirs',
  state: 'draft',
  bodyHash: 'h2',
  diverged: false,
  ...change,
});

describe('[S10] a revision of another laptop', () => {
  it('becomes the version here where there is none, or where it was written on the one here', () => {
    expect(mergeRevision(null, incoming())).toBe('adopt');
    expect(mergeRevision(local(), incoming())).toBe('adopt');
  });

  it('is kept beside unsent work and beside work it was not written on', () => {
    expect(mergeRevision(local({ waiting: true }), incoming())).toBe('beside');
    expect(mergeRevision(local(), incoming({ diverged: true }))).toBe('beside');
    expect(mergeRevision(local({ seenInFeed: false, diverged: true }), incoming())).toBe('beside');
  });

  it('changes nothing when it is known, or came to the server before the version here', () => {
    expect(mergeRevision(local(), incoming({ revisionId: 'mine' }))).toBe('seen');
    expect(mergeRevision(local({ waiting: true }), incoming({ revisionId: 'older' }))).toBe('ignore');
    expect(mergeRevision(local({ seenInFeed: false }), incoming())).toBe('ignore');
  });

  it('never replaces work that is not at the server', () => {
    const anyLocal = fc.record({ diverged: fc.boolean(), seenInFeed: fc.boolean() });
    const anyIncoming = fc.record({ diverged: fc.boolean(), bodyHash: fc.constantFrom('h1', 'h2') });
    fc.assert(
      fc.property(anyLocal, anyIncoming, (mine, theirs) => {
        expect(mergeRevision(local({ ...mine, waiting: true }), incoming(theirs))).toBe('beside');
      }),
      { seed: 5 },
    );
  });

  it('[S30] stays beside a diverged version of this laptop that it was not written on, and goes on one that stands at the server', () => {
    const strayed = local({ diverged: true, isServerHead: false });
    expect(mergeRevision(strayed, incoming())).toBe('beside');
    expect(mergeRevision(strayed, incoming({ diverged: true }))).toBe('beside');
    expect(mergeRevision(strayed, incoming({ bodyHash: 'h1' }))).toBe('adopt');
    expect(mergeRevision(local({ diverged: true }), incoming())).toBe('adopt');
    expect(mergeRevision({ ...strayed, origin: 'other' }, incoming())).toBe('adopt');
    const choice = { isChoiceAboutLocal: true };
    expect(mergeRevision(strayed, incoming(choice))).toBe('adopt');
    expect(mergeRevision({ ...strayed, waiting: true }, incoming(choice))).toBe('beside');
    expect(mergeRevision(strayed, incoming({ ...choice, diverged: true }))).toBe('beside');
  });

  it('that diverged before the version here is beside it, unless that one came from the server and is finished', () => {
    const later = { seenInFeed: false } as const;
    expect(mergeRevision(local(later), incoming({ diverged: true }))).toBe('beside');
    expect(mergeRevision(local({ ...later, state: 'submitted' }), incoming({ diverged: true }))).toBe(
      'beside',
    );
    const taken = { ...later, origin: 'other' } as const;
    expect(mergeRevision(local(taken), incoming({ diverged: true }))).toBe('beside');
    expect(mergeRevision(local({ ...taken, state: 'submitted' }), incoming({ diverged: true }))).toBe(
      'ignore',
    );
    expect(mergeRevision(local(taken), incoming())).toBe('ignore');
  });

  it('is what new work is based on, unless the version here is finished and it is a draft', () => {
    const based = (mine: Partial<LocalHead>, theirs: Partial<IncomingRevision>) =>
      headBeside(local(mine), local(mine), incoming(theirs));
    expect(based({ waiting: true }, {})).toBe('theirs');
    expect(based({ waiting: true, state: 'submitted' }, {})).toBe('mine');
    expect(based({ waiting: true, state: 'submitted' }, { state: 'skipped' })).toBe('theirs');
    expect(based({}, { diverged: true, state: 'submitted' })).toBe('theirs');
    expect(based({}, { diverged: true })).toBe('mine');
    expect(based({ seenInFeed: false }, { diverged: true, state: 'submitted' })).toBe('mine');
    expect(based({ seenInFeed: false, diverged: true, state: 'submitted' }, { diverged: true })).toBe('mine');
  });

  it('is based on the head at the server, where neither of the two is it', () => {
    const elsewhere = { revisionId: 'elsewhere', state: 'submitted' } as const;
    const strayed = local({ diverged: true, isServerHead: false });
    expect(headBeside(strayed, elsewhere, incoming({ diverged: true }))).toBe('elsewhere');
    expect(headBeside(strayed, elsewhere, incoming())).toBe('theirs');
    expect(headBeside({ ...strayed, seenInFeed: false }, elsewhere, incoming({ diverged: true }))).toBe(
      'elsewhere',
    );
    expect(
      headBeside(strayed, { ...elsewhere, state: 'draft' }, incoming({ diverged: true, state: 'skipped' })),
    ).toBe('theirs');
  });
});
