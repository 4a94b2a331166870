import { randomUUID } from 'node:crypto';
import { syncBatchPage, syncHello, syncPush } from '../../shared/contract/sync.ts';
import { type AnnotationBody, emptyAnnotation, type RevisionState } from '../../shared/schema/annotation.ts';
import type { AssignmentId, BatchId, ClientId, RevisionId } from '../../shared/schema/ids.ts';
import { bodyHash } from '../../shared/sync/body-hash.ts';
import type { TestPerson } from './server.ts';

export type Saved = { revisionId: RevisionId; bodyHash: string; body: AnnotationBody };
/** A laptop that pushes annotations through the real sync of a test server. */
export type TestLaptop = {
  /** Pushes one revision and returns it once it is accepted. */
  save: (
    assignmentId: string,
    state: RevisionState,
    change: Partial<AnnotationBody>,
    base?: RevisionId | null,
  ) => Promise<Saved>;
  /** This physician's assignments of a batch, in order. */
  assignments: (batchId: string) => Promise<{ id: AssignmentId; title: string; a: string; b: string }[]>;
};

export async function startLaptop(person: TestPerson): Promise<TestLaptop> {
  const clientId = randomUUID() as ClientId;
  const client = { clientId, appVersion: '0.0.0-test' };
  const { epoch } = await person.call(syncHello, { body: client });
  let seq = 0;
  return {
    async save(assignmentId, state, change, base = null) {
      const body = { ...emptyAnnotation(), ...change };
      const revisionId = randomUUID() as RevisionId;
      seq += 1;
      const mutation = {
        version: 1,
        seq,
        state,
        assignmentId,
        revisionId,
        baseRevisionId: base,
        bodyHash: bodyHash(body),
        body,
        madeAt: new Date().toISOString(),
      };
      const reply = await person.call(syncPush, { body: { ...client, epoch, mutations: [mutation] } });
      const verdict = reply.verdicts[0];
      if (verdict?.status !== 'accepted' && verdict?.status !== 'late')
        throw new Error(`not accepted: ${JSON.stringify(reply)}`);
      return { revisionId, bodyHash: mutation.bodyHash, body };
    },
    async assignments(batchId) {
      const page = await person.call(syncBatchPage, {
        params: { batchId: batchId as BatchId },
        query: { limit: 200 },
      });
      return page.assignments;
    },
  };
}
