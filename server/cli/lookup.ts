import type { Batch } from '../../shared/contract/batches.ts';
import type { Study } from '../../shared/contract/studies.ts';
import type { Person } from '../../shared/contract/users.ts';
import { AppError } from '../../shared/errors.ts';
import { listBatches } from '../batches/domain.ts';
import type { Context } from '../db/context.ts';
import { findStudyByName, listStudies } from '../studies/domain.ts';
import { listPeople } from '../users/domain.ts';

const listed = 20;

function unknown(what: string, name: string, existing: readonly string[], ifNone: string): AppError {
  const names = existing.slice(0, listed).map((each) => `"${each}"`);
  const more = existing.length > listed ? ` and ${existing.length - listed} more` : '';
  const there = existing.length === 0 ? ifNone : `There is: ${names.join(', ')}${more}.`;
  return new AppError('not-found', {
    message: `There is no ${what} "${name}". ${there}`,
    details: { what, name, existing },
  });
}

/** @throws AppError `not-found` that lists the studies there are */
export async function getStudy(context: Context, name: string): Promise<Study> {
  const study = await findStudyByName(context, name);
  if (study) return study;
  const names = (await listStudies(context)).map((each) => each.name);
  throw unknown('study', name, names, 'There is none yet; make one with "study create" or "import".');
}

/** @throws AppError `not-found` that lists the batches of the study */
export async function getBatch(context: Context, study: Study, name: string): Promise<Batch> {
  const batches = await listBatches(context, study.id);
  const batch = batches.find((each) => each.name === name);
  if (batch) return batch;
  const names = batches.map((each) => each.name);
  throw unknown(
    `batch in study "${study.name}"`,
    name,
    names,
    'It has none yet; make one with "batch create".',
  );
}

/** @throws AppError `not-found` that lists everyone there is */
export async function getPerson(context: Context, email: string): Promise<Person> {
  return personOf(await listPeople(context), email);
}

function personOf(people: readonly Person[], email: string): Person {
  const person = people.find((each) => each.email === email.trim().toLowerCase());
  if (person) return person;
  const emails = people.map((each) => each.email);
  throw unknown('person', email.trim(), emails, 'Nobody is invited yet; use "users invite".');
}

/** People by a list of e-mail addresses with commas between, or `all` physicians. */
export async function getPhysicians(context: Context, to: string): Promise<Person[]> {
  const people = (await listPeople(context, { role: 'physician' })).filter(
    (person) => person.status !== 'disabled',
  );
  if (to.trim() !== 'all') return to.split(',').map((email) => personOf(people, email));
  if (people.length > 0) return people;
  throw new AppError('too-few-physicians', {
    message: 'There is no physician yet. Invite one with "users invite EMAIL --role physician".',
  });
}
