import type { z } from 'zod';

/** Each round finds what the one before it had hidden; deeper nesting than this no reply of ours has. */
const maxRounds = 4;

/**
 * What a schema knows of a value: fields that a newer server added are left out, and all else is as strict as the
 * schema is. Null when it is not of this form.
 */
export function readKnownFields<T>(schema: z.ZodType<T>, value: unknown): T | null {
  let known = value;
  for (let round = 0; round < maxRounds; round++) {
    const { success, data, error } = schema.safeParse(known);
    if (success) return data;
    const unknown = error.issues.flatMap((issue) =>
      issue.code === 'unrecognized_keys' ? [{ path: issue.path, keys: issue.keys }] : [],
    );
    if (unknown.length < error.issues.length) return null;
    known = structuredClone(known);
    for (const { path, keys } of unknown) leaveOut(known, path, keys);
  }
  return null;
}

function leaveOut(value: unknown, path: readonly PropertyKey[], keys: readonly string[]): void {
  const holder = path.reduce<unknown>((at, key) => (isObject(at) ? Reflect.get(at, key) : null), value);
  if (isObject(holder)) for (const key of keys) Reflect.deleteProperty(holder, key);
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
