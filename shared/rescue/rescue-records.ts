import { z } from 'zod';
import { userIdSchema } from '../schema/ids.ts';
import { recoveryWrapSchema } from './recovery-wrap.ts';

/** A key of a laptop as its recovery record and its vault carry it, without what a password could open. */
export const laptopKeySchema = z.looseObject({
  owner: z.string(),
  keyId: z.string().regex(/^[0-9a-f]{16}$/),
  /** The account's data, sealed under the key. */
  user: z.base64(),
  recovery: recoveryWrapSchema.nullable(),
  /** Earlier keys, each sealed under this one, while records under them are left. */
  older: z.array(z.looseObject({ keyId: z.string(), wrappedKey: z.base64() })).default([]),
});
export type LaptopKey = z.infer<typeof laptopKeySchema>;

/** One item of a laptop's work log, as far as a rescue looks into it; of two under one key the higher `lsn` stands. */
export const workItemSchema = z.looseObject({
  type: z.string(),
  key: z.string(),
  lsn: z.number(),
  value: z.unknown(),
});
export type WorkItem = z.infer<typeof workItemSchema>;

/** Records inside an emergency copy: what it is about, and items, or stores with their journals and rows behind each. */
export const rescueRecordSchema = z.discriminatedUnion('type', [
  z.looseObject({
    type: z.literal('about'),
    madeAt: z.iso.datetime(),
    deviceName: z.string(),
    /** Whose work it is; null in a sealed copy, where each store's own key says it. */
    userId: userIdSchema.nullable(),
    /** What could not be read on the laptop, in words. */
    troubles: z.array(z.string()),
  }),
  z.looseObject({ type: z.literal('item'), item: workItemSchema }),
  z.looseObject({ type: z.literal('store'), name: z.string(), keys: z.array(laptopKeySchema) }),
  /** Its bytes follow. */
  z.looseObject({ type: z.literal('journal'), name: z.string() }),
  z.looseObject({
    type: z.literal('row'),
    table: z.string(),
    id: z.string(),
    lsn: z.number(),
    blob: z.base64(),
  }),
]);
export type RescueRecordValue = z.infer<typeof rescueRecordSchema>;
