import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { emptyAnnotation } from '../schema/annotation.ts';
import { uuidv7 } from '../schema/ids.ts';
import { bodyHash, sha256Hex } from './body-hash.ts';
import { canonicalJson } from './canonical-json.ts';
import { readMutation } from './mutation-reading.ts';
import { hasUnstorableText, isDeeperThan, rawJson } from './raw-json.ts';

// Generated inputs are slow on a machine that is busy with other suites.
vi.setConfig({ testTimeout: 60_000 });

const id = (n: number) => uuidv7(1_700_000_000_000, new Uint8Array(10).fill(n));

function sent(body: unknown = emptyAnnotation(), changed: Record<string, unknown> = {}) {
  const whole = {
    version: 1,
    seq: 1,
    state: 'draft',
    assignmentId: id(1),
    revisionId: id(2),
    baseRevisionId: null,
  };
  return { ...whole, bodyHash: bodyHash(body), body, madeAt: '2024-01-01T00:00:00.000Z', ...changed };
}

const codeOf = (item: unknown) => {
  const { content } = readMutation(item);
  return content.readable ? 'readable' : content.reason.code;
};

function nest(depth: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < depth; i++) value = i % 2 === 0 ? [value] : { x: value };
  return value;
}

describe('readMutation', () => {
  it('[S14] spells the body from what came, unknown fields included', () => {
    const body = { ...emptyAnnotation(), later: { z: [1, 'ü'], a: null } };
    const { content } = readMutation(JSON.parse(JSON.stringify(sent(body))));
    expect(content.readable && content.bodyText).toBe(canonicalJson(body));
  });

  it('[S7] names what is wrong', () => {
    expect(codeOf(sent())).toBe('readable');
    expect(codeOf(sent(emptyAnnotation(), { version: 2 }))).toBe('unknown-version');
    expect(codeOf(sent(emptyAnnotation(), { version: undefined }))).toBe('unreadable');
    expect(codeOf(sent(emptyAnnotation(), { bodyHash: 'f'.repeat(64) }))).toBe('hash-mismatch');
    expect(codeOf(sent({ ...emptyAnnotation(), note: 'a\u0000' }))).toBe('unreadable');
    expect(codeOf(sent({ ...emptyAnnotation(), note: '\udc00' }))).toBe('unreadable');
    expect(codeOf(sent(JSON.parse(JSON.stringify(emptyAnnotation()).replace('{', '{"__proto__":1,'))))).toBe(
      'unreadable',
    );
    expect(
      codeOf(sent(emptyAnnotation(), { body: { ...emptyAnnotation(), big: Number.POSITIVE_INFINITY } })),
    ).toBe('unreadable');
    expect(codeOf(sent({ ...emptyAnnotation(), deep: nest(100) }))).toBe('unreadable');
    expect(codeOf(sent(emptyAnnotation(), { madeAt: '2024-02-30T00:00:00Z' }))).toBe('unreadable');
    expect(codeOf(null)).toBe('unreadable');
  });

  it('[S7] reads what it can of an item it cannot read: seq, claimed hash and revision id', () => {
    const hash = 'a'.repeat(64);
    expect(readMutation({ seq: 7, bodyHash: hash, revisionId: id(3).toUpperCase() })).toMatchObject({
      seq: 7,
      hash,
      revisionId: id(3),
    });
    expect(readMutation({ seq: 7.5 })).toMatchObject({
      seq: null,
      hash: sha256Hex('{"seq":7.5}'),
      revisionId: '',
    });
  });

  it('[S7] reads ids in capitals as the same ids', () => {
    const { content } = readMutation(
      sent(emptyAnnotation(), { assignmentId: id(1).toUpperCase(), baseRevisionId: id(4).toUpperCase() }),
    );
    expect(content.readable && [content.mutation.assignmentId, content.mutation.baseRevisionId]).toEqual([
      id(1),
      id(4),
    ]);
  });

  it('[S7] never throws, whatever the item is', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.anything(),
          fc.json().map((text) => JSON.parse(text)),
        ),
        (item) => readMutation(item).hash.length === 64,
      ),
    );
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(sent())), fc.jsonValue(), (key, value) => {
        expect(readMutation({ ...sent(), [key]: value }).hash).toMatch(/^[0-9a-f]{64}$/);
      }),
    );
  });
});

describe('raw JSON', () => {
  it('[S7] writes any JSON value as JSON.stringify does, at any depth', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => rawJson(value) === JSON.stringify(value)),
    );
    const wrapped = (value: unknown) => [nest(70), value, { 'a"b': value, c: [] }, {}];
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 3 }),
        (value) => rawJson(wrapped(value)) === JSON.stringify(wrapped(value)),
      ),
    );
    const bottomless = rawJson(nest(200_000));
    expect(bottomless.match(/\[/g)).toHaveLength(100_000);
  });

  it('counts levels', () => {
    expect([
      isDeeperThan(1, 0),
      isDeeperThan([], 0),
      isDeeperThan([], 1),
      isDeeperThan([[1]], 1),
      isDeeperThan(nest(5), 5),
    ]).toEqual([false, true, false, true, false]);
  });

  it('finds NUL and half characters, not their written-out names', () => {
    for (const text of ['\u0000', 'x\ud800', '\udfff', '\\\u0000', '\\\\\ud812'])
      expect(hasUnstorableText(JSON.stringify([text]))).toBe(true);
    for (const text of ['\\u0000', '\\\\u0000', '😀', '\u0001', '\\ud800'])
      expect(hasUnstorableText(JSON.stringify([text]))).toBe(false);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const bad = !text.isWellFormed() || text.includes('\u0000');
        return hasUnstorableText(JSON.stringify({ [text]: 1 })) === bad;
      }),
    );
  });
});
