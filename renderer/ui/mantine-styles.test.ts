import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const styleOf = (name: string) => join(root, `node_modules/@mantine/core/styles/${name}.layer.css`);

/** Components of Mantine that our sources name, and those they are built on. */
function componentsInUse(): Set<string> {
  const builtOn: Record<string, string[]> = {
    Autocomplete: ['Combobox', 'Popover'],
    Select: ['Combobox', 'Popover'],
    TagsInput: ['Combobox', 'Pill', 'PillsInput', 'Popover'],
    TextInput: ['Input'],
    Textarea: ['Input'],
    Menu: ['Popover'],
    Modal: ['ModalBase', 'Overlay', 'CloseButton', 'ScrollArea'],
    Drawer: ['ModalBase', 'Overlay', 'CloseButton', 'ScrollArea'],
    PasswordInput: ['ActionIcon'],
    Checkbox: ['InlineInput'],
    Radio: ['InlineInput'],
  };
  const used = new Set<string>();
  for (const file of globSync('renderer/**/*.tsx', {
    cwd: root,
    exclude: (name) => name.endsWith('.test.tsx'),
  }))
    for (const [, list = ''] of readFileSync(join(root, file), 'utf8').matchAll(
      /import \{([^}]*)\} from '@mantine\/core'/g,
    ))
      for (const name of list.split(',').map((part) => part.replace(/^\s*type\s/, '').trim()))
        for (const one of [name, ...(builtOn[name] ?? [])]) used.add(one);
  return used;
}

it('imports the styles of every Mantine component in use', () => {
  const css = readFileSync(join(import.meta.dirname, 'global.css'), 'utf8');
  const styled = [...componentsInUse()].filter((name) => name !== '' && existsSync(styleOf(name)));
  expect(styled.length).toBeGreaterThan(15);
  expect(styled.filter((name) => !css.includes(`/styles/${name}.layer.css`))).toEqual([]);
});
