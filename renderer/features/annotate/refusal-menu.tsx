import { Menu, UnstyledButton } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { type RefusalVerdict, refusalVerdicts, type Side } from '../../../shared/schema/annotation.ts';
import { Key } from '../../ui/key.tsx';
import { ariaKeys } from '../../ui/key-names.ts';
import { refusalPlace } from './annotation-edit.ts';
import { useBody, useCase, useCaseState } from './case-context.ts';
import { DigitMenu } from './digit-menu.tsx';
import classes from './refusal-menu.module.css';

export const refusalLabels: Record<RefusalVerdict, string> = {
  'no-refusal': 'No refusal',
  'appropriate-refusal': 'Appropriate refusal',
  'unhelpful-refusal': 'Unhelpful refusal',
  'should-have-refused': 'Should have refused',
  'excessive-disclaimers': 'Excessive disclaimers',
};

/** The refusal verdict on one answer; the chosen one is taken back by choosing it again. */
export function RefusalMenu({ side }: { side: Side }) {
  const { edit } = useCase();
  const verdict = useBody((body) => body.refusal[side]);
  const readOnly = useCaseState((state) => state.readOnly);
  const choose = (chosen: RefusalVerdict | undefined) => {
    if (chosen) edit({ type: 'refusal', side, verdict: chosen === verdict ? null : chosen });
  };
  const button = (
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
  );
  return (
    <DigitMenu
      place={refusalPlace(side)}
      count={refusalVerdicts.length}
      onDigit={(index) => choose(refusalVerdicts[index])}
      afterDigit="close"
      position="bottom-end"
      width={250}
      target={button}
    >
      {(close) => (
        <>
          <Menu.Label>Did answer {side.toUpperCase()} refuse?</Menu.Label>
          {refusalVerdicts.map((one, index) => (
            <Menu.RadioItem
              key={one}
              value={one}
              checked={one === verdict}
              rightSection={<Key keys={String(index + 1)} />}
              onClick={() => {
                choose(one);
                close();
              }}
            >
              {refusalLabels[one]}
            </Menu.RadioItem>
          ))}
        </>
      )}
    </DigitMenu>
  );
}
