import { randomInt } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Batch, BatchKind } from '../shared/contract/batches.ts';
import type { Study } from '../shared/contract/studies.ts';
import type { Role } from '../shared/permissions.ts';
import type { UserId } from '../shared/schema/ids.ts';
import { rubricSchema } from '../shared/schema/rubric.ts';
import { activateAccount } from './auth/domain.ts';
import { assignBatch, createBatch, listBatches } from './batches/domain.ts';
import type { Context } from './db/context.ts';
import { importCases } from './imports/domain.ts';
import { changeSettings, createStudy, findStudyByName, readStudy } from './studies/domain.ts';
import { createSignInLink, invitePerson, type LinkOptions, listPeople } from './users/domain.ts';

export type DemoAccount = { role: Role; name: string; email: string; password: string; link: string };
/** What is shown once and kept nowhere. */
export type Demo = {
  study: string;
  cases: number;
  comparisons: number;
  batch: string;
  practice: string;
  accounts: DemoAccount[];
};

type DemoPerson = { role: Role; name: string; email: string; specialties: string[] };

const studyName = 'Demo: clinical answers';
const batchName = 'First look';
const practiceName = 'Practice';
/** Of the four known cases among the work, two at a time. */
const calibrationEvery = 2;
const folder = new URL('./demo/', import.meta.url);

const physicians: DemoPerson[] = [
  {
    role: 'physician',
    name: 'Dr. Mara Feld',
    email: 'mara@demo.example',
    specialties: ['Internal medicine'],
  },
  {
    role: 'physician',
    name: 'Dr. Tomas Okoro',
    email: 'tomas@demo.example',
    specialties: ['Emergency medicine'],
  },
];
// The administrator comes last: while that account is missing, the demo is not whole.
const staff: DemoPerson[] = [
  { role: 'lead', name: 'Lena Brandt', email: 'lead@demo.example', specialties: [] },
  { role: 'qa', name: 'Quirin Adler', email: 'qa@demo.example', specialties: [] },
  { role: 'admin', name: 'Ada Minster', email: 'admin@demo.example', specialties: [] },
];

/** Letters and digits that are not taken for each other when read from a screen. */
const readable = 'abcdefghjkmnpqrstuvwxyz23456789';
const group = () => Array.from({ length: 5 }, () => readable[randomInt(readable.length)]).join('');

/** Four groups of five: 99 bits. */
const newPassword = (): string => [group(), group(), group(), group()].join('-');

/** True on a database without people, and on one where making the demo was interrupted. */
async function isDue(context: Context): Promise<boolean> {
  const people = await listPeople(context);
  return (
    people.every((person) => person.email.endsWith('@demo.example')) &&
    !people.some((person) => person.email === 'admin@demo.example')
  );
}

async function makeStudy(context: Context): Promise<Study> {
  const known = await findStudyByName(context, studyName);
  if (known) return known;
  const rubric = rubricSchema.parse(JSON.parse(await readFile(new URL('rubric.json', folder), 'utf8')));
  const guidelines = await readFile(new URL('guidelines.md', folder), 'utf8');
  return createStudy(context, { name: studyName, rubric, guidelines });
}

async function importFile(context: Context, { id: studyId }: Study, file: URL): Promise<void> {
  await importCases(context, {
    studyId,
    source: createReadStream(fileURLToPath(file)),
    fileName: basename(file.pathname),
    pairs: 'all',
    dryRun: false,
    badLines: 'stop',
  });
}

async function importWork(context: Context, study: Study): Promise<void> {
  const cases = new URL('cases/', folder);
  const files = (await readdir(cases)).filter((name) => name.endsWith('.jsonl')).sort();
  for (const fileName of files) await importFile(context, study, new URL(fileName, cases));
}

/** The batch of this name, or a new one of every comparison that is free and of its kind. */
async function makeBatch(context: Context, { id }: Study, name: string, kind: BatchKind): Promise<Batch> {
  const known = (await listBatches(context, id)).find((batch) => batch.name === name);
  if (known) return known;
  const { comparisons } = await readStudy(context, id);
  return createBatch(context, {
    studyId: id,
    name,
    size: comparisons,
    kind,
    order: 'import',
    onePerCase: false,
    overlap: physicians.length,
  });
}

/** Practice comes first: the known answers among the work are then left to calibration. */
async function makeBatches(context: Context, study: Study): Promise<{ practice: Batch; work: Batch }> {
  await importFile(context, study, new URL('practice.jsonl', folder));
  const practice = await makeBatch(context, study, practiceName, 'practice');
  await importWork(context, study);
  const work = await makeBatch(context, study, batchName, 'work');
  if (study.settings.calibrationEvery === null)
    await changeSettings(context, study.id, { ...study.settings, calibrationEvery });
  return { practice, work };
}

const tokenOf = (link: string): string => new URL(link).hash.slice(1);

async function openLink(context: Context, { role, email, ...person }: DemoPerson, options: LinkOptions) {
  const known = (await listPeople(context)).some((found) => found.email === email);
  return known
    ? createSignInLink(context, email, options)
    : invitePerson(context, { email, roles: [role], ...person }, options);
}

/** An active account with a password nobody has seen yet, and a link that signs in once. */
async function makeAccount(context: Context, person: DemoPerson, options: LinkOptions): Promise<DemoAccount> {
  const { role, name, email } = person;
  const first = await openLink(context, person, options);
  const password = newPassword();
  await activateAccount(context, { token: tokenOf(first.link), name, password });
  const { link } = await createSignInLink(context, email, options);
  return { role, name, email, password, link };
}

async function makeAccounts(
  context: Context,
  people: DemoPerson[],
  options: LinkOptions,
): Promise<DemoAccount[]> {
  const accounts: DemoAccount[] = [];
  for (const person of people) accounts.push(await makeAccount(context, person, options));
  return accounts;
}

async function assign(context: Context, batch: Batch): Promise<void> {
  if (batch.assigned > 0) return;
  const emails = new Set(physicians.map((person) => person.email));
  const people = (await listPeople(context)).filter((person) => emails.has(person.email));
  await assignBatch(context, { batchId: batch.id, physicianIds: people.map((person): UserId => person.id) });
}

/**
 * Fills a database without people: a study of invented cases, a practice batch and a batch of work assigned to two
 * physicians, and an account for each role with a random password and a one-time link. Going on after an interruption is safe.
 * @returns what must be shown once, or null when there are people already
 */
export async function seedDemo(context: Context, options: LinkOptions): Promise<Demo | null> {
  if (!(await isDue(context))) return null;
  const made = await makeStudy(context);
  const { practice, work } = await makeBatches(context, made);
  const raters = await makeAccounts(context, physicians, options);
  await assign(context, work);
  await assign(context, practice);
  const study = await readStudy(context, made.id);
  const others = await makeAccounts(context, staff, options);
  const accounts = [...others.toReversed(), ...raters];
  return {
    study: study.name,
    cases: study.cases,
    comparisons: study.comparisons,
    batch: work.name,
    practice: practice.name,
    accounts,
  };
}
