export type LaunchArguments = { server: string | null; link: string | null };

const linkToken = /^[A-Za-z0-9._~-]{1,200}$/;

function optionOf(argv: readonly string[], name: string): string | null {
  const prefix = `--${name}=`;
  const found = argv.findLast((argument) => argument.startsWith(prefix));
  return found === undefined ? null : found.slice(prefix.length);
}

/** What the app was started with; a link that is no token is as good as none. */
export function readLaunchArguments(argv: readonly string[]): LaunchArguments {
  const link = optionOf(argv, 'link');
  return { server: optionOf(argv, 'server'), link: link !== null && linkToken.test(link) ? link : null };
}
