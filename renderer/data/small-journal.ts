import { followedPayloads } from '../../shared/sync/journal-frame.ts';
import type { Platform } from '../platform.ts';
import { sealTools } from './seal-tools.ts';

/** One JSON value in a journal of its own: outside the system's keyring, replaced as a whole or not at all. */
export async function storeValue(host: Platform, name: string, value: unknown): Promise<void> {
  await host.journal.open(name);
  try {
    await host.journal.replace(name, [sealTools.encodeText(JSON.stringify(value))]);
  } finally {
    await host.journal.close(name);
  }
}

/** Undefined where there is none, or none that can be read. */
export async function loadValue(host: Platform, name: string): Promise<unknown> {
  try {
    await host.journal.open(name);
    try {
      const { bytes } = await host.journal.read(name, 0);
      const [payload] = followedPayloads(bytes) ?? [];
      return payload && (JSON.parse(sealTools.decodeText(payload)) as unknown);
    } finally {
      await host.journal.close(name);
    }
  } catch {
    return undefined;
  }
}
