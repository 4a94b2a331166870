import { act, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type AnnotationBody, emptyAnnotation } from '../../../shared/schema/annotation.ts';
import { type FakeCase, type FakeWorkspace, fakeWorkspace } from '../../../test/support/fake-workspace.ts';
import { commandCenter } from '../../ui/command-center.ts';
import { actsInText } from '../../ui/key-press.ts';
import { remappable } from '../../ui/key-table.ts';
import { choose, closePreferences } from '../../ui/preferences.ts';
import { UiProvider } from '../../ui/ui-provider.tsx';
import { AnnotateScreen } from './annotate-screen.tsx';
import { commands } from './command-table.ts';
import { flushOpenWork } from './open-work.ts';
import { shortcuts } from './shortcuts.ts';

const done: AnnotationBody = {
  ...emptyAnnotation(),
  ratings: {
    a: { accuracy: 4, safety: 4, completeness: 4, reasoning: 4, communication: 4 },
    b: { accuracy: 2, safety: 2, completeness: 2, reasoning: 2, communication: 2 },
  },
  preference: -2,
  confidence: 'high',
  reasoning: { evidence: 'Potassium 5.8', alternatives: 'None', conclusion: 'A is safer' },
};

afterEach(() => {
  commandCenter.close();
  closePreferences();
});

async function show(cases: FakeCase[]) {
  const workspace = fakeWorkspace({ cases });
  const first = workspace.ids[0];
  if (!first) throw new Error('no case');
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
  await waitFor(() => expect(layer()).not.toBeNull());
  return { workspace, user: userEvent.setup() };
}

const layer = () => document.querySelector<HTMLElement>('[data-layer][data-active]');
const here = () => within(layer() as HTMLElement);
const listed = (id: string) => commandCenter.list().find((command) => command.id === id);

/** Cases that are opened from here on come only once the function it returns is called. */
function hold(workspace: FakeWorkspace): () => void {
  const { loadCase } = workspace;
  const { promise, resolve } = Promise.withResolvers<void>();
  workspace.loadCase = async (id) => {
    await promise;
    return loadCase(id);
  };
  return resolve;
}

it('every shortcut has a command', () => {
  for (const { id } of remappable(shortcuts)) expect(Object.hasOwn(commands, id), id).toBe(true);
});

