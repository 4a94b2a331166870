import type { z } from 'zod';
import type { Permission } from '../permissions.ts';

/**
 * One call of the server's API: the server registers it, the clients call it, the OpenAPI document lists it.
 * `access` is 'public', 'signed-in', or the permission the caller needs.
 * Every body is a strict object: unknown fields are refused; who and when never come from a body.
 */
export type Endpoint = {
  method: 'GET' | 'POST';
  path: `/api/${string}`;
  summary: string;
  access: 'public' | 'signed-in' | Permission;
  params?: z.ZodType;
  query?: z.ZodType;
  body?: z.ZodType;
  reply: z.ZodType;
  /** `ndjson`: the request body is a stream of lines (an import file), not one JSON value. */
  upload?: 'ndjson';
  /** `ndjson`: the reply is a stream of JSON lines, each of the `reply` schema. */
  streams?: 'ndjson';
};

export const endpoint = <const E extends Endpoint>(definition: E): E => definition;

type OutputOf<S> = S extends z.ZodType ? z.output<S> : undefined;
type InputOf<S> = S extends z.ZodType ? z.input<S> : undefined;

/** What a handler gets, after validation. */
export type EndpointInput<E extends Endpoint> = {
  params: OutputOf<E['params']>;
  query: OutputOf<E['query']>;
  body: OutputOf<E['body']>;
};
/** What a caller passes; parts the endpoint does not have may be left out. */
export type EndpointCall<E extends Endpoint> = (E['params'] extends z.ZodType
  ? { params: InputOf<E['params']> }
  : object) &
  (E['query'] extends z.ZodType ? { query?: InputOf<E['query']> } : object) &
  (E['body'] extends z.ZodType ? { body: InputOf<E['body']> } : object);
export type EndpointReply<E extends Endpoint> = z.output<E['reply']>;

/** The path with its parameters filled in and the query appended, each part percent-encoded. */
export function urlOf(
  definition: Endpoint,
  input: { params?: Record<string, unknown>; query?: Record<string, unknown> },
): string {
  const path = definition.path.replace(/:([a-zA-Z]+)/g, (_, name: string) =>
    encodeURIComponent(String(input.params?.[name])),
  );
  const query = Object.entries(input.query ?? {})
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(String(value))}`)
    .join('&');
  return query === '' ? path : `${path}?${query}`;
}
