import { fireEvent, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { describe, expect, it, vi } from 'vitest';
import { type Dimension, defaultRubric } from '../../../shared/schema/rubric.ts';
import { RatingSlider } from './rating-slider.tsx';
import { valueAfterKey, valueAtShare, valueOfDigit, valueWords } from './slider-scale.ts';

const accuracy = defaultRubric.dimensions[0] as Dimension;
const range: Dimension = { ...accuracy, scale: { kind: 'range', low: 'dangerous', high: 'excellent' } };

function Held({ dimension = accuracy, readOnly = false }: { dimension?: Dimension; readOnly?: boolean }) {
  const [value, setValue] = useState<number | null>(null);
  return (
    <RatingSlider dimension={dimension} side="a" value={value} onChange={setValue} readOnly={readOnly} />
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

  it('cannot be unset by a single key', async () => {
    render(<Held />);
    slider().focus();
    await userEvent.keyboard('{End}{Delete}{Backspace}{Escape}');
    expect(slider()).toHaveAttribute('aria-valuenow', '5');
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

  it('takes nothing when it is read-only', async () => {
    const onChange = vi.fn();
    render(<RatingSlider dimension={accuracy} side="b" value={2} onChange={onChange} readOnly />);
    screen.getByRole('slider').focus();
    await userEvent.keyboard('{ArrowRight}{Home}');
    fireEvent.pointerDown(screen.getByRole('slider'), { button: 0 });
    expect(onChange).not.toHaveBeenCalled();
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
