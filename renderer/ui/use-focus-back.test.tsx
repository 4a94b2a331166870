import { Modal } from '@mantine/core';
import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { expect, it } from 'vitest';
import { UiProvider } from './ui-provider.tsx';
import { useFocusBack } from './use-focus-back.ts';

function Question({ onClose }: { onClose: () => void }) {
  useFocusBack();
  return (
    <Modal opened onClose={onClose} title="A question">
      <button type="button">Yes</button>
    </Modal>
  );
}

function Page() {
  const [asked, setAsked] = useState(false);
  return (
    <UiProvider env="test">
      <button type="button" onClick={() => setAsked(true)}>
        Ask
      </button>
      <button type="button">Another</button>
      {asked ? <Question onClose={() => setAsked(false)} /> : null}
    </UiProvider>
  );
}

it('gives the keyboard back to what opened a dialog that is taken away whole', async () => {
  render(<Page />);
  const user = userEvent.setup();
  await user.tab();
  await user.keyboard('{Enter}');
  const yes = await screen.findByRole('button', { name: 'Yes' });
  yes.focus();
  await user.keyboard('{Escape}');
  await waitFor(() => expect(screen.getByRole('button', { name: 'Ask' })).toHaveFocus());
});

it('leaves the keyboard where somebody has put it meanwhile', async () => {
  render(<Page />);
  const user = userEvent.setup();
  await user.tab();
  await user.keyboard('{Enter}');
  await screen.findByRole('button', { name: 'Yes' });
  await user.keyboard('{Escape}');
  screen.getByRole('button', { name: 'Another', hidden: true }).focus();
  await new Promise((then) => setTimeout(then, 20));
  expect(screen.getByRole('button', { name: 'Another' })).toHaveFocus();
});
