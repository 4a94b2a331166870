import { Key } from '../../ui/key.tsx';
import { ariaKeys, type KeyCombination } from '../../ui/key-names.ts';
import { usePreference } from '../../ui/preferences.ts';
import { keysInForce, type ShortcutId } from './shortcuts.ts';

/** The keys of a command as this physician has them; null when another command took them. */
export const useKeysOf = (id: ShortcutId): KeyCombination | null =>
  keysInForce(usePreference('keys')).get(id) ?? null;

/** The value for a control's aria-keyshortcuts. */
export function useAriaKeys(id: ShortcutId): string | undefined {
  const keys = useKeysOf(id);
  return keys === null ? undefined : ariaKeys(keys);
}

/** The key hint of a command, as it is mapped now. */
export function CommandKey({ of, onAccent = false }: { of: ShortcutId; onAccent?: boolean }) {
  const keys = useKeysOf(of);
  return keys === null ? null : <Key keys={keys} onAccent={onAccent} />;
}
