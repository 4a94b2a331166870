import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headRevision, type IncomingRevision, type LocalHead, mergeRevision } from './merge.ts';

const local = (change: Partial<LocalHead> = {}): LocalHead => ({
  revisionId: 'mine',
  state: 'draft',
  bodyHash: 'h1',
  origin: 'own',
  waiting: false,
  diverged: false,
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

  it('is what new work is based on, unless the version here is finished and it is a draft', () => {
    expect(headRevision(local({ waiting: true }), incoming())).toBe('theirs');
    expect(headRevision(local({ waiting: true, state: 'submitted' }), incoming())).toBe('mine');
    expect(headRevision(local({ waiting: true, state: 'submitted' }), incoming({ state: 'skipped' }))).toBe(
      'theirs',
    );
    expect(headRevision(local(), incoming({ diverged: true, state: 'submitted' }))).toBe('theirs');
    expect(headRevision(local(), incoming({ diverged: true }))).toBe('mine');
  });
});