describe('no single key destroys anything:', () => {
  const single = remappable(shortcuts)
    .map(({ keys }) => keys[0] ?? '')
    .filter((keys) => !actsInText(keys));
  const pressOf = (keys: string) =>
    keys.startsWith('shift+') ? `{Shift>}${keys.slice(6).toUpperCase()}{/Shift}` : keys;
  const written = (keys: string) => pressOf(keys).replace(/^[[{]$/, '$&$&');

  it.each(single)('%s keeps every rating and every word, and hands nothing in', async (keys) => {
    const { workspace, user } = await show([{ body: done, state: 'draft' }, {}]);
    await user.keyboard(written(keys));
    await act(async () => await flushOpenWork());
    for (const { body, state } of workspace.saved) {
      expect(state).toBe('draft');
      expect(body.ratings).toEqual(done.ratings);
      expect(body.reasoning).toEqual(done.reasoning);
      expect(body.preference).toBe(done.preference);
      expect(body.confidence).toBe(done.confidence);
    }
  });
});

describe('commands in the palette', () => {
  it('say why they cannot run', async () => {
    await show([{ recalled: true }, {}]);
    expect(listed('skip')?.blocked).toBe('This case can be read, not changed');
    expect(listed('guidelines')?.blocked).toBeNull();
  });

  it('do what their keys do, for the place where the keyboard was', async () => {
    await show([{}, {}]);
    act(() => here().getByRole('slider', { name: 'Safety, answer B' }).focus());
    act(() => commandCenter.openPalette());
    act(() => listed('both')?.run());
    expect(here().getByRole('button', { name: /Both unacceptable/ })).toHaveAttribute('aria-pressed', 'true');
    act(() => listed('prefer:7')?.run());
    expect(here().getByRole('radio', { name: 'B much better' })).toBeChecked();
  });

  it('hold the cases by number and title, with their state', async () => {
    await show([{ body: done, state: 'draft' }, {}, {}]);
    await waitFor(() =>
      expect(commandCenter.list().filter(({ group }) => group === 'Cases')).toHaveLength(3),
    );
    const cases = commandCenter.list().filter(({ group }) => group === 'Cases');
    expect(cases[0]).toMatchObject({ blocked: 'On screen now', detail: 'begun' });
    act(() => cases[2]?.run());
    await waitFor(() => expect(here().getByText('Left answer 3.')).toBeInTheDocument());
  });

  it('keep the keyboard of a palette that was opened before the chosen case was here, and give it to that case', async () => {
    const { user, workspace } = await show([{}, {}, {}]);
    const come = hold(workspace);
    act(() => listed(`case:${workspace.ids[2]}`)?.run());
    act(() => commandCenter.openPalette());
    const field = document.createElement('input');
    document.body.append(field);
    field.focus();
    await act(async () => come());
    await waitFor(() => expect(here().getByText('Left answer 3.')).toBeInTheDocument());
    expect(field).toHaveFocus();
    await user.keyboard('45');
    expect(field).toHaveValue('45');
    act(() => commandCenter.goBack());
    expect(here().getByRole('slider', { name: 'Accuracy, answer A' })).toHaveFocus();
    field.remove();
  });

  it('let no key that is typed ahead judge the case that is about to go', async () => {
    const { user, workspace } = await show([{}, {}, {}]);
    const slider = here().getByRole('slider', { name: 'Accuracy, answer A' });
    act(() => slider.focus());
    const come = hold(workspace);
    act(() => listed(`case:${workspace.ids[2]}`)?.run());
    await user.keyboard('4{ArrowRight}u');
    expect(slider).toHaveAttribute('aria-valuetext', 'not rated');
    await act(async () => come());
    await waitFor(() => expect(here().getByText('Left answer 3.')).toBeInTheDocument());
    await user.keyboard('4');
    await act(async () => await flushOpenWork());
    expect(workspace.saved.map(({ id }) => id)).toEqual([workspace.ids[2]]);
  });

  it('leave the keyboard to an open palette', async () => {
    const { user } = await show([{}, {}]);
    act(() => commandCenter.openPalette());
    await user.keyboard('4s');
    expect(here().getByRole('slider', { name: 'Accuracy, answer A' })).toHaveAttribute(
      'aria-valuetext',
      'not rated',
    );
    expect(screen.queryByRole('dialog')).toBeNull();
  });
});

describe('chosen keys', () => {
  it('are the ones that act, and the ones that are shown', async () => {
    const { user } = await show([{}, {}]);
    act(() => choose({ keys: { skip: 'h', back: 's' } }));
    expect(here().getByRole('button', { name: /^Skip/ })).toHaveAttribute('aria-keyshortcuts', 'H');
    await user.keyboard('s');
    expect(screen.queryByRole('dialog')).toBeNull();
    await user.keyboard('h');
    expect(await screen.findByRole('dialog', { name: 'Skip this case' })).toBeInTheDocument();
  });
});

describe('after submitting', () => {
  it('a physician who goes on by hand stays, with Next case in focus', async () => {
    act(() => choose({ autoAdvance: false }));
    const { workspace, user } = await show([{ body: done, state: 'draft' }, {}]);
    await user.keyboard('{Control>}{Enter}{/Control}');
    expect(here().getByText('Left answer 1.')).toBeInTheDocument();
    expect(here().getByRole('button', { name: /Next case/ })).toHaveFocus();
    await act(async () => await flushOpenWork());
    expect(workspace.saved.at(-1)?.state).toBe('submitted');
    await user.keyboard('{Enter}');
    await waitFor(() => expect(here().getByText('Left answer 2.')).toBeInTheDocument());
  });
});
