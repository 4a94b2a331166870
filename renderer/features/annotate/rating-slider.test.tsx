import { fireEvent, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { describe, expect, it, vi } from 'vitest';
import { type Dimension, defaultRubric, scaleBounds } from '../../../shared/schema/rubric.ts';
import { RatingSlider } from './rating-slider.tsx';
import {
  shareOf,
  spokenValue,
  valueAfterKey,
  valueAtShare,
  valueOfDigit,
  valueWords,
} from './slider-scale.ts';

const accuracy = defaultRubric.dimensions[0] as Dimension;
const range: Dimension = { ...accuracy, scale: { kind: 'range', low: 'dangerous', high: 'excellent' } };

function Held({ dimension = accuracy, readOnly = false }: { dimension?: Dimension; readOnly?: boolean }) {
  const [value, setValue] = useState<number | null>(null);
  return (
    <RatingSlider
      dimension={dimension}
      side="a"
      value={value}
      onChange={setValue}
      onClear={() => setValue(null)}
      readOnly={readOnly}
    />
  );
}

const slider = () => screen.getByRole('slider', { name: 'Accuracy, answer A' });

describe('a rating slider', () => {
  it('is unset until touched: no position, and it says so', async () => {
    render(<Held />);
    expect(slider()).toHaveAttribute('aria-valuetext', 'not rated');
    expect(screen.getByText('not rated')).toBeInTheDocument();
    await userEvent.tab();
    expect(slider()).toHaveFocus();
    expect(slider()).toHaveAttribute('data-unset', 'true');
  });

  it('is moved by arrows, Home and End, and stops at its ends', async () => {
    render(<Held />);
    slider().focus();
    await userEvent.keyboard('{ArrowRight}');
    expect(slider()).toHaveAttribute('aria-valuetext', '3 of 5, mixed');
    await userEvent.keyboard('{ArrowRight}');
    expect(slider()).toHaveAttribute('aria-valuetext', '4 of 5, good');
    await userEvent.keyboard('{End}{ArrowRight}');
    expect(slider()).toHaveAttribute('aria-valuenow', '5');
    await userEvent.keyboard('{Home}');
    expect(slider()).toHaveAttribute('aria-valuetext', '1 of 5, wrong');
    expect(slider()).toHaveAttribute('aria-valuemax', '5');
  });

  it.each(['{Delete}', '{Backspace}'])('is taken back by %s, and says so', async (key) => {
    render(<Held />);
    slider().focus();
    await userEvent.keyboard(`{End}${key}`);
    expect(slider()).toHaveAttribute('aria-valuetext', 'not rated');
    expect(slider()).toHaveAttribute('data-unset', 'true');
    await userEvent.keyboard(`${key}{Escape}`);
    expect(slider()).toHaveAttribute('aria-valuetext', 'not rated');
  });

  it('leaps by ten on a range with Shift; the page keys alone never rate, nor do they on steps', async () => {
    const paged = vi.fn();
    const listen = (event: KeyboardEvent) => {
      if (!event.defaultPrevented) paged(`${event.shiftKey ? 'shift ' : ''}${event.key}`);
    };
    render(<Held dimension={range} />);
    window.addEventListener('keydown', listen);
    slider().focus();
    await userEvent.keyboard('{PageUp}');
    expect(slider()).toHaveAttribute('aria-valuetext', 'not rated');
    await userEvent.keyboard('{ArrowRight}{PageUp}{PageDown}{PageDown}');
    expect(slider()).toHaveAttribute('aria-valuetext', '50 of 100');
    expect(paged.mock.calls.flat()).toEqual(['PageUp', 'PageUp', 'PageDown', 'PageDown']);
    await userEvent.keyboard('{Shift>}{PageUp}{PageUp}{/Shift}{ArrowLeft}{Shift>}{PageDown}{/Shift}');
    expect(slider()).toHaveAttribute('aria-valuetext', '59 of 100');
    await userEvent.keyboard('{End}{Shift>}{PageUp}{Home}{Delete}{/Shift}');
    expect(slider()).toHaveAttribute('aria-valuetext', '100 of 100, excellent');
    expect(valueAfterKey(accuracy.scale, 3, 'PageUp', true)).toBeNull();
    expect(valueAfterKey(accuracy.scale, 3, 'PageUp')).toBeNull();
    window.removeEventListener('keydown', listen);
  });

  it('is set where the track is pressed and follows the drag', () => {
    const { container } = render(<Held />);
    const track = container.querySelector('[class*=track]') as HTMLElement;
    track.getBoundingClientRect = () => ({ left: 100, width: 400 }) as DOMRect;
    fireEvent.pointerDown(slider(), { clientX: 398, button: 0, pointerId: 1 });
    expect(slider()).toHaveAttribute('aria-valuenow', '4');
    fireEvent.pointerMove(slider(), { clientX: 110, buttons: 1, pointerId: 1 });
    expect(slider()).toHaveAttribute('aria-valuenow', '1');
    fireEvent.pointerMove(slider(), { clientX: 900, buttons: 0, pointerId: 1, pointerType: 'touch' });
    expect(slider()).toHaveAttribute('aria-valuenow', '1');
  });

  it('takes a tap of a finger when it lifts', () => {
    const { container } = render(<Held />);
    atHundred(container);
    const finger = { clientX: 398, clientY: 50, button: 0, pointerId: 4, pointerType: 'touch' };
    fireEvent.pointerDown(slider(), finger);
    expect(slider()).toHaveAttribute('aria-valuetext', 'not rated');
    fireEvent.pointerUp(slider(), finger);
    expect(slider()).toHaveAttribute('aria-valuetext', '4 of 5, good');
    expect(slider()).toHaveFocus();
  });

  it('follows a finger or a pen sideways', () => {
    const { container } = render(<Held />);
    atHundred(container);
    const pen = { clientX: 110, clientY: 50, button: 0, pointerId: 4, pointerType: 'pen' };
    fireEvent.pointerDown(slider(), pen);
    fireEvent.pointerMove(slider(), { ...pen, clientX: 300, clientY: 54 });
    expect(slider()).toHaveAttribute('aria-valuenow', '3');
    fireEvent.pointerMove(slider(), { ...pen, clientX: 600, clientY: 90 });
    fireEvent.pointerUp(slider(), { ...pen, clientX: 600, clientY: 90 });
    expect(slider()).toHaveAttribute('aria-valuenow', '5');
  });

  it('rates nothing by a swipe that scrolls the page', () => {
    const { container } = render(<Held />);
    atHundred(container);
    const finger = { clientX: 398, clientY: 50, button: 0, pointerId: 4, pointerType: 'touch' };
    fireEvent.pointerDown(slider(), finger);
    fireEvent.pointerMove(slider(), { ...finger, clientX: 401, clientY: 80 });
    fireEvent.pointerCancel(slider(), finger);
    expect(slider()).toHaveAttribute('aria-valuetext', 'not rated');
    fireEvent.pointerDown(slider(), finger);
    fireEvent.pointerMove(slider(), { ...finger, clientY: 120 });
    fireEvent.pointerUp(slider(), { ...finger, clientY: 120 });
    expect(slider()).toHaveAttribute('aria-valuetext', 'not rated');
  });

  it('takes nothing when it is read-only', async () => {
    const onChange = vi.fn();
    render(<RatingSlider dimension={accuracy} side="b" value={2} onChange={onChange} readOnly />);
    screen.getByRole('slider').focus();
    await userEvent.keyboard('{ArrowRight}{Home}');
    fireEvent.pointerDown(screen.getByRole('slider'), { button: 0 });
    expect(onChange).not.toHaveBeenCalled();
  });
});

function atHundred(container: HTMLElement): void {
  const track = container.querySelector('[class*=track]') as HTMLElement;
  track.getBoundingClientRect = () => ({ left: 100, width: 400 }) as DOMRect;
}

const words = ['one', 'two', 'three', 'four', 'five', 'six', 'seven'];
const scales: [string, Dimension['scale']][] = [
  ...[2, 3, 4, 5, 6, 7].map((count): [string, Dimension['scale']] => [
    `${count} steps`,
    { kind: 'steps', anchors: words.slice(0, count) },
  ]),
  ['0 to 100', { kind: 'range', low: 'dangerous', high: 'excellent' }],
];

describe.each(scales)('on a scale of %s, a slider', (_name, scale) => {
  const { min, max } = scaleBounds(scale);

  it('reaches its ends and every value between them by keys, and says each in words', async () => {
    render(<Held dimension={{ ...accuracy, scale }} />);
    slider().focus();
    await userEvent.keyboard('{Home}');
    expect(slider()).toHaveAttribute('aria-valuetext', spokenValue(scale, min));
    expect(slider()).toHaveAttribute('aria-valuemin', String(min));
    for (let value = min + 1; value <= Math.min(max, 8); value++) {
      await userEvent.keyboard('{ArrowRight}');
      expect(slider()).toHaveAttribute('aria-valuetext', spokenValue(scale, value));
    }
    await userEvent.keyboard('{End}');
    expect(slider()).toHaveAttribute('aria-valuetext', spokenValue(scale, max));
    expect(slider()).toHaveAttribute('aria-valuemax', String(max));
  });

  it('gives every value a place of its own that a pointer finds again', () => {
    for (let value = min; value <= max; value++)
      expect(valueAtShare(scale, shareOf(scale, value))).toBe(value);
  });

  it('shows as many ticks as it has steps, and none on a range', () => {
    const { container } = render(<Held dimension={{ ...accuracy, scale }} />);
    expect(container.querySelectorAll('[class*=tick]')).toHaveLength(scale.kind === 'steps' ? max : 0);
  });
});

describe('a scale', () => {
  it('maps digits, keys and shares to values', () => {
    expect(valueOfDigit(accuracy.scale, 5)).toBe(5);
    expect(valueOfDigit(accuracy.scale, 6)).toBeNull();
    expect(valueOfDigit(accuracy.scale, 0)).toBeNull();
    expect(valueOfDigit(range.scale, 7)).toBe(70);
    expect(valueAfterKey(range.scale, null, 'ArrowLeft')).toBe(50);
    expect(valueAfterKey(range.scale, 100, 'ArrowRight')).toBe(100);
    expect(valueAfterKey(accuracy.scale, 3, 'x')).toBeNull();
    expect(valueAtShare(accuracy.scale, -1)).toBe(1);
    expect(valueAtShare(range.scale, 0.424)).toBe(42);
  });

  it('has words for its values', () => {
    expect(valueWords(accuracy.scale, 4)).toBe('4 · good');
    expect(valueWords(range.scale, 42)).toBe('42');
    expect(valueWords(range.scale, 100)).toBe('100 · excellent');
  });
});
