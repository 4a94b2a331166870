import { act, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import type { AssignmentId } from '../../../shared/schema/ids.ts';
import { type FakeWorkspace, fakeWorkspace } from '../../../test/support/fake-workspace.ts';
import { UiProvider } from '../../ui/ui-provider.tsx';
import { AnnotateScreen } from './annotate-screen.tsx';
import { flushOpenWork } from './open-work.ts';
import { createUnfinishedNotes } from './unfinished-notes.ts';

const layer = () => within(document.querySelector('[data-layer][data-active]') as HTMLElement);

async function show(workspace: FakeWorkspace) {
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
  return view;
}

async function openSkip() {
  await userEvent.click(layer().getByRole('button', { name: /Skip/ }));
  return screen.findByLabelText('Note');
}

it('keeps a half-typed note of a skip through Escape, and through the screen being taken away', async () => {
  const workspace = fakeWorkspace({ cases: [{}, {}] });
  const first = await show(workspace);
  const user = userEvent.setup();
  await user.type(await openSkip(), 'Two patients');
  await user.keyboard('{Escape}');
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(await openSkip()).toHaveValue('Two patients');
  await user.type(screen.getByLabelText('Note'), ' in one');
  // What an idle lock does: it saves what is open and takes the screen away.
  await act(flushOpenWork);
  first.unmount();
  await show(workspace);
  expect(await openSkip()).toHaveValue('Two patients in one');
});

it('forgets the note once the case is skipped with it', async () => {
  const workspace = fakeWorkspace({ cases: [{}, {}] });
  const first = await show(workspace);
  const user = userEvent.setup();
  await user.type(await openSkip(), 'Two patients');
  await user.click(screen.getByRole('radio', { name: 'Broken case' }));
  await user.click(screen.getByRole('button', { name: /Skip and next/ }));
  await waitFor(() => expect(workspace.saved.at(-1)?.body.skip?.note).toBe('Two patients'));
  await act(flushOpenWork);
  first.unmount();
  const notes = createUnfinishedNotes(workspace);
  await notes.ready;
  expect(notes.of(workspace.ids[0] as AssignmentId, 'skip')).toBe('');
});

it('starts empty where what was kept cannot be read', async () => {
  const workspace = fakeWorkspace({ cases: [{}] });
  await workspace.savePreference('annotate.unfinished-notes', '{"torn');
  const notes = createUnfinishedNotes(workspace);
  await notes.ready;
  const id = workspace.ids[0] as AssignmentId;
  expect(notes.of(id, 'skip')).toBe('');
  notes.keep(id, 'skip', 'new');
  await notes.flush();
  expect(await workspace.loadPreference('annotate.unfinished-notes')).toBe(
    JSON.stringify([[`${id} skip`, 'new']]),
  );
});
