import { emptyAnnotation, revisionStates } from '../../../shared/schema/annotation.ts';
import { uuidv7 } from '../../../shared/schema/ids.ts';
import { bodyHash } from '../../../shared/sync/body-hash.ts';
import type { SentMutation } from '../mutations.ts';
import type { Random } from './seeded-ids.ts';

/** What an item may name. */
export type ItemWorld = {
  /** The next seq of the client. */
  next: number;
  own: readonly string[];
  foreign: readonly string[];
  /** What this client sent before, whatever became of it. */
  sent: readonly SentMutation[];
  /** Revisions anybody sent. */
  anybodys: readonly SentMutation[];
};

export const oneOf = <T>(random: Random, list: readonly T[]): T | undefined =>
  list[Math.floor(random() * list.length)];

export const randomId = (random: Random): string =>
  uuidv7(
    1_767_225_600_000 + Math.floor(random() * 1e9),
    Uint8Array.from({ length: 10 }, () => Math.floor(random() * 256)),
  );

const words = ['dose', 'Niereninsuffizienz', 'حساسية', '高钾血症', '🩺', '"\\\n\t', '', 'x'.repeat(300)];

function randomBody(random: Random): Record<string, unknown> {
  const isOff = random() < 0.3;
  const score = () => (isOff ? Math.floor(random() * 7) : 1 + Math.floor(random() * 3));
  const keys = [
    'accuracy',
    'safety',
    'completeness',
    'reasoning',
    random() < 0.5 ? 'communication' : 'doubt',
  ];
  const rated = keys.slice(0, random() < 0.7 ? 5 : Math.floor(random() * 5));
  const side = () => Object.fromEntries(rated.map((key) => [key, score()]));
  return {
    ...emptyAnnotation(),
    ratings: { a: side(), b: side() },
    preference: oneOf(random, [-3, 0, 2, null]) ?? null,
    reasoning: { evidence: oneOf(random, words), alternatives: '', conclusion: oneOf(random, words) },
    ...(random() < 0.3 && { laterField: { nested: [random(), null, { z: 1, a: 2 }] } }),
  };
}

function soundItem(random: Random, world: ItemWorld, seq = world.next): SentMutation {
  const assignmentId = oneOf(random, world.own) ?? randomId(random);
  const earlier = world.anybodys.filter((one) => one.assignmentId === assignmentId);
  const base = random() < 0.7 ? earlier.at(-1) : oneOf(random, earlier);
  const body = randomBody(random);
  return {
    version: 1,
    seq,
    state: oneOf(random, revisionStates) ?? 'draft',
    assignmentId,
    revisionId: randomId(random),
    baseRevisionId: random() < 0.1 ? null : (base?.revisionId ?? null),
    bodyHash: bodyHash(body),
    body,
    madeAt: new Date(1_767_225_600_000 + Math.floor(random() * 1e11)).toISOString(),
  };
}

const rehashed = (item: SentMutation, body: unknown): SentMutation => ({
  ...item,
  body,
  bodyHash: bodyHash(body),
});

const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;

type Made = SentMutation | string;
type Kind = (random: Random, item: SentMutation, world: ItemWorld) => Made;

