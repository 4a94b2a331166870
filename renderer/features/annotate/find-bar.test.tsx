import { render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import { fakeWorkspace } from '../../../test/support/fake-workspace.ts';
import { UiProvider } from '../../ui/ui-provider.tsx';
import { AnnotateScreen } from './annotate-screen.tsx';

async function show() {
  const workspace = fakeWorkspace({
    cases: [
      {
        prompt: [{ role: 'user', content: 'Is her potassium high?' }],
        a: 'Her **potas**sium is 5.8. Potassium rises.',
        b: 'It is normal.',
      },
      {},
    ],
  });
  render(
    <UiProvider env="test">
      <AnnotateScreen
        workspace={workspace}
        batchId={workspace.batchId}
        assignmentId={workspace.ids[0] as (typeof workspace.ids)[number]}
        onOpenCase={vi.fn()}
        onLeave={vi.fn()}
        onOpenLedger={vi.fn()}
      />
    </UiProvider>,
  );
  await waitFor(() => expect(document.querySelector('[data-layer][data-active]')).not.toBeNull(), {
    timeout: 10_000,
  });
  return userEvent.setup();
}

const bar = () => screen.getByRole('search', { name: 'Find in this case' });
const standing = (words: string) =>
  waitFor(() => expect(within(bar()).getByRole('status')).toHaveTextContent(words), { timeout: 10_000 });

it('counts what it finds in the context and both answers, goes through all of it, and gives the keyboard back', async () => {
  const user = await show();
  const slider = document.activeElement;
  await user.keyboard('/');
  expect(within(bar()).getByRole('searchbox')).toHaveFocus();
  await user.keyboard('potassium');
  await standing('1 of 3: 1 in context, 2 in A, 0 in B');
  await user.keyboard('{Enter}');
  await standing('2 of 3:');
  await user.keyboard('{Shift>}{Enter}{Enter}{/Shift}');
  await standing('3 of 3:');
  await user.keyboard('{F3}');
  await standing('1 of 3:');
  await user.click(within(bar()).getByRole('button', { name: '2 in A' }));
  await standing('2 of 3:');
  await user.type(within(bar()).getByRole('searchbox'), ' zebra');
  await standing('Not found: 0 in context, 0 in A, 0 in B');
  await user.keyboard('{Escape}');
  expect(screen.queryByRole('search')).toBeNull();
  expect(document.activeElement).toBe(slider);
});

const folded = () => screen.queryAllByRole('complementary', { name: 'Case context, folded' }).length > 0;

it('counts in a folded context too, and opens it only for a place in it', async () => {
  const user = await show();
  await user.keyboard('c/potassium');
  // What can be seen comes first.
  await standing('2 of 3: 1 in folded context, 2 in A, 0 in B');
  await user.keyboard('{Enter}');
  await standing('3 of 3: 1 in folded context');
  expect(folded()).toBe(true);
  await user.keyboard('{Enter}');
  await standing('1 of 3: 1 in context, 2 in A, 0 in B');
  expect(folded()).toBe(false);
  expect(within(bar()).getByRole('searchbox')).toHaveFocus();
  await user.keyboard('{Escape}');
  expect(screen.getAllByRole('button', { name: /^Find in this case/ })[0]).toBeInTheDocument();
});

it('opens a folded context at the first Enter where the words stand nowhere else', async () => {
  const user = await show();
  await user.keyboard('c/potassium high');
  await standing('1 of 1: 1 in folded context, 0 in A, 0 in B');
  expect(folded()).toBe(true);
  await user.keyboard('{Enter}');
  await standing('1 of 1: 1 in context, 0 in A, 0 in B');
  expect(folded()).toBe(false);
  await user.keyboard('{Escape}c/');
  expect(folded()).toBe(true);
});
