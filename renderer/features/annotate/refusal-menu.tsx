import { Menu, UnstyledButton } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { type RefusalVerdict, refusalVerdicts, type Side } from '../../../shared/schema/annotation.ts';
import { Key } from '../../ui/key.tsx';
import { refusalPlace } from './annotation-edit.ts';
import { refusalLabels } from './answer-labels.ts';
import { useBody, useCase, useCaseState } from './case-context.ts';
import { CommandKey, useAriaKeys } from './command-key.tsx';
import { DigitMenu } from './digit-menu.tsx';
import classes from './refusal-menu.module.css';

/** The refusal verdict on one answer; the chosen one is taken back by choosing it again. */
export function RefusalMenu({ side }: { side: Side }) {
  const { edit, loaded } = useCase();
  const verdict = useBody((body) => body.refusal[side]);
  const readOnly = useCaseState((state) => state.readOnly);
  const { required } = loaded.rubric.refusal;
  const choose = (chosen: RefusalVerdict | undefined) => {
    if (chosen) edit({ type: 'refusal', side, verdict: chosen === verdict ? null : chosen });
  };
  const button = (
    <UnstyledButton
      className={classes.button}
      data-place={refusalPlace(side)}
      data-set={verdict !== null || undefined}
      aria-keyshortcuts={useAriaKeys('refusal')}
      disabled={readOnly}
    >
      <span className={classes.words}>
        {verdict === null ? (required ? 'Refusal: required' : 'Refusal: not judged') : refusalLabels[verdict]}
      </span>
      <span className="visually-hidden">, refusal verdict on answer {side.toUpperCase()}</span>
      <CommandKey of="refusal" />
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
