import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, it, vi } from 'vitest';
import { fakeWorkspace } from '../../../test/support/fake-workspace.ts';
import { UiProvider } from '../../ui/ui-provider.tsx';
import { AnnotateScreen } from './annotate-screen.tsx';
import * as run from './word-diff-run.ts';

const a = 'Start spironolactone 25 mg daily.\n\nCheck potassium in 1 week.';
const b = 'Start spironolactone 12.5 mg daily.\n\nCheck potassium in 1 week.';
const bar = () => document.querySelector('[data-diff-bar]');
const toggle = () =>
  document.querySelector('[data-layer][data-active] [aria-label="Show which words differ"]') as HTMLElement;

async function show(pairs: { a: string; b: string }[]) {
  const workspace = fakeWorkspace({ cases: pairs });
  const [first] = workspace.ids;
  if (first === undefined) throw new Error('no case');
  render(
    <UiProvider env="test">
      <AnnotateScreen
        workspace={workspace}
        batchId={workspace.batchId}
        assignmentId={first}
        onOpenCase={vi.fn()}
        onLeave={vi.fn()}
        onOpenLedger={vi.fn()}
      />
    </UiProvider>,
  );
  await waitFor(() => expect(document.querySelector('[data-layer][data-active]')).not.toBeNull());
  return userEvent.setup();
}

// The choice holds for the whole session, so each test switches it off again.
afterEach(() => vi.restoreAllMocks());

it('compares nothing until it is asked to, and takes its line away again', async () => {
  const compared = vi.spyOn(run, 'runWordDiff');
  const user = await show([{ a, b }]);
  expect(bar()).toBeNull();
  expect(compared).not.toHaveBeenCalled();
  await user.keyboard('d');
  expect(await screen.findByText('1 word only in A, 1 only in B; the same: 90 %')).toBeInTheDocument();
  expect(toggle()).toHaveAttribute('aria-pressed', 'true');
  await user.click(toggle());
  expect(bar()).toBeNull();
  expect(toggle()).toHaveAttribute('aria-pressed', 'false');
});

it('compares an unchanged case once, however often it is switched', async () => {
  const compared = vi.spyOn(run, 'runWordDiff');
  const user = await show([{ a, b }]);
  for (const _ of [1, 2]) {
    await user.keyboard('d');
    await screen.findByText(/only in A/);
    await user.keyboard('d');
  }
  expect(compared).toHaveBeenCalledTimes(1);
});

it('tells each difference in a status, by keys and by its own buttons', async () => {
  const user = await show([{ a, b }]);
  await user.keyboard('d');
  await screen.findByText(/only in A/);
  await user.keyboard('n');
  expect(await screen.findByText('Difference 1 of 1: A has “25”, B has “12.5”')).toHaveAttribute(
    'role',
    'status',
  );
  await user.click(screen.getByRole('button', { name: 'Next difference' }));
  expect(bar()).toHaveTextContent('1 of 1');
  await user.keyboard('d');
});

it('stops a comparison of a case that is left', async () => {
  const signals: AbortSignal[] = [];
  vi.spyOn(run, 'runWordDiff').mockImplementation((_texts, signal) => {
    signals.push(signal);
    return new Promise(() => {});
  });
  const user = await show([{ a, b }]);
  await user.keyboard('d');
  await waitFor(() => expect(signals).toHaveLength(1));
  expect(screen.getByText('Comparing the words')).toBeInTheDocument();
  await user.keyboard('d');
  expect(signals[0]?.aborted).toBe(true);
});
