import { act, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { emptyAnnotation, type SafetyFlag } from '../../../shared/schema/annotation.ts';
import { defaultRubric, type Rubric } from '../../../shared/schema/rubric.ts';
import { holdsQuote } from '../../../shared/schema/safety-flag.ts';
import { type FakeCase, fakeWorkspace } from '../../../test/support/fake-workspace.ts';
import { UiProvider } from '../../ui/ui-provider.tsx';
import { AnnotateScreen } from './annotate-screen.tsx';
import { flushOpenWork } from './open-work.ts';

const answer = 'Yes. Start at **25 mg** daily.\n\n- Check K.\n- Start at **25 mg** daily.';
const flagAt = (quote: string, change: Partial<SafetyFlag> = {}): SafetyFlag => ({
  id: `flag ${quote}`,
  side: 'b',
  kind: 'wrong-dose',
  severity: 'severe',
  note: '',
  start: answer.indexOf(quote),
  end: answer.indexOf(quote) + quote.length,
  quote,
  ...change,
});
const withFlags = (...safetyFlags: SafetyFlag[]): FakeCase => ({
  b: answer,
  state: 'draft',
  body: { ...emptyAnnotation(), safetyFlags },
});

async function show(one: FakeCase, rubric: Rubric = defaultRubric) {
  const workspace = fakeWorkspace({ cases: [one, {}], rubric });
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
  await waitFor(() => expect(layer()).not.toBeNull(), { timeout: 10_000 });
  return { workspace, user: userEvent.setup() };
}

const layer = () => document.querySelector<HTMLElement>('[data-layer][data-active]');
const here = () => within(layer() as HTMLElement);
const chip = (side = 'B') =>
  here().getByRole('button', { name: new RegExp(`on passages of answer ${side}$`) });
const picking = () => here().queryByRole('application');
const spoken = () => within(picking() as HTMLElement).getByRole('status').textContent;

/** Selects words of answer B as a mouse does: the selection, then the button is let go. */
function select(words: string, nth = 0): void {
  const region = here().getByRole('group', { name: 'Answer B, text' });
  const walker = document.createTreeWalker(region, NodeFilter.SHOW_TEXT);
  let left = nth;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const at = node.nodeValue?.indexOf(words) ?? -1;
    if (at < 0 || left-- > 0) continue;
    document.getSelection()?.setBaseAndExtent(node, at, node, at + words.length);
    fireEvent.pointerUp(region);
    return;
  }
}

async function savedFlags(workspace: Awaited<ReturnType<typeof show>>['workspace']) {
  await act(async () => await flushOpenWork());
  const flags = workspace.saved.at(-1)?.body.safetyFlags ?? [];
  for (const flag of flags) expect(holdsQuote(answer, flag)).toBe(true);
  return flags;
}