/** Everything that may be wrong with an item, or odd about it; text is put into the request as it is. */
const kinds: Record<string, Kind> = {
  sound: (_random, item) => item,
  repeated: (random, item, { sent }) => oneOf(random, sent) ?? item,
  'other body under a used seq': (random, item, { sent }) => {
    const before = oneOf(random, sent);
    return before ? { ...item, seq: before.seq } : item;
  },
  'other revision under a used seq': (random, item, { sent }) => {
    const before = oneOf(random, sent);
    return before ? { ...before, revisionId: item.revisionId } : item;
  },
  'used seq, damaged otherwise': (random, item, { sent }) => {
    const before = oneOf(random, sent);
    return before ? { ...before, madeAt: 'no time' } : item;
  },
  gap: (random, item) => ({ ...item, seq: Number(item.seq) + 1 + Math.floor(random() * 3) }),
  'same content under a new seq': (random, item, { anybodys }) => ({
    ...(oneOf(random, anybodys) ?? item),
    seq: item.seq,
  }),
  'used revision id': (random, item, { anybodys }) => ({
    ...item,
    revisionId: oneOf(random, anybodys)?.revisionId ?? item.revisionId,
  }),
  'somebody else’s': (random, item, { foreign }) => ({
    ...item,
    assignmentId: oneOf(random, foreign) ?? item.assignmentId,
  }),
  unknown: (random, item) => ({ ...item, assignmentId: randomId(random) }),
  'in capitals': (_random, item) => ({
    ...item,
    assignmentId: item.assignmentId.toUpperCase(),
    revisionId: item.revisionId.toUpperCase(),
    baseRevisionId: item.baseRevisionId?.toUpperCase() ?? null,
  }),
  'wrong hash': (_random, item) => ({ ...item, bodyHash: 'a'.repeat(64) }),
  'unreadable hash': (_random, item) => ({ ...item, bodyHash: 'no hash' }),
  'later version': (_random, item) => JSON.stringify({ ...item, version: 2 }),
  'unknown field': (random, item) => JSON.stringify({ ...item, laterField: random() }),
  'no seq': (_random, { seq: _, ...item }) => JSON.stringify(item),
  'seq as text': (_random, item) => JSON.stringify({ ...item, seq: String(item.seq) }),
  'fraction as seq': (_random, item) => JSON.stringify({ ...item, seq: Number(item.seq) + 0.5 }),
  'zero as seq': (_random, item) => JSON.stringify({ ...item, seq: 0 }),
  'no revision id': (_random, { revisionId: _, ...item }) => JSON.stringify(item),
  'NUL in the body': (_random, item) => rehashed(item, { ...emptyAnnotation(), later: 'a\u0000b' }),
  'half a character': (_random, item) => rehashed(item, { ...emptyAnnotation(), later: 'a\ud800' }),
  'rating of another kind': (_random, item) =>
    rehashed(item, { ...emptyAnnotation(), ratings: { a: { accuracy: 'good' }, b: {} } }),
  'number beyond JSON': (_random, item) => JSON.stringify(item).replace('"v":1', '"v":1,"later":1e999'),
  'odd key': (_random, item) => JSON.stringify(item).replace('"v":1', '"v":1,"__proto__":{"v":2}'),
  'odd key outside': (_random, item) => JSON.stringify(item).replace('{', '{"__proto__":{"seq":9},'),
  deep: (_random, item) => JSON.stringify(item).replace('"v":1', `"v":1,"later":${nested(2000)}`),
  'year 0': (_random, item) => ({ ...item, madeAt: '0000-05-01T00:00:00.000Z' }),
  'year 9999': (_random, item) => ({ ...item, madeAt: '9999-12-31T23:59:59.999Z' }),
  'no day': (_random, item) => ({ ...item, madeAt: '2026-02-30T00:00:00.000Z' }),
  'nothing at all': (random) => oneOf(random, ['null', '7', '"text"', '[]', '{}', 'true']) ?? 'null',
  'large text': (_random, item) => rehashed(item, { ...emptyAnnotation(), later: 'x'.repeat(30_000) }),
};
const kindNames = Object.keys(kinds);

export type RandomItem = { kind: string; text: string; mutation: SentMutation | null };

/** An item of a push: about half of them sound. */
export function randomItem(random: Random, world: ItemWorld): RandomItem {
  const kind = random() < 0.5 ? 'sound' : (oneOf(random, kindNames) ?? 'sound');
  const made = kinds[kind]?.(random, soundItem(random, world), world) ?? 'null';
  return typeof made === 'string'
    ? { kind, text: made, mutation: null }
    : { kind, text: JSON.stringify(made), mutation: made };
}
