import type { CasePlace } from '../../data/types.ts';
import type { PaletteCommand } from '../../ui/command-center.ts';
import { preferences } from '../../ui/preferences.ts';
import type { CommandContext } from './command-context.ts';
import { absent, commands } from './command-table.ts';
import { preferenceOptions } from './preference-bar.tsx';
import { keysInForce, type ShortcutId, shortcuts } from './shortcuts.ts';

/** The palette itself, and what can be done on every screen. */
const listedByApp: ReadonlySet<ShortcutId> = new Set(['palette', 'settings', 'lock']);

/** Commands of this screen that are asked for by name; the palette does not list itself. */
export function listCommands(context: CommandContext): PaletteCommand[] {
  return [...caseCommands(context), ...casesOfBatch(context)];
}

function caseCommands(context: CommandContext): PaletteCommand[] {
  const keys = keysInForce(preferences.get().keys);
  return shortcuts.flatMap(({ id, label, group }) => {
    if (id === null || listedByApp.has(id) || commands[id] === absent) return [];
    if (id === 'prefer') return preferCommands(context);
    const command = commands[id];
    return [
      {
        id,
        group,
        label: id === 'rate' ? 'Rate: go to the slider' : label,
        keys: id === 'rate' ? null : (keys.get(id) ?? null),
        blocked: command.blocked(context),
        run: () => void command.run(context),
      },
    ];
  });
}

function preferCommands(context: CommandContext): PaletteCommand[] {
  return preferenceOptions.map(({ label }, index) => ({
    id: `prefer:${index + 1}`,
    group: 'Judge',
    label: `Prefer: ${label}`,
    keys: `shift+${index + 1}`,
    blocked: commands.prefer.blocked(context),
    searchedOnly: true,
    run: () => void commands.prefer.run({ ...context, digit: index + 1 }),
  }));
}

/** The cases of the batch, found by number or title. */
function casesOfBatch({ session }: CommandContext): PaletteCommand[] {
  const { places, current } = session.store.getState();
  return [...places]
    .sort((one, other) => one.position - other.position)
    .map((place, index) => ({
      id: `case:${place.id}`,
      group: 'Cases',
      label: `${index + 1}  ${place.title || 'Case without a title'}`,
      detail: stateWords(place),
      blocked: place.id === current?.id ? 'On screen now' : null,
      searchedOnly: true,
      run: () => void session.goTo(place.id), // shows its own failure
    }));
}

const states: Record<CasePlace['state'], string> = {
  untouched: 'not begun',
  draft: 'begun',
  submitted: 'submitted',
  skipped: 'skipped',
};

const stateWords = (place: CasePlace): string => {
  if (place.recalled) return 'taken back';
  return place.returned ? 'returned to you' : states[place.state];
};

/** Whether a command has its part on this screen. */
export const isThere = (id: ShortcutId): boolean => commands[id] !== absent;
