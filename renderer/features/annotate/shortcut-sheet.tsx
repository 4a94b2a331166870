import { Modal } from '@mantine/core';
import { commandCenter } from '../../ui/command-center.ts';
import { Key } from '../../ui/key.tsx';
import { type KeyCombination, spokenKeys } from '../../ui/key-names.ts';
import { usePreference } from '../../ui/preferences.ts';
import { CommandKey } from './command-key.tsx';
import { isThere } from './command-list.ts';
import classes from './shortcut-sheet.module.css';
import { keysInForce, type Shortcut, shortcutGroups, shortcuts } from './shortcuts.ts';

type Props = { opened: boolean; onClose: () => void };

/** Every key of this screen as it is mapped now, drawn from the table that handles them. */
export function ShortcutSheet({ opened, onClose }: Props) {
  const map = keysInForce(usePreference('keys'));
  const keysOf = ({ id, keys, fixed }: Shortcut): readonly KeyCombination[] =>
    id === null || fixed !== undefined ? keys : [map.get(id) ?? null].filter((one) => one !== null);
  const there = shortcuts.filter(({ id }) => id === null || isThere(id));
  const change = () => {
    onClose();
    commandCenter.openSettings();
  };
  return (
    <Modal opened={opened} onClose={onClose} title="Keyboard shortcuts" size={1120}>
      <div className={classes.sheet}>
        {shortcutGroups.map((group) => (
          <section key={group}>
            <h3 className={classes.group}>{group}</h3>
            <dl className={classes.list}>
              {there
                .filter((shortcut) => shortcut.group === group)
                .map((shortcut) => (
                  <div key={shortcut.label} className={classes.line}>
                    <dt>
                      <Keys keys={keysOf(shortcut)} />
                    </dt>
                    <dd>{shortcut.label}</dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
      </div>
      <p className={classes.foot}>
        Single keys act outside text fields only. Everything can be undone until you submit, and changed after
        it. <CommandKey of="palette" /> finds every command by its name.{' '}
        <button type="button" className={classes.change} onClick={change}>
          Change keys
        </button>
      </p>
    </Modal>
  );
}

function Keys({ keys }: { keys: readonly KeyCombination[] }) {
  if (keys.length === 0) return <span className={classes.none}>no key</span>;
  return (
    <>
      <span className="visually-hidden">{keys.map((key) => spokenKeys(key)).join(', ')}</span>
      {keys.map((key) =>
        key === '…' ? (
          <span key={key} aria-hidden="true">
            {' '}
            …{' '}
          </span>
        ) : (
          <Key key={key} keys={key} />
        ),
      )}
    </>
  );
}