describe('a safety flag by keyboard', () => {
  it('takes five keys: X, a step, Enter, kind, severity; then the keyboard is where it was', async () => {
    const { workspace, user } = await show(withFlags());
    const before = document.activeElement;
    act(() => here().getByRole('group', { name: 'Answer B, text' }).focus());
    await user.keyboard('x');
    expect(spoken()).toBe('Yes.');
    await user.keyboard('{ArrowRight}{Enter}');
    expect(here().getByRole('dialog', { name: 'Flag this passage of answer B' })).toHaveFocus();
    await user.keyboard('23');
    expect(chip()).toHaveTextContent('1 flag');
    expect(document.activeElement).toBe(here().getByRole('group', { name: 'Answer B, text' }));
    expect(before).not.toBeNull();
    expect(await savedFlags(workspace)).toMatchObject([
      {
        side: 'b',
        kind: 'wrong-dose',
        severity: 'severe',
        note: '',
        start: 5,
        quote: 'Start at **25 mg** daily.',
      },
    ]);
  });

  it('tells equal sentences apart, goes by words, extends, and switches to the other answer', async () => {
    const { workspace, user } = await show(withFlags());
    await user.keyboard('x');
    expect(picking()).toHaveAccessibleName(/^Choosing a passage of answer A/);
    await user.keyboard('x');
    expect(picking()).toHaveAccessibleName(/^Choosing a passage of answer B/);
    await user.keyboard('{ArrowDown}{ArrowDown}');
    expect(spoken()).toBe('Start at 25 mg daily.');
    await user.keyboard(
      '{Control>}{ArrowRight}{ArrowRight}{ArrowRight}{Shift>}{ArrowRight}{/Shift}{/Control}',
    );
    expect(spoken()).toBe('25 mg');
    await user.keyboard('2');
    await user.keyboard('2');
    expect(await savedFlags(workspace)).toMatchObject([
      { kind: 'wrong-dose', severity: 'moderate', start: answer.lastIndexOf('25'), quote: '25 mg' },
    ]);
  });

  it('is left by Escape, with nothing flagged and the keyboard back on its slider', async () => {
    const { user } = await show(withFlags());
    const slider = document.activeElement;
    await user.keyboard('x{Escape}');
    expect(picking()).toBeNull();
    expect(document.activeElement).toBe(slider);
    await user.keyboard('x{Enter}{Escape}');
    expect(here().queryByRole('dialog')).toBeNull();
    expect(document.activeElement).toBe(slider);
    expect(chip('A')).toHaveTextContent('0 flags');
  });

  it('keeps a note that was typed first', async () => {
    const { workspace, user } = await show(withFlags());
    await user.keyboard('xx{Enter}nstop 1 dose{Enter}71');
    expect(await savedFlags(workspace)).toMatchObject([
      { kind: 'other', severity: 'low', note: 'stop 1 dose' },
    ]);
  });

  it('keeps a half-typed note when it is left, and offers it on the same words again', async () => {
    const { workspace, user } = await show(withFlags());
    await user.keyboard('xx{Enter}nstop the{Escape}');
    await user.keyboard('{Escape}');
    expect(here().queryByRole('dialog')).toBeNull();
    await user.keyboard('xx{Enter}');
    expect(await here().findByLabelText('Note on this flag')).toHaveValue('stop the');
    await user.keyboard('71');
    expect(await savedFlags(workspace)).toMatchObject([{ kind: 'other', note: 'stop the' }]);
    await user.keyboard('xx{Enter}');
    expect(await here().findByLabelText('Note on this flag')).toHaveValue('');
  });
});

describe('a safety flag on selected words', () => {
  it('is offered beside them, and made with one press', async () => {
    const { workspace, user } = await show(withFlags());
    const focus = document.activeElement;
    select('25 mg', 1);
    const form = await here().findByRole('dialog', { name: 'Flag this passage of answer B' });
    expect(document.activeElement).toBe(focus);
    await user.click(within(form).getByRole('button', { name: 'Contraindication, moderate' }));
    expect(here().queryByRole('dialog')).toBeNull();
    expect(document.getSelection()?.isCollapsed).not.toBe(false);
    expect(await savedFlags(workspace)).toMatchObject([
      { kind: 'contraindication', severity: 'moderate', start: answer.lastIndexOf('25'), quote: '25 mg' },
    ]);
  });

  it('takes its two digits while it is open, and X brings the keyboard there', async () => {
    const { workspace, user } = await show(withFlags());
    select('daily');
    await here().findByRole('dialog');
    await user.keyboard('1');
    expect(await savedFlags(workspace)).toEqual([]);
    await user.keyboard('1');
    expect(await savedFlags(workspace)).toMatchObject([
      { kind: 'hallucination', severity: 'low', quote: 'daily' },
    ]);
    select('daily', 1);
    await here().findByRole('dialog');
    await user.keyboard('x');
    expect(here().getByRole('dialog')).toHaveFocus();
    await user.keyboard('{ArrowDown}{ArrowDown}{ArrowRight}{Enter}');
    expect(await savedFlags(workspace)).toMatchObject([{}, { kind: 'wrong-dose', severity: 'moderate' }]);
  });

  it('changes the flag of the same kind on the same words rather than doubling it', async () => {
    const { workspace, user } = await show(withFlags(flagAt('daily', { note: 'kept' })));
    select('daily');
    await here().findByRole('dialog');
    await user.keyboard('21');
    expect(await savedFlags(workspace)).toMatchObject([{ severity: 'low', note: 'kept' }]);
  });
});

