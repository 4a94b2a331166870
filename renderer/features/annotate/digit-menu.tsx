import { Menu, type MenuProps } from '@mantine/core';
import { type KeyboardEvent, type ReactNode, useRef, useState } from 'react';
import { focusPlace } from './focus-place.ts';

type Props = {
  /** The place of the button that opens it; the focus is there again when it closes. */
  place: string;
  count: number;
  /** The nth entry was chosen by its digit, counted from 0. */
  onDigit: (index: number) => void;
  /** `close`: one choice ends it. */
  afterDigit: 'close' | 'stay';
  target: ReactNode;
  /** Gets the function that closes the menu. */
  children: (close: () => void) => ReactNode;
} & Pick<MenuProps, 'position' | 'width'>;

/** A menu whose entries answer to digits from the very moment it opens, before any focus has moved. */
export function DigitMenu({ place, count, onDigit, afterDigit, target, children, ...menu }: Props) {
  const [opened, setOpened] = useState(false);
  const holder = useRef<HTMLDivElement>(null);
  const onChange = (next: boolean) => {
    setOpened(next);
    if (!next) focusPlace(holder.current, place);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const index = /^[1-9]$/.test(event.key) ? Number(event.key) - 1 : count;
    if (!opened || index >= count) return;
    event.preventDefault();
    event.stopPropagation();
    onDigit(index);
    if (afterDigit === 'close') onChange(false);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only adds digits to the menu inside, which is the control
    <div ref={holder} onKeyDown={onKeyDown} style={{ display: 'contents' }}>
      <Menu
        opened={opened}
        onChange={onChange}
        offset={4}
        withinPortal={false}
        withInitialFocusPlaceholder={false}
        returnFocus={false}
        {...menu}
      >
        <Menu.Target>{target}</Menu.Target>
        <Menu.Dropdown>{children(() => onChange(false))}</Menu.Dropdown>
      </Menu>
    </div>
  );
}
