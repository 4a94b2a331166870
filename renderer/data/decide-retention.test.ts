import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../shared/contract/sync.ts';
import type { AnnotationBody, RevisionState } from '../../shared/schema/annotation.ts';
import type { ClientId, RevisionId } from '../../shared/schema/ids.ts';
import { bodyHash } from '../../shared/sync/body-hash.ts';
import { assignmentId, batchId, bodyWith } from '../../test/contract/sample-work.ts';
import { decideNewClient } from './decide-lineage.ts';
import { casesOf, isLookDue, readRemembered, rememberNaming, textsToLetGo } from './decide-retention.ts';
import { mutationKey, numbered, type Put, WorkLog } from './work-log.ts';

const here = { batchId: batchId(1), ids: [assignmentId(1000)] };
const revision = (n: number) => `00000008-0000-7000-8000-${String(n).padStart(12, '0')}` as RevisionId;
const client = (n: number) => `00000007-0000-7000-8000-${String(n).padStart(12, '0')}` as ClientId;

type Over = { state?: RevisionState; diverged?: boolean; body?: AnnotationBody };

/** A laptop with changes of one case, each received; the first under seq 1. */
function logWith(...changes: Over[]): WorkLog {
  const log = new WorkLog();
  log.apply(numbered(decideNewClient(log, client(1), 'unreceipted'), 0));
  const puts: Put[] = changes.flatMap(({ state = 'draft', diverged = false, body }, i) => {
    const seq = i + 1;
    const text = body ?? bodyWith(`change ${seq}`);
    const hash = bodyHash(text);
    const revisionId = revision(seq);
    const receipt = { seq, revisionId, bodyHash: hash, auditHash: hash, durable: true as const };
    const verdict: Verdict = {
      ...{ seq, status: 'accepted', diverged, reason: null },
      receipt: { ...receipt, receivedAt: '2026-01-01T00:00:00.000Z' },
    };
    const mutation = {
      ...{ version: 1 as const, seq, state, revisionId, bodyHash: hash, body: text },
      ...{ assignmentId: assignmentId(1000), baseRevisionId: null, madeAt: '2026-01-01T00:00:00.000Z' },
    };
    const key = mutationKey(0, seq);
    const progress = { attempted: true, verdict, earlier: [], movedTo: null, problem: null };
    return [
      { type: 'mutation', key, value: { generation: 0, mutation, batchId: here.batchId, position: 0 } },
      { type: 'progress', key, value: progress },
    ];
  });
  log.apply(numbered(puts, log.lsn));
  return log;
}

const changesOf = (log: WorkLog) => casesOf(log, here)[0]?.changes ?? [];

describe('how the work of a closed batch stands', () => {
  it('[S13] counts a change by the number it lives on under, and one whose other number is not here as unreceived', () => {
    const log = logWith({}, { state: 'submitted' });
    expect(changesOf(log)).toMatchObject([{ status: 'accepted', isCurrent: true }, { status: 'accepted' }]);
    log.apply(numbered(decideNewClient(log, client(2), 'retained'), log.lsn));
    expect(changesOf(log)).toMatchObject([
      { status: null, isCurrent: true },
      { status: null, isCurrent: true },
    ]);
    const lost = { ...log.progress(mutationKey(0, 1)), movedTo: mutationKey(9, 9) };
    log.apply(numbered([{ type: 'progress', key: mutationKey(0, 1), value: lost }], log.lsn));
    expect(changesOf(log)).toMatchObject([{ status: null }, { status: null }, { status: null }]);
  });

  it('[S13] counts a diverged version as open until something finished or a choice about it came after it', () => {
    const resolutions = [
      { revisions: [revision(9), revision(1)], kept: 'own' as const, at: '2026-01-02T00:00:00.000Z' },
    ];
    const chosen = { ...bodyWith('chosen'), resolutions };
    const openly = (log: WorkLog) => changesOf(log).map(({ openlyDiverged }) => openlyDiverged);
    expect(openly(logWith({ diverged: true }, {}))).toEqual([true, false]);
    expect(openly(logWith({ diverged: true }, { state: 'submitted' }))).toEqual([false, false]);
    expect(openly(logWith({ diverged: true }, { state: 'submitted', diverged: true }))).toEqual([true, true]);
    expect(openly(logWith({ diverged: true }, { body: chosen }))).toEqual([false, false]);
  });

  it('[S13] takes every text, of every number and every laptop, and of nothing else', () => {
    const log = logWith({}, { state: 'submitted' });
    log.apply(numbered(decideNewClient(log, client(2), 'retained'), log.lsn));
    const other = { assignmentId: assignmentId(1000), revisionId: revision(50), state: 'draft' as const };
    const elsewhere = { ...other, assignmentId: assignmentId(2000), revisionId: revision(51) };
    const body = bodyWith('of another laptop');
    for (const value of [other, elsewhere])
      log.apply(
        numbered(
          [{ type: 'revision', key: value.revisionId, value: { ...value, body, bodyHash: bodyHash(body) } }],
          log.lsn,
        ),
      );
    expect(textsToLetGo(log, here, 2)).toHaveLength(2);
    log.apply(numbered(textsToLetGo(log, here, 100), log.lsn));
    expect(log.mutations().map(([, { mutation }]) => mutation.body)).toEqual([null, null, null, null]);
    expect(log.revisions().map((one) => one.body === null)).toEqual([true, false]);
    expect(textsToLetGo(log, here, 100)).toEqual([]);
    // What has no text is never numbered anew, nor counted.
    expect(changesOf(log)).toEqual([]);
    log.apply(numbered(decideNewClient(log, client(3), 'retained'), log.lsn));
    expect(log.mutations(2)).toEqual([]);
  });
});

describe('what was heard of the server’s time', () => {
  const heard = { epoch: 'e', at: '2026-02-02T00:00:00.000Z' };
  const now = { ...heard, closedAt: '2026-01-01T00:00:00.000Z' };

  it('[S13] is looked at again after an hour, and at once when it does not follow from before', () => {
    const isDueAfter = (at: string, epoch = 'e') => isLookDue({ epoch, at }, heard);
    expect(isDueAfter('2026-02-01T23:30:00.000Z')).toBe(false);
    expect(isDueAfter('2026-02-01T23:00:00.000Z')).toBe(true);
    expect(isDueAfter('2026-02-02T00:00:00.001Z')).toBe(true);
    expect(isDueAfter('2026-02-01T23:30:00.000Z', 'another')).toBe(true);
    expect(isDueAfter('no time')).toBe(true);
    expect(isLookDue(null, heard)).toBe(true);
  });

  it('[S13] keeps the first naming of an end, and forgets it at any doubt', () => {
    const named = readRemembered('{"heard": null, "named": "damaged"}').named;
    const once = { letGo: false, reason: 'named-once' } as const;
    rememberNaming(named, here.batchId, once, now);
    rememberNaming(named, here.batchId, once, { ...now, at: '2026-02-02T09:00:00.000Z' });
    expect(named).toEqual({ [here.batchId]: now });
    rememberNaming(named, here.batchId, once, { ...now, closedAt: '2026-01-02T00:00:00.000Z' });
    expect(named[here.batchId]?.closedAt).toBe('2026-01-02T00:00:00.000Z');
    rememberNaming(named, here.batchId, { letGo: false, reason: 'in-use' }, now);
    expect(named).toEqual({});
  });
});
