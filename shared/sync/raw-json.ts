/** Deeper nesting than any mutation has; below it recursive readers and writers are safe. */
export const maxJsonDepth = 64;

const isContainer = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** True when a parsed JSON value nests deeper than `limit`; never recurses, so hostile depth cannot overflow the stack. */
export function isDeeperThan(value: unknown, limit: number): boolean {
  let level = [value].filter(isContainer);
  for (let depth = 0; level.length > 0; depth++) {
    if (depth >= limit) return true;
    level = level.flatMap((container) => Object.values(container).filter(isContainer));
  }
  return false;
}

type Frame = { container: object; keys: string[] | null; length: number; next: number };

function frameOf(container: object): Frame {
  const keys = Array.isArray(container) ? null : Object.keys(container);
  return { container, keys, length: keys?.length ?? Object.keys(container).length, next: 0 };
}

function writeDeep(root: object): string {
  const out = [Array.isArray(root) ? '[' : '{'];
  const stack = [frameOf(root)];
  for (let frame = stack.at(-1); frame; frame = stack.at(-1)) {
    if (frame.next >= frame.length) {
      out.push(frame.keys ? '}' : ']');
      stack.pop();
      continue;
    }
    if (frame.next > 0) out.push(',');
    const key = frame.keys?.[frame.next] ?? String(frame.next);
    if (frame.keys) out.push(JSON.stringify(key), ':');
    frame.next++;
    const member: unknown = Reflect.get(frame.container, key);
    if (isContainer(member)) {
      out.push(Array.isArray(member) ? '[' : '{');
      stack.push(frameOf(member));
    } else out.push(JSON.stringify(member) ?? 'null');
  }
  return out.join('');
}

/** JSON text of any parsed value, in the order it came, at any depth; kept for people when a mutation cannot be read. */
export const rawJson = (value: unknown): string =>
  isContainer(value) && isDeeperThan(value, maxJsonDepth)
    ? writeDeep(value)
    : (JSON.stringify(value) ?? 'null');

/**
 * True when JSON text, as `JSON.stringify` writes it, holds a NUL or half a character anywhere:
 * PostgreSQL's jsonb refuses both, so a body with them would break every later reader.
 */
export const hasUnstorableText = (json: string): boolean =>
  /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/.test(json);
