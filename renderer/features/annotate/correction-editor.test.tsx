import { act, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { describe, expect, it, vi } from 'vitest';
import { type AnnotationBody, emptyAnnotation } from '../../../shared/schema/annotation.ts';
import type { AssignmentId } from '../../../shared/schema/ids.ts';
import { defaultRubric } from '../../../shared/schema/rubric.ts';
import { type FakeCase, type FakeWorkspace, fakeWorkspace } from '../../../test/support/fake-workspace.ts';
import { UiProvider } from '../../ui/ui-provider.tsx';
import { AnnotateScreen } from './annotate-screen.tsx';
import { correctionOf } from './correction-draft.ts';
import { flushOpenWork } from './open-work.ts';

const all = (value: number) => Object.fromEntries(defaultRubric.dimensions.map(({ key }) => [key, value]));
const done: AnnotationBody = { ...emptyAnnotation(), ratings: { a: all(4), b: all(2) }, preference: -2 };
const corrected: AnnotationBody = { ...done, correction: { from: 'a', text: 'Not now. Repeat potassium.' } };

function Host({ workspace }: { workspace: FakeWorkspace }) {
  const [id, setId] = useState(workspace.ids[0] as AssignmentId);
  return (
    <AnnotateScreen
      workspace={workspace}
      batchId={workspace.batchId}
      assignmentId={id}
      onOpenCase={setId}
      onLeave={vi.fn()}
      onOpenLedger={vi.fn()}
    />
  );
}

async function show(first: FakeCase) {
  const workspace = fakeWorkspace({ cases: [{ a: 'Left.', b: 'Right.', ...first }, {}, {}] });
  const view = render(
    <UiProvider env="test">
      <Host workspace={workspace} />
    </UiProvider>,
  );
  await waitFor(() => expect(layer()).not.toBeNull());
  await waitFor(() => expect(document.querySelectorAll('[data-layer]').length).toBe(2));
  return { workspace, user: userEvent.setup(), ...view };
}

const layer = () => document.querySelector<HTMLElement>('[data-layer][data-active]');
const here = () => within(layer() as HTMLElement);
const area = () => here().getByRole('textbox', { name: 'Text of the corrected answer' });
const settle = () => act(async () => await flushOpenWork());
const lastOf = (workspace: FakeWorkspace) => workspace.saved.at(-1)?.body.correction;
const submit = '{Control>}{Enter}{/Control}';
const undo = '{Control>}z{/Control}';
const chip = () => here().getByRole('button', { name: /^Corrected answer/ });

describe('the corrected answer', () => {
  it('starts from an answer, and counts only once something is changed', async () => {
    const { workspace, user } = await show({ body: done, state: 'draft' });
    await user.keyboard('e');
    expect(here().getByRole('button', { name: 'Start from A' })).toHaveFocus();
    await user.keyboard('2');
    expect(area()).toHaveFocus();
    expect(area()).toHaveValue('Right.');
    expect(here().getByText('1 word, from B, nothing changed yet')).toBeInTheDocument();
    await user.keyboard('{Escape}');
    await settle();
    expect(workspace.saved).toEqual([]);
    await user.keyboard('e2Not ');
    await user.keyboard('{Escape}');
    await settle();
    expect(lastOf(workspace)).toEqual({ from: 'b', text: 'Not Right.' });
    await waitFor(() => expect(chip()).toHaveFocus());
    expect(chip()).toHaveTextContent('Corrected answer: 2 words');
  });

  it('starts from a blank page, and takes letters and digits as text', async () => {
    const { workspace, user } = await show({ body: done, state: 'draft' });
    await user.keyboard('e3');
    await user.keyboard('Give 25 mg, skip b?');
    expect(here().getByRole('group', { name: 'Preview of the corrected answer' })).toBeInTheDocument();
    await user.keyboard('{Escape}');
    await settle();
    expect(lastOf(workspace)).toEqual({ from: null, text: 'Give 25 mg, skip b?' });
    expect(workspace.saved.at(-1)?.body.ratings).toEqual(done.ratings);
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('hands in the last keystrokes with Submit', async () => {
    const { workspace, user } = await show({ body: done, state: 'draft' });
    await user.keyboard(`e3Wait.${submit}`);
    expect(here().getByText('Left answer 2.')).toBeInTheDocument();
    await settle();
    expect(workspace.saved.at(-1)).toMatchObject({
      state: 'submitted',
      body: { correction: { from: null, text: 'Wait.' } },
    });
  });

  it('keeps the last keystrokes when the window goes, the app drains, or the screen closes', async () => {
    const { workspace, user, unmount } = await show({ body: done, state: 'draft' });
    await user.keyboard('e3');
    fireEvent.change(area(), { target: { value: 'One' } });
    act(() => void window.dispatchEvent(new Event('pagehide')));
    await settle();
    expect(lastOf(workspace)?.text).toBe('One');
    fireEvent.change(area(), { target: { value: 'One two' } });
    await settle();
    expect(lastOf(workspace)?.text).toBe('One two');
    fireEvent.change(area(), { target: { value: 'One two three' } });
    unmount();
    await waitFor(() => expect(lastOf(workspace)?.text).toBe('One two three'));
  });

  it('leaves Undo inside the text to the text area, and undoes a whole visit outside it', async () => {
    const { workspace, user } = await show({ body: corrected, state: 'draft' });
    await user.keyboard('u');
    await user.keyboard('e');
    fireEvent.change(area(), { target: { value: 'Not now. Wait.' } });
    fireEvent.keyDown(area(), { key: 'z', ctrlKey: true });
    expect(area()).toHaveValue('Not now. Wait.');
    fireEvent.change(area(), { target: { value: 'Not now. Wait. Look.' } });
    await user.keyboard('{Escape}');
    await waitFor(() => expect(chip()).toHaveFocus());
    expect(here().getByRole('button', { name: /Both unacceptable/ })).toHaveAttribute('aria-pressed', 'true');
    await user.keyboard(undo);
    expect(here().getByText('Undone: Corrected answer')).toBeInTheDocument();
    await settle();
    expect(lastOf(workspace)).toEqual(corrected.correction);
    expect(workspace.saved.at(-1)?.body.bothUnacceptable).toBe(true);
  });

  it('is thrown away as a step that Undo brings back', async () => {
    const { workspace, user } = await show({ body: corrected, state: 'draft' });
    await user.keyboard('e');
    expect(area()).toHaveValue('Not now. Repeat potassium.');
    await user.click(here().getByRole('button', { name: 'Discard, start again' }));
    expect(here().getByRole('button', { name: 'Start from A' })).toBeInTheDocument();
    await settle();
    expect(lastOf(workspace)).toBeNull();
    await user.keyboard(undo);
    await waitFor(() => expect(area()).toHaveValue('Not now. Repeat potassium.'));
    await settle();
    expect(lastOf(workspace)).toEqual(corrected.correction);
  });

  it('begins anew after it was thrown away', async () => {
    const { workspace, user } = await show({ body: corrected, state: 'draft' });
    await user.keyboard('e');
    await user.click(here().getByRole('button', { name: 'Discard, start again' }));
    await user.keyboard('3');
    expect(area()).toHaveValue('');
    await user.keyboard('New.');
    await settle();
    expect(lastOf(workspace)).toEqual({ from: null, text: 'New.' });
  });

  it('shows what was changed against the answer it started from', async () => {
    const { user } = await show({
      a: 'Start 25 mg daily and check the potassium.',
      body: { ...done, correction: { from: 'a', text: 'Start 12.5 mg daily and check the potassium.' } },
      state: 'draft',
    });
    await user.keyboard('e');
    await user.click(here().getByRole('radio', { name: 'What I changed' }));
    const pane = within(here().getByRole('group', { name: 'What you changed' }));
    expect((await pane.findByText('25')).tagName).toBe('DEL');
    expect(pane.getByText('12.5').tagName).toBe('INS');
  });

  it('gives the panel back to whatever takes the focus under it', async () => {
    const { user } = await show({ body: corrected, state: 'draft' });
    await user.keyboard('e');
    act(() => here().getByRole('slider', { name: 'Accuracy, answer A' }).focus());
    expect(here().queryByRole('textbox', { name: 'Text of the corrected answer' })).toBeNull();
  });

  it('cannot be opened in a case that was taken back', async () => {
    const { user } = await show({ body: corrected, state: 'draft', recalled: true });
    await user.keyboard('e');
    expect(here().queryByRole('textbox', { name: 'Text of the corrected answer' })).toBeNull();
    expect(chip()).toBeDisabled();
  });
});

describe('a draft', () => {
  const texts = { a: 'Left.', b: 'Right.' };

  it('is a correction once it says something else than its start', () => {
    expect(correctionOf({ from: 'a', text: 'Left.' }, texts)).toBeNull();
    expect(correctionOf({ from: 'b', text: 'Left.' }, texts)).toEqual({ from: 'b', text: 'Left.' });
    expect(correctionOf({ from: null, text: ' \n' }, texts)).toBeNull();
  });

  it('never holds what no server would take', () => {
    expect(correctionOf({ from: null, text: 'a\ud83d\u0000b' }, texts)?.text).toBe('a\ufffd\ufffdb');
  });
});
