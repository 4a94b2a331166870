import { platform } from '../../platform.ts';

const keyName = 'last-address';
/** Where earlier versions kept it, for everybody to read. */
const formerPlace = 'second-opinion.last-email';

function forgetFormer(): void {
  try {
    localStorage.removeItem(formerPlace);
  } catch {
    // A browser that keeps nothing holds nothing to forget.
  }
}

/**
 * The address used last on this laptop: a convenience that may be missing. Who works here is nobody else's to read,
 * so it is kept only where a keyring wraps it; a browser's own password manager offers it as well.
 */
export async function loadLastEmail(): Promise<string> {
  forgetFormer();
  try {
    const { keys } = platform();
    if ((await keys.strength()) !== 'keyring') return '';
    const bytes = await keys.load(keyName);
    return bytes ? new TextDecoder().decode(bytes) : '';
  } catch {
    return '';
  }
}

export async function saveLastEmail(email: string): Promise<void> {
  try {
    const { keys } = platform();
    if ((await keys.strength()) === 'keyring')
      await keys.store(keyName, Uint8Array.from(new TextEncoder().encode(email)));
  } catch {
    // The address is typed again.
  }
}

/** Nothing on this laptop names the person any more. Never rejects. */
export async function forgetLastEmail(): Promise<void> {
  forgetFormer();
  await platform()
    .keys.remove(keyName)
    .catch(() => undefined);
}
