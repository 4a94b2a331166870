import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { activateAccount, signIn } from '../../server/auth/domain.ts';
import { defaultSessionPolicy } from '../../server/auth/session-policy.ts';
import { assignBatch, createBatch } from '../../server/batches/domain.ts';
import { listDevices, orderDevice } from '../../server/devices/domain.ts';
import { importCases } from '../../server/imports/domain.ts';
import { createStudy, readGuidelines } from '../../server/studies/domain.ts';
import { invitePerson, listPeople } from '../../server/users/domain.ts';
import type { OrderKind } from '../../shared/contract/devices.ts';
import type { BatchId, StudyId, UserId } from '../../shared/schema/ids.ts';
import { projectRoot } from '../paths.ts';
import type { Site } from './site.ts';
import type { Shoot, Visit } from './stop.ts';
import { unusualCases } from './unusual-cases.ts';

const casesEach = 3;

/** Somebody with work of their own, so that what happens to it is nobody else's harm. */
export type WardPhysician = {
  id: UserId;
  name: string;
  email: string;
  password: string;
  batches: readonly BatchId[];
};

/** Physicians whose laptops come to harm. */
export type Ward = {
  /** @param batches names of their batches, three cases in each */
  physician: (name: string, batches: readonly string[]) => Promise<WardPhysician>;
  /** One who has the unusual cases. */
  physicianOfUnusual: (name: string, batch: string) => Promise<WardPhysician>;
  /** The token of another session, as of a second laptop. */
  token: (physician: WardPhysician) => Promise<string>;
  /** The only laptop of a physician is ordered to lock or to be wiped. */
  order: (physician: WardPhysician, kind: OrderKind) => Promise<void>;
};

async function importAll({ context }: Site, studyId: StudyId): Promise<void> {
  const folder = join(projectRoot, 'server/demo/cases');
  for (const fileName of (await readdir(folder)).sort())
    await importCases(context, {
      studyId,
      source: createReadStream(join(folder, fileName)),
      fileName,
      pairs: 'all',
      dryRun: false,
      badLines: 'stop',
    });
}

async function enrol({ context, url }: Site, name: string) {
  const email = `${name.split(' ').at(-1)?.toLowerCase()}@demo.example`;
  const { link } = await invitePerson(
    context,
    { email, name, roles: ['physician'], specialties: [] },
    { baseUrl: url },
  );
  const password = randomUUID();
  await activateAccount(context, { token: new URL(link).hash.slice(1), name, password });
  const person = (await listPeople(context)).find((one) => one.email === email);
  if (!person) throw new Error(`${email} was not enrolled`);
  return { id: person.id, name, email, password };
}

export async function openWard(site: Site): Promise<Ward> {
  const { context } = site;
  const guidelines = (await readGuidelines(context, site.studyId))?.markdown ?? '';
  const { rubric } = site;
  const study = await createStudy(context, { name: 'Ward rounds', rubric, guidelines });
  await importAll(site, study.id);
  const assignOne = async (name: string, physicianId: UserId, studyId = study.id): Promise<BatchId> => {
    const kind = { kind: 'work', order: 'import', onePerCase: false } as const;
    const batch = await createBatch(context, {
      studyId,
      name,
      size: casesEach,
      overlap: 1,
      ...kind,
    });
    await assignBatch(context, { batchId: batch.id, physicianIds: [physicianId] });
    return batch.id;
  };
  return {
    physician: async (name, batchNames) => {
      const account = await enrol(site, name);
      const batches: BatchId[] = [];
      for (const batchName of batchNames) batches.push(await assignOne(batchName, account.id));
      return { ...account, batches };
    },
    physicianOfUnusual: async (name, batch) => {
      const own = await createStudy(context, { name: batch, rubric, guidelines });
      const file = { fileName: 'unusual.jsonl', source: unusualCases() };
      await importCases(context, { studyId: own.id, ...file, pairs: 'all', dryRun: false, badLines: 'stop' });
      const account = await enrol(site, name);
      return { ...account, batches: [await assignOne(batch, account.id, own.id)] };
    },
    token: async ({ email, password }) => {
      const device = { carrier: 'token' as const, deviceName: 'Second laptop' };
      return (await signIn(context, defaultSessionPolicy, { email, password, ...device })).token;
    },
    order: async ({ id }, kind) => {
      const [person] = await listDevices(context, id);
      const [device] = person?.devices ?? [];
      if (!device) throw new Error('there is no laptop to order about');
      await orderDevice(context, device.id, kind);
    },
  };
}

export type WardVisit = {
  site: Site;
  ward: Ward;
  /** A laptop of its own, at the sign-in screen. */
  open: () => Promise<Visit>;
  /** Takes pictures of a page that stands elsewhere. */
  shootOf: (page: Page) => Shoot;
};
export type WardStop = { name: string; go: (visit: WardVisit) => Promise<void> };
