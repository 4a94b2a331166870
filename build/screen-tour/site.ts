import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { activateAccount, readLink, signIn } from '../../server/auth/domain.ts';
import { defaultSessionPolicy } from '../../server/auth/session-policy.ts';
import { listBatches, lockBatch } from '../../server/batches/domain.ts';
import { recallAssignments } from '../../server/batches/recall.ts';
import { readConfig } from '../../server/config.ts';
import type { Context } from '../../server/db/context.ts';
import { type DemoAccount, seedDemo } from '../../server/demo-seed.ts';
import { type RunningServer, startServer } from '../../server/main.ts';
import { readBatchReview, readComparisonReview, returnAnnotation } from '../../server/reviews/domain.ts';
import {
  changeSettings,
  findStudyByName,
  publishGuidelines,
  readGuidelines,
} from '../../server/studies/domain.ts';
import { createSignInLink, invitePerson, listPeople } from '../../server/users/domain.ts';
import type { BatchId, StudyId } from '../../shared/schema/ids.ts';
import type { Rubric } from '../../shared/schema/rubric.ts';

/** The demo on a server of its own, and what lead and reviewer do there while a physician's page stands open. */
export type Site = {
  url: string;
  /** The command line's context on its database. */
  context: Context;
  /** From now on the server's time is this much later. */
  goForward: (ms: number) => void;
  accounts: readonly DemoAccount[];
  studyId: StudyId;
  rubric: Rubric;
  work: BatchId;
  practice: BatchId;
  askForPractice: (passShare: number | null) => Promise<void>;
  publish: (change: (markdown: string) => string) => Promise<void>;
  lock: (locked: boolean) => Promise<void>;
  /** Takes one case back from the first physician, as a lead does who gives it to somebody else. */
  takeBack: (reason: string) => Promise<void>;
  /** Gives the first submission of the work back. */
  giveBack: (comment: string) => Promise<void>;
  /** A physician whom nobody has given work yet. */
  newcomer: () => Promise<{ email: string; password: string }>;
  /** The token of another session of the first physician. */
  firstPhysician: () => Promise<string>;
  /** Sets another password at the server, as a one-time link does. */
  resetPassword: (email: string) => Promise<string>;
  /** The token of a session of the second physician. */
  secondPhysician: () => Promise<string>;
  stop: () => Promise<void>;
};

async function demoOf(server: RunningServer) {
  const { context, url } = server;
  const demo = await seedDemo(context, { baseUrl: url });
  const study = demo && (await findStudyByName(context, demo.study));
  if (!demo || !study) throw new Error('the demo was not made');
  const batches = await listBatches(context, study.id);
  const idOf = (name: string) => {
    const found = batches.find((batch) => batch.name === name);
    if (!found) throw new Error(`the demo has no batch ${name}`);
    return found.id;
  };
  return { demo, study, work: idOf(demo.batch), practice: idOf(demo.practice) };
}

async function tokenOf({ context }: RunningServer, account: DemoAccount | undefined): Promise<string> {
  if (!account) throw new Error('the demo has no second physician');
  const { email, password } = account;
  const device = { carrier: 'token' as const, deviceName: 'Second laptop' };
  const { token } = await signIn(context, defaultSessionPolicy, { email, password, ...device });
  return token;
}

async function inviteNewcomer({ context, url }: RunningServer) {
  const email = 'nora@demo.example';
  const name = 'Dr. Nora Lind';
  const { link } = await invitePerson(
    context,
    { email, name, roles: ['physician'], specialties: [] },
    { baseUrl: url },
  );
  const password = randomUUID();
  await activateAccount(context, { token: new URL(link).hash.slice(1), name, password });
  return { email, password };
}

async function resetPassword({ context, url }: RunningServer, email: string): Promise<string> {
  const { link } = await createSignInLink(context, email, { baseUrl: url });
  const { name } = await readLink(context, new URL(link).hash.slice(1));
  const password = randomUUID();
  await activateAccount(context, { token: new URL(link).hash.slice(1), name, password });
  return password;
}

export async function startSite(): Promise<Site> {
  const dataDir = mkdtempSync(join(tmpdir(), 'second-opinion-screens-'));
  let laterMs = 0;
  const clock = () => new Date(Date.now() + laterMs);
  const server = await startServer(readConfig({ SECOND_OPINION_DATA: dataDir, PORT: '0' }), { clock });
  const { context } = server;
  const { demo, study, work, practice } = await demoOf(server);
  const physicians = demo.accounts.filter(({ role }) => role === 'physician');
  return {
    url: server.url,
    context,
    goForward: (ms) => {
      laterMs += ms;
    },
    accounts: demo.accounts,
    studyId: study.id,
    rubric: study.rubric.definition,
    work,
    practice,
    askForPractice: async (passShare) => {
      const qualification = { required: passShare !== null, passShare: passShare ?? 0.8 };
      await changeSettings(context, study.id, { ...study.settings, calibrationEvery: 2, qualification });
    },
    publish: async (change) => {
      const newest = await readGuidelines(context, study.id);
      await publishGuidelines(context, study.id, change(newest?.markdown ?? ''));
    },
    lock: async (locked) => {
      await lockBatch(context, { batchId: work, locked });
    },
    takeBack: async (reason) => {
      const people = await listPeople(context, { role: 'physician' });
      const idOf = (account: DemoAccount | undefined) =>
        people.find(({ email }) => email === account?.email)?.id;
      const fromId = idOf(physicians[0]);
      if (!fromId) throw new Error('no physician');
      const choice = { batchId: work, fromId, toId: null, untouchedOnly: false };
      await recallAssignments(context, { ...choice, reason });
    },
    giveBack: async (comment) => {
      const { comparisons } = await readBatchReview(context, {
        batchId: work,
        after: -1,
        limit: 50,
        only: 'arrived',
      });
      for (const { comparisonId } of comparisons) {
        const { annotations } = await readComparisonReview(context, { batchId: work, comparisonId });
        const submitted = annotations.find(({ state, returned }) => state === 'submitted' && !returned);
        if (!submitted) continue;
        const { revisionId } = submitted;
        return void (await returnAnnotation(context, { batchId: work, comparisonId, revisionId, comment }));
      }
      throw new Error('nothing was submitted yet');
    },
    newcomer: () => inviteNewcomer(server),
    firstPhysician: () => tokenOf(server, physicians[0]),
    resetPassword: (email) => resetPassword(server, email),
    secondPhysician: () => tokenOf(server, physicians[1]),
    stop: async () => {
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
