import { render, screen } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import { ErrorNote } from './error-note.tsx';
import { UiProvider } from './ui-provider.tsx';

const show = (props: Parameters<typeof ErrorNote>[0]) =>
  render(
    <UiProvider env="test">
      <ErrorNote {...props} />
    </UiProvider>,
  );

it('says in strong type what happened, and only that', () => {
  show({ what: 'The disk is full, so 3.5 MB were not saved. Free some space; try again then.' });
  expect(screen.getByText(/^The disk is full/).tagName).toBe('B');
  expect(screen.getByText(/^The disk is full/).textContent).toBe(
    'The disk is full, so 3.5 MB were not saved.',
  );
  expect(screen.getByRole('alert')).toHaveTextContent(/not saved\. Free some space; try again then\.$/);
});

it('gives the keyboard to the only thing that can be done', () => {
  show({ what: 'Gone.', action: { label: 'Back', onClick: vi.fn(), takesFocus: true } });
  expect(screen.getByRole('button', { name: 'Back' })).toHaveFocus();
});
