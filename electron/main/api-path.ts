/**
 * The path of a request when it can only mean one place of the server: no dot segments, doubled slashes or
 * backslashes that a proxy or the server would read in another way. Null otherwise.
 */
export function plainApiPath(path: string, origin: string): URL | null {
  const url = URL.parse(path, origin);
  if (!url || url.origin !== origin) return null;
  const asGiven = path.split(/[?#]/, 1)[0];
  if (url.pathname !== asGiven || !asGiven.startsWith('/api/') || url.hash) return null;
  if (asGiven.includes('//') || /%(2f|5c|00)/i.test(asGiven)) return null;
  return decodedPath(url) === null ? null : url;
}

export function decodedPath(url: URL): string | null {
  try {
    return decodeURIComponent(url.pathname);
  } catch {
    return null;
  }
}

/** Replies under this path may carry a session's token. */
export const mayCarryToken = (url: URL) => (decodedPath(url) ?? '').toLowerCase().startsWith('/api/auth/');
