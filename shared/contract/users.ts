import { z } from 'zod';
import { roles } from '../permissions.ts';
import { wellFormedText } from '../schema/text.ts';
import { emailSchema, userSchema } from './auth.ts';
import { endpoint } from './endpoint.ts';

export const personSchema = userSchema.extend({
  specialties: z.array(z.string()),
  status: z.enum(['invited', 'active', 'disabled']),
  /** Assignments not yet submitted or skipped. */
  openAssignments: z.number().int(),
});
export type Person = z.infer<typeof personSchema>;

export const listPeople = endpoint({
  method: 'GET',
  path: '/api/people',
  summary: 'Everyone with an account or an open invitation',
  access: 'user:read',
  query: z.strictObject({ role: z.enum(roles).optional() }),
  reply: z.strictObject({ people: z.array(personSchema) }),
});

export const invitePerson = endpoint({
  method: 'POST',
  path: '/api/people/invite',
  summary: 'Invite a person; the one-time link is in the reply and nowhere else',
  access: 'user:invite',
  body: z.strictObject({
    email: emailSchema,
    name: wellFormedText(200).default(''),
    roles: z.array(z.enum(roles)).min(1),
    specialties: z.array(wellFormedText(100).min(1)).max(20).default([]),
  }),
  reply: z.strictObject({ person: personSchema, link: z.string(), expiresAt: z.iso.datetime() }),
});
