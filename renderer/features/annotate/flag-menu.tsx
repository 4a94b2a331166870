import { Menu } from '@mantine/core';
import { IconFlag, IconFlagFilled } from '@tabler/icons-react';
import { type CaseFlagKind, caseFlagKinds } from '../../../shared/schema/annotation.ts';
import { Key } from '../../ui/key.tsx';
import { ariaKeys } from '../../ui/key-names.ts';
import { flagsPlace } from './annotation-edit.ts';
import classes from './case-actions.module.css';
import { useBody, useCase, useCaseState } from './case-context.ts';
import { DigitMenu } from './digit-menu.tsx';

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
  const toggle = (kind: CaseFlagKind | undefined) => {
    if (kind) edit({ type: 'case-flag', kind, on: !isOn(kind) });
  };
  const Icon = flags.length > 0 ? IconFlagFilled : IconFlag;
  const button = (
    <button
      type="button"
      className={classes.button}
      data-place={flagsPlace}
      data-warn={flags.length > 0 || undefined}
      aria-keyshortcuts={ariaKeys('f')}
      disabled={readOnly}
    >
      <Icon size={14} aria-hidden="true" />
      <span>Flag</span>
      <span className={classes.count}>{flags.length > 0 ? flags.length : ''}</span>
      <span className="visually-hidden">
        {flags.length === 0
          ? 'this case'
          : `on this case: ${flags.map(({ kind }) => caseFlagLabels[kind]).join(', ')}`}
      </span>
      <Key keys="f" />
    </button>
  );
  return (
    <DigitMenu
      place={flagsPlace}
      count={caseFlagKinds.length}
      onDigit={(index) => toggle(caseFlagKinds[index])}
      afterDigit="stay"
      position="top-start"
      width={280}
      target={button}
    >
      {() => (
        <>
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
        </>
      )}
    </DigitMenu>
  );
}
