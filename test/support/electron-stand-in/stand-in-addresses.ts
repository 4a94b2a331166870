/** Chromium outside Electron routes no unknown schemes: app://host/p is carried as https://host.app.standin.invalid/p. */
const suffix = '.standin.invalid';

export const isAppHost = (hostname: string) => hostname.endsWith(suffix);

export function toWeb(address: string, schemes: ReadonlySet<string>): string {
  const url = new URL(address);
  const scheme = url.protocol.slice(0, -1);
  if (!schemes.has(scheme)) return address;
  return `https://${url.host}.${scheme}${suffix}${url.pathname}${url.search}${url.hash}`;
}

/** The address as the main process would see it. */
export function toApp(address: string): string {
  const url = URL.parse(address);
  if (!url || !isAppHost(url.hostname)) return address;
  const name = url.hostname.slice(0, -suffix.length);
  const dot = name.lastIndexOf('.');
  // What follows the host is taken as it stands, so that odd spellings reach the handler unchanged.
  const rest = address.slice(address.indexOf(url.hostname) + url.hostname.length);
  return `${name.slice(dot + 1)}://${name.slice(0, dot)}${rest}`;
}
