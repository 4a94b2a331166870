import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { type Endpoint, urlOf } from '../../shared/contract/endpoint.ts';
import { syncBatchPage, syncHello, syncPush } from '../../shared/contract/sync.ts';
import { type AnnotationBody, emptyAnnotation } from '../../shared/schema/annotation.ts';
import { bodyHash } from '../../shared/sync/body-hash.ts';
import type { Site } from './site.ts';

const rated = (accuracy: number, safety: number) => ({
  accuracy,
  safety,
  completeness: 3,
  reasoning: accuracy,
  communication: 4,
});

const opinions: Partial<AnnotationBody>[] = [
  { ratings: { a: rated(5, 5), b: rated(2, 1) }, preference: -3 },
  { ratings: { a: rated(3, 3), b: rated(4, 4) }, preference: 1 },
  { ratings: { a: rated(2, 1), b: rated(2, 2) }, preference: null, bothUnacceptable: true },
];

/** What this physician says about one case, with a flag on the first words of the answer on the left. */
function opinionOf(index: number, answer: string): AnnotationBody {
  const quote = answer.slice(0, 40);
  const flag = { id: `flag-${index}`, side: 'a' as const, kind: 'wrong-dose' as const };
  const place = {
    severity: 'severe' as const,
    note: 'Ten times too much.',
    start: 0,
    end: quote.length,
    quote,
  };
  return {
    ...emptyAnnotation(),
    ...opinions[index % opinions.length],
    refusal: { a: 'no-refusal', b: index % 4 === 0 ? 'excessive-disclaimers' : null },
    reasoning: { evidence: 'The trend in the chart.', alternatives: '', conclusion: 'One sees it.' },
    caseFlags: index % 5 === 0 ? [{ kind: 'context-unclear', note: 'Which dose is it now?' }] : [],
    safetyFlags: index % 2 === 0 ? [{ ...flag, ...place }] : [],
    time: { activeMs: 150_000 + index * 4000, wallMs: 200_000 },
  };
}

type Input = { params?: Record<string, unknown>; query?: Record<string, unknown>; body?: unknown };

async function call<E extends Endpoint>(base: string, token: string, endpoint: E, input: Input) {
  const response = await fetch(`${base}${urlOf(endpoint, input)}`, {
    method: endpoint.method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(endpoint.method === 'GET' ? {} : { body: JSON.stringify(input.body) }),
  });
  if (!response.ok) throw new Error(`${endpoint.path}: ${await response.text()}`);
  return endpoint.reply.parse(await response.json()) as z.output<E['reply']>;
}

/** Another laptop of a physician, which was away from the network, and what it says about a case. */
type OtherLaptop = { deviceName: string; opinion: number; conclusion: string; hoursAgo: number };

/** @param token of a session of the physician's */
export async function answerOnOtherLaptop(
  { url }: Site,
  token: string,
  assignmentId: string,
  { deviceName, opinion, conclusion, hoursAgo }: OtherLaptop,
): Promise<void> {
  const client = { clientId: randomUUID(), appVersion: '0.0.0-screens' };
  const { epoch } = await call(url, token, syncHello, { body: { ...client, deviceName } });
  const body = {
    ...opinionOf(opinion, ''),
    reasoning: {
      evidence: 'Potassium 5.3, and rising since the antibiotic.',
      alternatives: '',
      conclusion,
    },
  };
  const revision = { assignmentId, revisionId: randomUUID(), baseRevisionId: null, state: 'submitted' };
  const madeAt = new Date(Date.now() - hoursAgo * 3_600_000).toISOString();
  const mutations = [{ version: 1, seq: 1, ...revision, bodyHash: bodyHash(body), body, madeAt }];
  await call(url, token, syncPush, { body: { ...client, epoch, mutations } });
}

/** A second physician judges twelve cases of the work, so that lead and reviewer have something to look at. */
export async function annotateAsSecond({ url, work, secondPhysician }: Site): Promise<void> {
  const token = await secondPhysician();
  const client = { clientId: randomUUID(), appVersion: '0.0.0-screens' };
  const { epoch } = await call(url, token, syncHello, { body: client });
  const page = { params: { batchId: work }, query: { limit: 12 } };
  const { assignments } = await call(url, token, syncBatchPage, page);
  const mutations = assignments.map(({ id, a }, index) => {
    const body = opinionOf(index, a);
    return {
      version: 1,
      seq: index + 1,
      state: 'submitted',
      assignmentId: id,
      revisionId: randomUUID(),
      baseRevisionId: null,
      bodyHash: bodyHash(body),
      body,
      madeAt: new Date().toISOString(),
    };
  });
  await call(url, token, syncPush, { body: { ...client, epoch, mutations } });
}
