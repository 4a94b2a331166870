import type { Verdict } from '../../../shared/contract/sync.ts';
import type { RandomSequence, Step } from './random-sequence.ts';
import type { SimReply, SimServer } from './server-port.ts';

export type Difference = { step: number; kind: string; what: string; memory: unknown; postgres: unknown };
/** How often what was met. */
export type DifferentialReport = {
  steps: number;
  replies: Map<number, number>;
  kinds: Map<string, number>;
  /** Verdicts as their status and the code of their reason. */
  verdicts: Map<string, number>;
};

/** What of a reply must be the same; everything else in its headers is about transport. */
function comparable({ status, headers, body }: SimReply): unknown {
  const { 'content-type': contentType, 'retry-after': retryAfter = null } = headers;
  return { status, contentType, retryAfter, body: JSON.parse(body) as unknown };
}

/** Everything a judge may look at behind the replies. */
export async function readingsOf(server: SimServer, sequence: RandomSequence): Promise<unknown> {
  const exported = await server.exported();
  const people = [];
  for (const { userId } of sequence.people)
    people.push({
      log: await server.logOf(userId),
      conflicts: await server.conflictsOf(userId),
      feed: await server.feedOf(userId),
    });
  return {
    revisions: await server.revisions(),
    exported: exported.sort((one, other) => (one.revisionId < other.revisionId ? -1 : 1)),
    auditIsWhole: await server.auditIsWhole(),
    people,
  };
}

const count = <K>(counts: Map<K, number>, key: K) => counts.set(key, (counts.get(key) ?? 0) + 1);

function verdictsIn(body: unknown): string[] {
  const { verdicts = [] } = Object(body) as { verdicts?: Verdict[] };
  return verdicts.map(
    ({ status, diverged, reason }) =>
      `${status}${diverged ? ' diverged' : ''}${reason === null ? '' : ` ${reason.code}`}`,
  );
}

async function take(step: Step, server: SimServer): Promise<unknown> {
  return 'request' in step ? comparable(await server.handle(step.request)) : step.change(server);
}

/** Leads both servers through one sequence; `same` is given what each answered and throws when they differ. */
export async function leadThrough(
  sequence: RandomSequence,
  { memory, postgres }: { memory: SimServer; postgres: SimServer },
  steps: number,
  same: (difference: Difference) => void,
): Promise<DifferentialReport> {
  const report: DifferentialReport = { steps: 0, replies: new Map(), kinds: new Map(), verdicts: new Map() };
  const beginning = sequence.beginning();
  for (let n = 1; n <= steps; n++) {
    const step = beginning.shift() ?? sequence.next();
    const answers = { memory: await take(step, memory), postgres: await take(step, postgres) };
    const isKeeping = step.kind === 'backup';
    if (!isKeeping)
      same({
        step: n,
        kind: step.kind,
        what:
          'request' in step ? `${step.request.method} ${step.request.path} ${step.request.body ?? ''}` : '',
        ...answers,
      });
    report.steps = n;
    count(report.kinds, step.kind.split(' of ')[0] ?? '');
    if ('request' in step) {
      const { status, body } = answers.postgres as { status: number; body: unknown };
      count(report.replies, status);
      for (const verdict of verdictsIn(body)) count(report.verdicts, verdict);
      step.heard({ status, headers: {}, body: JSON.stringify(body) });
    } else step.heard(answers.postgres);
    if (n % 60 !== 0 && n !== steps && step.kind.startsWith('restore') === false) continue;
    same({
      step: n,
      kind: `readings after ${step.kind}`,
      what: '',
      memory: await readingsOf(memory, sequence),
      postgres: await readingsOf(postgres, sequence),
    });
  }
  return report;
}
