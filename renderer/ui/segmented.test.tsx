import { act, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { describe, expect, it } from 'vitest';
import { Segmented } from './segmented.tsx';

const options = [
  { value: 'low', label: 'Low' },
  { value: 'high', label: 'High' },
];

let setFromOutside: (value: string | null) => void = () => {};

function Held({ clearable = false }: { clearable?: boolean }) {
  const [value, setValue] = useState<string | null>(null);
  setFromOutside = setValue;
  return (
    <Segmented
      label="Confidence"
      options={options}
      value={value}
      onChange={setValue}
      {...(clearable ? { onClear: () => setValue(null) } : {})}
      digits
    />
  );
}

const radio = (name: string) => screen.getByRole('radio', { name });

describe('a segmented choice', () => {
  it('begins with nothing chosen, and is chosen by arrows and digits', async () => {
    render(<Held />);
    expect(screen.queryByRole('radio', { checked: true })).toBeNull();
    await userEvent.tab();
    await userEvent.keyboard('{ArrowRight}');
    expect(radio('Low')).toBeChecked();
    await userEvent.keyboard('2');
    expect(radio('High')).toBeChecked();
    expect(radio('High')).toHaveFocus();
  });

  it('is taken back by Delete and Backspace only where that is offered', async () => {
    const { unmount } = render(<Held />);
    await userEvent.tab();
    await userEvent.keyboard('1{Delete}{Backspace}');
    expect(radio('Low')).toBeChecked();
    unmount();
    render(<Held clearable />);
    await userEvent.tab();
    await userEvent.keyboard('1{Delete}');
    expect(radio('Low')).not.toBeChecked();
    expect(radio('Low')).toHaveFocus();
  });

  it('keeps the focus on the choice when it changes under it, and takes no focus from elsewhere', async () => {
    render(<Held />);
    act(() => setFromOutside('high'));
    expect(document.body).toHaveFocus();
    act(() => radio('High').focus());
    act(() => setFromOutside('low'));
    expect(radio('Low')).toHaveFocus();
  });
});
