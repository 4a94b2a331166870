import { AppError } from '../../shared/errors.ts';

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

const refuse = (message: string) => new AppError('bad-request', { message });

/**
 * The origin of a server's address, such as https://labels.example.org.
 * @throws AppError `bad-request` when it is no address, or would carry work over the network in clear text
 */
export function serverOrigin(address: string): string {
  const text = address.trim();
  const url = URL.parse(text.includes('://') ? text : `https://${text}`);
  if (!url || !['http:', 'https:'].includes(url.protocol))
    throw refuse('This is not the address of a server. It looks like https://labels.example.org.');
  if (url.username || url.password)
    throw refuse('The address may not hold a name or a password. Leave them out and try again.');
  if (url.pathname !== '/' || url.search || url.hash)
    throw refuse(`Give only the server's address, without a path: ${url.origin}.`);
  if (url.protocol === 'http:' && !loopback.has(url.hostname))
    throw refuse('A server elsewhere needs a protected connection. Use its https:// address.');
  return url.origin;
}

/** The first usable one of several places an address may come from; unusable ones are told to `complain`. */
export function firstServer(
  places: readonly (string | null | undefined)[],
  complain: (problem: string) => void,
): string | null {
  for (const place of places) {
    if (!place) continue;
    try {
      return serverOrigin(place);
    } catch (cause) {
      complain(`${place}: ${cause instanceof Error ? cause.message : String(cause)}`);
    }
  }
  return null;
}
