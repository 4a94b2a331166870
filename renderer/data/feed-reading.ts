import { z } from 'zod';
import { type FeedEvent, feedEventSchema, syncChanges } from '../../shared/contract/sync.ts';
import { readKnownFields } from './known-fields.ts';

/** An event of a newer server, as it came: kept until an app can read it (rule S22). */
export type UnreadEvent = { n: number; type: 'unread'; event: unknown };
export type ReadEvent = FeedEvent | UnreadEvent;

export const isReadable = (event: unknown): boolean => readKnownFields(feedEventSchema, event) !== null;

/** Whatever has a number and a type is an event; what this app does not know must not stop the rest. */
const readEventSchema = z
  .looseObject({ n: z.number().int(), type: z.string() })
  .transform(
    (event): ReadEvent => readKnownFields(feedEventSchema, event) ?? { n: event.n, type: 'unread', event },
  );

/** The contract's feed, read leniently event by event. */
export const readChanges = {
  ...syncChanges,
  reply: syncChanges.reply.extend({ events: z.array(readEventSchema) }),
};
