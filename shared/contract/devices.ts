import { z } from 'zod';
import { clientIdSchema, userIdSchema } from '../schema/ids.ts';
import { wellFormedText } from '../schema/text.ts';
import { endpoint } from './endpoint.ts';

/** `lock`: the work stays sealed until the order is withdrawn. `wipe`: it is sent, and then its key is destroyed. */
export const orderKinds = ['lock', 'wipe'] as const;
export type OrderKind = (typeof orderKinds)[number];

/** locked, wiped: the order was carried out. unsent: something could not be sent, so nothing was destroyed. removed: the owner did it. */
export const deviceOutcomes = ['locked', 'wiped', 'unsent', 'removed'] as const;
export type DeviceOutcome = (typeof deviceOutcomes)[number];

export const orderIdSchema = z.uuid().brand<'OrderId'>();
export type OrderId = z.infer<typeof orderIdSchema>;

const hashSchema = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/** What a laptop may know of an order about itself. */
export const deviceOrderSchema = z.strictObject({
  id: orderIdSchema,
  /** Must be the laptop's own, or nothing is done (rule S28). */
  clientId: clientIdSchema,
  kind: z.enum(orderKinds),
  /** Whom to ask: the name of the administrator. */
  by: z.string(),
  at: z.iso.datetime(),
});
export type DeviceOrder = z.infer<typeof deviceOrderSchema>;

export const deviceContact = endpoint({
  method: 'POST',
  path: '/api/devices/contact',
  summary:
    'A laptop tells how it stands, and learns how long it may be opened offline and whether it is to lock',
  access: 'sync:use',
  body: z.strictObject({
    clientId: clientIdSchema,
    /** The id this local database had before, where it took a new one (rules S1, S5): an order follows it. */
    formerClientId: clientIdSchema.nullable().default(null),
    appVersion: wellFormedText(50),
    /** Highest seq of the local database; what the server lacks of it is waiting there. */
    lastSeq: count,
  }),
  reply: z.strictObject({
    offlineLeaseDays: z.number().int().min(1),
    idleLockMinutes: z.number().int().min(1),
    order: deviceOrderSchema.nullable(),
  }),
});
export type DeviceContact = z.infer<(typeof deviceContact)['reply']>;

export const releaseDevice = endpoint({
  method: 'POST',
  path: '/api/devices/release',
  summary: 'Before a wipe: the server says that it holds everything of this laptop, or refuses',
  access: 'sync:use',
  body: z.strictObject({ clientId: clientIdSchema, orderId: orderIdSchema, count, digest: hashSchema }),
  reply: z.strictObject({
    clientId: clientIdSchema,
    orderId: orderIdSchema,
    /** Only this word lets a laptop destroy its key. */
    mayDestroy: z.literal(true),
  }),
});

export const reportDevice = endpoint({
  method: 'POST',
  path: '/api/devices/report',
  summary: 'A laptop says what became of an order, or that its owner removed the work; safe to repeat',
  access: 'sync:use',
  body: z.strictObject({
    clientId: clientIdSchema,
    /** Null for `removed`, which nobody ordered. */
    orderId: orderIdSchema.nullable(),
    outcome: z.enum(deviceOutcomes),
    unsent: count,
  }),
  reply: z.strictObject({ taken: z.literal(true) }),
});

const orderStateSchema = z.strictObject({
  id: orderIdSchema,
  kind: z.enum(orderKinds),
  by: z.string(),
  at: z.iso.datetime(),
  /** When the server said that it holds everything. */
  releasedAt: z.iso.datetime().nullable(),
  reportedAt: z.iso.datetime().nullable(),
  outcome: z.enum(deviceOutcomes).nullable(),
  /** Changes the laptop said it could not send. */
  unsent: z.number().int(),
});

export const deviceSchema = z.strictObject({
  id: clientIdSchema,
  name: z.string(),
  appVersion: z.string(),
  firstSeenAt: z.iso.datetime(),
  lastSeenAt: z.iso.datetime(),
  /** Changes that wait there, as last known; null before it ever said so. */
  waiting: z.number().int().nullable(),
  removedAt: z.iso.datetime().nullable(),
  order: orderStateSchema.nullable(),
});
export type Device = z.infer<typeof deviceSchema>;

export const deviceSessionSchema = z.strictObject({
  id: z.uuid(),
  name: z.string(),
  carrier: z.enum(['cookie', 'token']),
  signedInAt: z.iso.datetime(),
  lastSeenAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  /** The local database that last spoke through it; null for those who keep no work on their machine. */
  clientId: clientIdSchema.nullable(),
});
export type DeviceSession = z.infer<typeof deviceSessionSchema>;

/** Where one person works: local databases, and sessions that are open. */
export const personDevicesSchema = z.strictObject({
  userId: userIdSchema,
  email: z.string(),
  name: z.string(),
  devices: z.array(deviceSchema),
  sessions: z.array(deviceSessionSchema),
});
export type PersonDevices = z.infer<typeof personDevicesSchema>;

export const listDevices = endpoint({
  method: 'GET',
  path: '/api/devices',
  summary: 'Laptops and open sessions of everyone, or of one person',
  access: 'device:manage',
  query: z.strictObject({ userId: userIdSchema.optional() }),
  reply: z.strictObject({ people: z.array(personDevicesSchema) }),
});

export const listMyDevices = endpoint({
  method: 'GET',
  path: '/api/devices/mine',
  summary: 'The caller’s own laptops and open sessions',
  access: 'signed-in',
  reply: z.strictObject({ person: personDevicesSchema }),
});

export const orderDevice = endpoint({
  method: 'POST',
  path: '/api/devices/order',
  summary: 'Order a laptop to lock or to be wiped at its next contact',
  access: 'device:manage',
  body: z.strictObject({ clientId: clientIdSchema, kind: z.enum(orderKinds) }),
  reply: z.strictObject({ device: deviceSchema }),
});

export const unlockDevice = endpoint({
  method: 'POST',
  path: '/api/devices/unlock',
  summary: 'Withdraw the order about a laptop; its owner can open it at the next sign-in',
  access: 'device:manage',
  body: z.strictObject({ clientId: clientIdSchema }),
  reply: z.strictObject({ device: deviceSchema }),
});

export const revokeSessions = endpoint({
  method: 'POST',
  path: '/api/devices/revoke',
  summary: 'End one session, or every session of a person, at once; work on the laptop stays sealed there',
  access: 'device:manage',
  body: z.union([z.strictObject({ sessionId: z.uuid() }), z.strictObject({ userId: userIdSchema })]),
  reply: z.strictObject({ ended: z.number().int() }),
});
