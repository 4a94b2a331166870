import { z } from 'zod';
import { type FeedEvent, feedEventSchema, syncChanges } from '../../shared/contract/sync.ts';

/** An event of a newer server, as it came: kept until an app can read it (rule S22). */
export type UnreadEvent = { n: number; type: 'unread'; event: unknown };
export type ReadEvent = FeedEvent | UnreadEvent;

export const isReadable = (event: unknown): boolean => feedEventSchema.safeParse(event).success;

/** A newer server may say more about an event than this app knows: what it knows it takes. */
function withoutUnknownFields(event: Record<string, unknown>): FeedEvent | null {
  const issues = feedEventSchema.safeParse(event).error?.issues ?? [];
  const unknown = issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys' && issue.path.length === 0 ? issue.keys : [],
  );
  const known = Object.fromEntries(Object.entries(event).filter(([key]) => !unknown.includes(key)));
  return feedEventSchema.safeParse(known).data ?? null;
}

/** Whatever has a number and a type is an event; what this app does not know must not stop the rest. */
const readEventSchema = z
  .looseObject({ n: z.number().int(), type: z.string() })
  .transform((event): ReadEvent => {
    const known = feedEventSchema.safeParse(event).data ?? withoutUnknownFields(event);
    return known ?? { n: event.n, type: 'unread', event };
  });

/** The contract's feed, read leniently event by event. */
export const readChanges = {
  ...syncChanges,
  reply: syncChanges.reply.extend({ events: z.array(readEventSchema) }),
};