describe('the list of flags', () => {
  it('names each flag with its words and note, and changes and removes it', async () => {
    const { workspace, user } = await show(
      withFlags(flagAt('Start at **25 mg** daily', { note: 'K is 5.8' }), flagAt('Check K')),
    );
    expect(here().getByRole('group', { name: 'Answer B, text' })).toHaveAccessibleDescription(
      /^2 passages are flagged: Wrong dose, severe: “Start at/,
    );
    await user.click(chip());
    const list = await screen.findByRole('dialog', { name: '2 flags on passages of answer B' });
    expect(within(list).getByText('Start at 25 mg daily')).toBeInTheDocument();
    expect(within(list).getByText('K is 5.8')).toBeInTheDocument();
    await user.keyboard('{ArrowDown}');
    expect(document.activeElement).toHaveAttribute('data-flag', 'flag Check K');
    await user.click(within(list).getAllByRole('button', { name: /^Remove/ })[0] as HTMLElement);
    expect(
      within(list).getByText(
        /^Removed: Wrong dose, severe\. 1 flag on answer B\. Control Z brings it back\./,
      ),
    ).toBeInTheDocument();
    expect(document.activeElement).toHaveAttribute('data-flag', 'flag Check K');
    await user.keyboard('{Control>}z{/Control}');
    expect(chip()).toHaveTextContent('2 flags');
    await user.click(within(list).getAllByRole('button', { name: /^Change/ })[1] as HTMLElement);
    expect(here().getByRole('dialog', { name: 'Flag: Wrong dose, severe' })).toHaveFocus();
    await user.keyboard('41');
    expect((await savedFlags(workspace)).map(({ kind, severity }) => `${kind} ${severity}`)).toEqual([
      'wrong-dose severe',
      'missed-red-flag low',
    ]);
    expect(document.activeElement).toBe(chip());
  });

  it('keeps a flag whose passage is gone, and says so', async () => {
    const { user } = await show(withFlags(flagAt('daily', { quote: 'never there' })));
    expect(chip()).toHaveTextContent('1 flag');
    await user.click(chip());
    expect(await screen.findByText('Passage not found in this text. The flag is kept.')).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: /^Change/ })).toBeNull();
    expect(screen.getByRole('button', { name: /^Remove/ })).toBeInTheDocument();
  });

  it('shows but changes nothing where the case is taken back', async () => {
    const { workspace, user } = await show({ ...withFlags(flagAt('daily')), recalled: true });
    await user.keyboard('x');
    expect(picking()).toBeNull();
    select('25 mg');
    await user.click(chip());
    await screen.findByText('daily');
    expect(screen.queryByRole('button', { name: /^(Remove|Change)/ })).toBeNull();
    expect(here().queryByRole('dialog', { name: /^Flag this passage/ })).toBeNull();
    expect(workspace.saved).toEqual([]);
  });
});

it('undo and redo of a flag lead the keyboard to its answer’s count', async () => {
  const { user } = await show(withFlags());
  await user.keyboard('xx{Enter}11');
  expect(chip()).toHaveTextContent('1 flag');
  await user.keyboard('{Control>}z{/Control}');
  expect(chip()).toHaveTextContent('0 flags');
  expect(chip()).toHaveFocus();
  await user.keyboard('{Control>}{Shift>}z{/Shift}{/Control}');
  expect(chip()).toHaveTextContent('1 flag');
});

it('asks nothing about passages where the rubric does not', async () => {
  const { user } = await show(withFlags(), { ...defaultRubric, safetyFlags: { ask: false } });
  expect(here().queryByRole('button', { name: /on passages of/ })).toBeNull();
  await user.keyboard('x');
  expect(picking()).toBeNull();
  select('25 mg');
  expect(here().queryByRole('dialog')).toBeNull();
});
