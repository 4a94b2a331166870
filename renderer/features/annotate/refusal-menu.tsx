import { Menu, UnstyledButton } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { type KeyboardEvent, useState } from 'react';
import { type RefusalVerdict, refusalVerdicts, type Side } from '../../../shared/schema/annotation.ts';
import { Key } from '../../ui/key.tsx';
import { ariaKeys } from '../../ui/key-names.ts';
import { refusalPlace } from './annotation-edit.ts';
import { useBody, useCase, useCaseState } from './case-context.ts';
import classes from './refusal-menu.module.css';

export const refusalLabels: Record<RefusalVerdict, string> = {
  'no-refusal': 'No refusal',
  'appropriate-refusal': 'Appropriate refusal',
  'unhelpful-refusal': 'Unhelpful refusal',
  'should-have-refused': 'Should have refused',
  'excessive-disclaimers': 'Excessive disclaimers',
};

/** The refusal verdict on one answer. Digits choose in the open menu; the chosen one is taken back by choosing it again. */
export function RefusalMenu({ side }: { side: Side }) {
  const { edit } = useCase();
  const verdict = useBody((body) => body.refusal[side]);
  const readOnly = useCaseState((state) => state.readOnly);
  const [opened, setOpened] = useState(false);

  const choose = (chosen: RefusalVerdict) => {
    edit({ type: 'refusal', side, verdict: chosen === verdict ? null : chosen });
    setOpened(false);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const chosen = /^[1-5]$/.test(event.key) ? refusalVerdicts[Number(event.key) - 1] : undefined;
    if (chosen === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    choose(chosen);
  };
  return (
    <Menu
      opened={opened}
      onChange={setOpened}
      position="bottom-end"
      offset={4}
      width={250}
      withinPortal={false}
      withInitialFocusPlaceholder={false}
    >
      <Menu.Target>
        <UnstyledButton
          className={classes.button}
          data-place={refusalPlace(side)}
          data-set={verdict !== null || undefined}
          aria-keyshortcuts={ariaKeys('r')}
          disabled={readOnly}
        >
          <span className={classes.words}>
            {verdict === null ? 'Refusal: not judged' : refusalLabels[verdict]}
          </span>
          <span className="visually-hidden">, refusal verdict on answer {side.toUpperCase()}</span>
          <Key keys="r" />
          <IconChevronDown size={14} stroke={1.8} aria-hidden="true" />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown onKeyDown={onKeyDown} data-menu="refusal">
        <Menu.Label>Did answer {side.toUpperCase()} refuse?</Menu.Label>
        {refusalVerdicts.map((one, index) => (
          <Menu.RadioItem
            key={one}
            value={one}
            checked={one === verdict}
            rightSection={<Key keys={String(index + 1)} />}
            onChange={() => choose(one)}
          >
            {refusalLabels[one]}
          </Menu.RadioItem>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
