import { Modal } from '@mantine/core';
import { Key } from '../../ui/key.tsx';
import { spokenKeys } from '../../ui/key-names.ts';
import classes from './shortcut-sheet.module.css';
import { type Shortcut, shortcuts } from './shortcuts.ts';

const groups = ['Rate', 'Judge', 'Read', 'Go on'] as const satisfies readonly Shortcut['group'][];

/** Every key of this screen, drawn from the table that handles them. */
export function ShortcutSheet({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="Keyboard shortcuts" size={820}>
      <div className={classes.sheet}>
        {groups.map((group) => (
          <section key={group}>
            <h3 className={classes.group}>{group}</h3>
            <dl className={classes.list}>
              {shortcuts
                .filter((shortcut) => shortcut.group === group)
                .map((shortcut) => (
                  <div key={shortcut.label} className={classes.line}>
                    <dt>
                      <span className="visually-hidden">
                        {shortcut.keys.map((key) => spokenKeys(key)).join(', ')}
                      </span>
                      {shortcut.keys.map((key) =>
                        key === '…' ? (
                          <span key={key} aria-hidden="true">
                            {' '}
                            …{' '}
                          </span>
                        ) : (
                          <Key key={key} keys={key} />
                        ),
                      )}
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
        it.
      </p>
    </Modal>
  );
}
