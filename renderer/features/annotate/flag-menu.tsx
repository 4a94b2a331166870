import { Menu } from '@mantine/core';
import { IconFlag, IconFlagFilled } from '@tabler/icons-react';
import type { KeyboardEvent } from 'react';
import { type CaseFlagKind, caseFlagKinds } from '../../../shared/schema/annotation.ts';
import { Key } from '../../ui/key.tsx';
import { ariaKeys } from '../../ui/key-names.ts';
import { flagsPlace } from './annotation-edit.ts';
import classes from './case-actions.module.css';
import { useBody, useCase, useCaseState } from './case-context.ts';

export const caseFlagLabels: Record<CaseFlagKind, string> = {
  'context-unclear': 'Context unclear or missing',
  'outside-my-specialty': 'Outside my specialty',
  'contains-identifiers': 'Contains patient identifiers',
  'broken-case': 'Broken case',
};

/** Flags on the case as a whole; it can still be judged and submitted. */
export function FlagMenu() {
  const { edit } = useCase();
  const flags = useBody((body) => body.caseFlags);
  const readOnly = useCaseState((state) => state.readOnly);
  const isOn = (kind: CaseFlagKind) => flags.some((flag) => flag.kind === kind);
  const toggle = (kind: CaseFlagKind) => edit({ type: 'case-flag', kind, on: !isOn(kind) });
  const onKeyDown = (event: KeyboardEvent) => {
    const kind = /^[1-4]$/.test(event.key) ? caseFlagKinds[Number(event.key) - 1] : undefined;
    if (kind === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    toggle(kind);
  };
  return (
    <Menu
      position="top-start"
      offset={4}
      width={280}
      withinPortal={false}
      withInitialFocusPlaceholder={false}
    >
      <Menu.Target>
        <button
          type="button"
          className={classes.button}
          data-place={flagsPlace}
          data-warn={flags.length > 0 || undefined}
          aria-keyshortcuts={ariaKeys('f')}
          disabled={readOnly}
        >
          {flags.length > 0 ? (
            <IconFlagFilled size={14} aria-hidden="true" />
          ) : (
            <IconFlag size={14} stroke={1.8} aria-hidden="true" />
          )}
          <span>Flag</span>
          <span className={classes.count}>{flags.length > 0 ? flags.length : ''}</span>
          <span className="visually-hidden">
            {flags.length === 0
              ? 'this case'
              : `on this case: ${flags.map(({ kind }) => caseFlagLabels[kind]).join(', ')}`}
          </span>
          <Key keys="f" />
        </button>
      </Menu.Target>
      <Menu.Dropdown onKeyDown={onKeyDown}>
        <Menu.Label>Something is wrong with this case</Menu.Label>
        {caseFlagKinds.map((kind, index) => (
          <Menu.CheckboxItem
            key={kind}
            checked={isOn(kind)}
            rightSection={<Key keys={String(index + 1)} />}
            onChange={() => toggle(kind)}
          >
            {caseFlagLabels[kind]}
          </Menu.CheckboxItem>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
