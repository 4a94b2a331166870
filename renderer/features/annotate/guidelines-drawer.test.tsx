import { act, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import type { AssignmentId } from '../../../shared/schema/ids.ts';
import { type FakeWorkspace, fakeWorkspace } from '../../../test/support/fake-workspace.ts';
import type { Guidelines } from '../../data/types.ts';
import { UiProvider } from '../../ui/ui-provider.tsx';
import { AnnotateScreen } from './annotate-screen.tsx';

const version1 =
  '# How to judge\n\nRead the chart first.\n\n## Flags\n\n- Wrong dose: the amount is wrong.\n- Other.';
const version2 = version1
  .replace('the amount is wrong', 'the amount or the unit is wrong')
  .replace('\n- Other.', '');
const changed: Guidelines = {
  version: 2,
  markdown: version2,
  earlier: [{ version: 1, markdown: version1 }],
  seenVersion: 1,
};

async function show(guidelines: string | null | Guidelines = version1) {
  const workspace = fakeWorkspace({ cases: [{}, {}], guidelines });
  const view = render(
    <UiProvider env="test">
      <AnnotateScreen
        workspace={workspace}
        batchId={workspace.batchId}
        assignmentId={workspace.ids[0] as AssignmentId}
        onOpenCase={vi.fn()}
        onLeave={vi.fn()}
        onOpenLedger={vi.fn()}
      />
    </UiProvider>,
  );
  await waitFor(() => expect(document.querySelector('[data-layer][data-active]')).not.toBeNull());
  return { workspace, user: userEvent.setup(), ...view };
}

const panel = () => screen.queryByRole('complementary', { name: 'Guidelines' });
const inPanel = () => within(panel() as HTMLElement);
const seen = async ({ guidelines, batchId }: FakeWorkspace) => (await guidelines(batchId))?.seenVersion;

describe('the guidelines', () => {
  it('open and close with G, and give the focus back to where it was', async () => {
    const { user } = await show();
    const slider = document.activeElement;
    await user.keyboard('g');
    expect(await screen.findByText('Version 1')).toBeInTheDocument();
    expect(inPanel().getByRole('heading', { name: 'How to judge' })).toBeInTheDocument();
    expect(inPanel().getByRole('group', { name: 'Text of the guidelines' })).toHaveFocus();
    expect(panel()).toHaveAttribute('data-section', 'guidelines');
    await user.keyboard('g');
    expect(panel()).toBeNull();
    expect(slider).toHaveFocus();
  });

  it('stay open while the case is judged', async () => {
    const { user } = await show();
    await user.keyboard('g');
    await screen.findByText('Version 1');
    await user.keyboard('4');
    expect(panel()).not.toBeNull();
    const layer = document.querySelector<HTMLElement>('[data-layer][data-active]');
    expect(within(layer as HTMLElement).getByRole('slider', { name: 'Accuracy, answer A' })).toHaveAttribute(
      'aria-valuenow',
      '4',
    );
    await user.keyboard('g');
    expect(panel()).toBeNull();
  });

  it('list their headings, and go to one', async () => {
    const { user } = await show();
    await user.keyboard('g');
    await user.click(await screen.findByRole('button', { name: 'Contents' }));
    const contents = within(screen.getByRole('navigation', { name: 'Contents of the guidelines' }));
    expect(contents.getAllByRole('button').map((one) => one.textContent)).toEqual(['How to judge', 'Flags']);
    await user.click(contents.getByRole('button', { name: 'Flags' }));
    expect(inPanel().getByRole('heading', { name: 'Flags' })).toHaveFocus();
  });

  it('are searched with a count, forwards and backwards', async () => {
    const { user } = await show('# One\n\nDose, dose.\n\n# Two\n\nA dose.');
    await user.keyboard('g');
    await screen.findByText('Version 1');
    await user.keyboard('/dose');
    const field = inPanel().getByRole('searchbox', { name: 'Search in the guidelines' });
    expect(field).toHaveFocus();
    expect(inPanel().getByText('1 of 3')).toBeInTheDocument();
    await user.keyboard('{Enter}');
    expect(inPanel().getByText('2 of 3')).toBeInTheDocument();
    await user.keyboard('{Shift>}{Enter}{Enter}{/Shift}');
    expect(inPanel().getByText('3 of 3')).toBeInTheDocument();
    await user.click(inPanel().getByRole('button', { name: 'Next place' }));
    expect(inPanel().getByText('1 of 3')).toBeInTheDocument();
    await user.click(field);
    await user.keyboard('zz');
    expect(inPanel().getByText('none')).toBeInTheDocument();
    await user.keyboard('{Escape}{Escape}');
    expect(panel()).toBeNull();
  });

  it('say so when the study has none', async () => {
    const { user } = await show(null);
    await user.keyboard('g');
    expect(
      await screen.findByText('This study has no guidelines. Ask your lead when in doubt.'),
    ).toBeInTheDocument();
  });
});

describe('a new version', () => {
  it('is told once, and is seen when it is looked at, with what changed marked', async () => {
    const { user, workspace } = await show(changed);
    const notice = await screen.findByText('Guidelines changed: version 2.');
    expect(await seen(workspace)).toBe(1);
    await user.click(screen.getByRole('button', { name: /See what changed/ }));
    await waitFor(async () => expect(await seen(workspace)).toBe(2));
    expect(notice).not.toBeInTheDocument();
    const change = inPanel().getByRole('group', { name: 'Changed' });
    expect(change).toHaveTextContent('Wrong dose: the amount or the unit is wrong.');
    expect([...change.querySelectorAll('ins')].map((word) => word.textContent).join('')).toContain('unit');
    expect(inPanel().getByRole('group', { name: 'Removed' })).toHaveTextContent('Other.');
    await user.click(inPanel().getByRole('button', { name: 'Next change' }));
    expect(change).toHaveFocus();
    expect(inPanel().getByText('1 of 2')).toBeInTheDocument();
    await user.click(inPanel().getByRole('checkbox', { name: 'Mark changes since version 1' }));
    expect(inPanel().queryByRole('group', { name: 'Changed' })).toBeNull();
    await user.keyboard('{Escape}');
    expect(screen.queryByText(/Guidelines changed/)).toBeNull();
  });

  it('set aside, does not come back, but stays unseen', async () => {
    const { user, workspace, unmount } = await show(changed);
    await user.click(await screen.findByRole('button', { name: 'Set aside' }));
    expect(screen.queryByText(/Guidelines changed/)).toBeNull();
    expect(await seen(workspace)).toBe(1);
    unmount();
    render(
      <UiProvider env="test">
        <AnnotateScreen
          workspace={workspace}
          batchId={workspace.batchId}
          assignmentId={workspace.ids[0] as AssignmentId}
          onOpenCase={vi.fn()}
          onLeave={vi.fn()}
          onOpenLedger={vi.fn()}
        />
      </UiProvider>,
    );
    await waitFor(() => expect(document.querySelector('[data-layer][data-active]')).not.toBeNull());
    expect(screen.queryByText(/Guidelines changed/)).toBeNull();
  });

  it('that comes while they are read takes its place in the open panel, marked against what was read', async () => {
    const { user, workspace } = await show(version1);
    await user.keyboard('g');
    await screen.findByText('Version 1');
    await act(async () => workspace.publishGuidelines(version2));
    expect(await screen.findByText('Version 2')).toBeInTheDocument();
    expect(await inPanel().findByRole('group', { name: 'Changed' })).toBeInTheDocument();
    await waitFor(async () => expect(await seen(workspace)).toBe(2));
    expect(screen.queryByText(/Guidelines changed/)).toBeNull();
  });

  it('is not told to someone who knew none before', async () => {
    await show({ ...changed, earlier: [], seenVersion: null });
    expect(screen.queryByText(/Guidelines changed/)).toBeNull();
  });
});
