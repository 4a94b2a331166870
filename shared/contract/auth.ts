import { z } from 'zod';
import { roles } from '../permissions.ts';
import { userIdSchema } from '../schema/ids.ts';
import { wellFormedText } from '../schema/text.ts';
import { endpoint } from './endpoint.ts';

export const emailSchema = z.email().max(254).toLowerCase();
/** At least 12 characters, nothing else: length beats composition rules (NIST SP 800-63B). */
export const passwordSchema = wellFormedText(200).min(12, { error: 'needs at least 12 characters' });

export const userSchema = z.strictObject({
  id: userIdSchema,
  email: z.string(),
  name: z.string(),
  roles: z.array(z.enum(roles)),
});
export type User = z.infer<typeof userSchema>;

/** How the session is carried: a browser keeps an httpOnly cookie, the desktop's main process a bearer token. */
const carrier = z.enum(['cookie', 'token']);

const signedIn = z.strictObject({
  user: userSchema,
  /** Only for carrier `token`. */
  token: z.string().optional(),
  expiresAt: z.iso.datetime(),
  /** The site's recovery public key (SPKI, base64), to which laptops wrap their data key; null before one is made. */
  recoveryPublicKey: z.string().nullable(),
});

export const signIn = endpoint({
  method: 'POST',
  path: '/api/auth/sign-in',
  summary: 'Sign in with e-mail address and password',
  access: 'public',
  body: z.strictObject({
    email: emailSchema,
    password: wellFormedText(200).min(1),
    deviceName: wellFormedText(100).default(''),
    carrier,
  }),
  reply: signedIn,
});

export const readLink = endpoint({
  method: 'POST',
  path: '/api/auth/link',
  summary: 'See whom a one-time link is for',
  access: 'public',
  body: z.strictObject({ token: z.string().max(200) }),
  reply: z.strictObject({ email: z.string(), name: z.string(), kind: z.enum(['invitation', 'sign-in']) }),
});

export const acceptLink = endpoint({
  method: 'POST',
  path: '/api/auth/link/accept',
  summary: 'Use a one-time link: set name and password, and sign in',
  access: 'public',
  body: z.strictObject({
    token: z.string().max(200),
    name: wellFormedText(200).min(1),
    password: passwordSchema,
    deviceName: wellFormedText(100).default(''),
    carrier,
  }),
  reply: signedIn,
});

export const readSession = endpoint({
  method: 'GET',
  path: '/api/auth/session',
  summary: 'Who is signed in',
  access: 'signed-in',
  reply: z.strictObject({ user: userSchema, expiresAt: z.iso.datetime() }),
});

export const signOut = endpoint({
  method: 'POST',
  path: '/api/auth/sign-out',
  summary: 'End this session at the server',
  access: 'signed-in',
  body: z.strictObject({}),
  reply: z.strictObject({ ended: z.literal(true) }),
});
