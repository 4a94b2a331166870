import { describe, expect, it } from 'vitest';
import { syncBatch, syncBatchPage, syncHello, syncPush } from '../../shared/contract/sync.ts';
import { sampleAssignment, sampleBatch } from '../../test/contract/sample-work.ts';
import { readReply } from '../sync/transport.ts';
import { readKnownFields } from './known-fields.ts';

const reply = (body: unknown) => ({
  kind: 'reply' as const,
  status: 200,
  contentType: 'application/json',
  body: JSON.stringify(body),
  retryAfter: null,
});

describe('a reply of a newer server', () => {
  it('[S22] is read for what this app knows, at any depth, and nothing else is kept', () => {
    const batch = { ...sampleBatch(1), frozenAt: '2026-11-21T09:00:00.000Z' };
    const newer = { batch: { ...batch, rubric: { ...batch.rubric, author: 'unknown' } }, more: [1] };
    expect(readReply(syncBatch, reply(newer))).toEqual({ batch: sampleBatch(1) });
    const page = { assignments: [{ ...sampleAssignment(0), weight: 2 }], next: null };
    expect(readReply(syncBatchPage, reply(page))).toEqual({ assignments: [sampleAssignment(0)], next: null });
  });

  it('is no reply where something this app needs is missing or wrong', () => {
    const hello = { epoch: 'no id', lastSeq: 0, feedHead: 0, mutationVersions: [1], recoveryPublicKey: null };
    expect(() => readReply(syncHello, reply({ ...hello, more: 1 }))).toThrow();
    expect(readKnownFields(syncPush.reply, { verdicts: [], more: 1 })).toBeNull();
    expect(readKnownFields(syncPush.reply, 'a page of a hotel')).toBeNull();
  });
});
