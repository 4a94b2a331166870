import type { Role } from '../../../shared/permissions.ts';
import { createSignInLink, invitePerson, listPeople } from '../../users/domain.ts';
import { getPerson } from '../lookup.ts';
import { table } from '../output.ts';
import type { Session } from '../session.ts';

export type InviteOptions = { role: Role[]; name: string; specialty: string[] };

export async function usersInvite(session: Session, email: string, options: InviteOptions): Promise<void> {
  const { context, output } = session;
  const invited = await invitePerson(
    context,
    {
      email,
      name: options.name,
      roles: options.role,
      specialties: options.specialty,
    },
    { baseUrl: session.serverUrl },
  );
  output.result(invited, [
    `Invited ${invited.person.email} as ${invited.person.roles.join(' and ')}.`,
    `The link works once, until ${invited.expiresAt.toISOString()}; it is shown only here:`,
    invited.link,
  ]);
}

export async function usersLink({ context, output, serverUrl }: Session, email: string): Promise<void> {
  const person = await getPerson(context, email);
  const made = await createSignInLink(context, person.email, { baseUrl: serverUrl });
  output.result({ person, ...made }, [
    `A sign-in link for ${person.email}. It works once, until ${made.expiresAt.toISOString()}; it is shown only here:`,
    made.link,
  ]);
}

export async function usersList({ context, output }: Session): Promise<void> {
  const people = await listPeople(context);
  const rows = people.map((person) => [
    person.email,
    person.name,
    person.roles.join(', '),
    person.specialties.join(', '),
    person.status,
    person.openAssignments,
  ]);
  const none = ['Nobody is invited yet. Use "users invite EMAIL --role physician".'];
  const head = ['E-MAIL', 'NAME', 'ROLES', 'SPECIALTIES', 'STATUS', 'OPEN'];
  output.result({ people }, people.length === 0 ? none : table(head, rows));
}
