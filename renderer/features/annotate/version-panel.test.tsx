import { act, render, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { describe, expect, it, vi } from 'vitest';
import { type AnnotationBody, emptyAnnotation } from '../../../shared/schema/annotation.ts';
import type { AssignmentId, RevisionId } from '../../../shared/schema/ids.ts';
import { type FakeCase, type FakeWorkspace, fakeWorkspace } from '../../../test/support/fake-workspace.ts';
import type { OtherVersion } from '../../data/types.ts';
import { UiProvider } from '../../ui/ui-provider.tsx';
import { AnnotateScreen } from './annotate-screen.tsx';
import { flushOpenWork } from './open-work.ts';

const rated = { accuracy: 4, safety: 4, completeness: 4, reasoning: 4, communication: 4 };
const mine: AnnotationBody = { ...emptyAnnotation(), ratings: { a: rated, b: rated }, preference: -2 };
const theirs: AnnotationBody = {
  ...mine,
  ratings: { a: { ...rated, safety: 2 }, b: rated },
  preference: 2,
};
const revision = (n: number) => `00000008-0000-7000-8000-00000000000${n}` as RevisionId;
const other = (over: Partial<OtherVersion> = {}): OtherVersion => ({
  revisionId: revision(2),
  state: 'submitted',
  madeAt: '2026-11-20T16:05:00.000Z',
  device: 'Ward laptop 3',
  body: theirs,
  own: { revisionId: revision(1), state: 'submitted', madeAt: '2026-11-21T09:00:00.000Z', device: null },
  ...over,
});

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

async function show(one: FakeCase = {}) {
  const cases = [{ body: mine, state: 'submitted' as const, otherVersion: other(), ...one }, {}];
  const workspace = fakeWorkspace({ cases });
  render(
    <UiProvider env="test">
      <Host workspace={workspace} />
    </UiProvider>,
  );
  await waitFor(() => expect(layer()).not.toBeNull());
  return { workspace, user: userEvent.setup() };
}

const layer = () => document.querySelector<HTMLElement>('[data-layer][data-active]');
const here = () => within(layer() as HTMLElement);
const panel = () => here().queryByRole('region', { name: 'Your answers of two laptops' });
const settle = () => act(async () => await flushOpenWork());
const submitKeys = '{Control>}{Enter}{/Control}';

describe('answers of two laptops', () => {
  it('names both where an earlier version of this very laptop stands beside', async () => {
    await show({ otherVersion: other({ device: null }) });
    const region = await here().findByRole('region', { name: 'The 2 versions of your answers' });
    expect(region).toHaveTextContent('You answered this case twice on this laptop. Which answers count?');
    const heads = within(region)
      .getAllByRole('columnheader')
      .map((head) => head.textContent ?? '');
    expect(heads[1]).toMatch(/This laptop\b(?!, earlier)/);
    expect(heads[2]).toMatch(/This laptop, earlier/);
  });

  it('stand side by side with when and where they were made, and only what differs', async () => {
    await show();
    expect(panel()).toHaveTextContent('You answered this case on two laptops. Which answers count?');
    expect(panel()).toHaveTextContent('2 answers differ; all others are the same. Both versions are kept.');
    expect(here().getByRole('button', { name: /This laptop submitted/ })).toHaveFocus();
    expect(here().getByRole('button', { name: /Ward laptop 3 submitted/ })).toBeInTheDocument();
    expect(
      here()
        .getAllByRole('rowheader')
        .map((cell) => cell.textContent),
    ).toEqual(['Safety of A', 'Preference']);
    expect(here().getByRole('button', { name: /Use these answers/ })).toBeDisabled();
  });

  it('one key takes a whole version; it is submitted anew with the record of the choice', async () => {
    const { workspace, user } = await show();
    await user.keyboard('2');
    await user.keyboard(submitKeys);
    await settle();
    expect(panel()).toBeNull();
    expect(workspace.saved.at(-1)).toMatchObject({
      state: 'submitted',
      body: {
        preference: 2,
        ratings: { a: { safety: 2 } },
        resolutions: [{ revisions: [revision(1), revision(2)], kept: 'other' }],
      },
    });
    expect(here().getByText('Left answer 1.')).toBeInTheDocument();
    expect(here().getByText(/Chosen; all versions are kept/)).toBeInTheDocument();
    expect(here().getByRole('button', { name: /^Next case/ })).toHaveFocus();
  });

  it('takes single answers from the other version', async () => {
    const { workspace, user } = await show();
    await user.keyboard('1');
    await user.click(here().getByRole('radio', { name: /Safety of A, Ward laptop 3: 2/ }));
    expect(panel()).toHaveTextContent('1 from the left, 1 from the right.');
    await user.click(here().getByRole('button', { name: /Use these answers/ }));
    await settle();
    expect(workspace.saved.at(-1)?.body).toMatchObject({
      preference: -2,
      ratings: { a: { safety: 2 } },
      resolutions: [{ kept: 'parts' }],
    });
  });

  it('lets no key answer underneath while it is open', async () => {
    const { workspace, user } = await show();
    await user.click(here().getByText('Left answer 1.'));
    await user.keyboard('35');
    await user.keyboard(submitKeys);
    await settle();
    expect(workspace.saved).toEqual([]);
    expect(here().getByRole('button', { name: /This laptop submitted/ })).toHaveFocus();
  });

  it('never picks for the physician: what is not picked cannot be used', async () => {
    const { workspace, user } = await show();
    await user.keyboard(submitKeys);
    expect(workspace.saved).toEqual([]);
    expect(panel()).not.toBeNull();
    await user.click(here().getByRole('radio', { name: /Preference, This laptop/ }));
    expect(panel()).toHaveTextContent('1 answer still to pick.');
    await user.keyboard(submitKeys);
    expect(workspace.saved).toEqual([]);
  });

  it('can be put off and opened again by a key, and undo takes the answers back', async () => {
    const { workspace, user } = await show();
    await user.keyboard('v');
    expect(panel()).toBeNull();
    expect(here().getByText('You answered this case on two laptops.')).toBeInTheDocument();
    await user.keyboard('v');
    await user.keyboard('2');
    await user.keyboard(submitKeys);
    await settle();
    await user.keyboard('{Control>}z{/Control}');
    await settle();
    expect(workspace.saved.at(-1)).toMatchObject({ state: 'draft', body: { preference: -2 } });
    expect(workspace.saved.at(-1)?.body.resolutions).toBeUndefined();
  });

  it('does not cover the work of somebody who is answering when the other version comes', async () => {
    const { user, workspace } = await show({
      otherVersion: null,
      body: emptyAnnotation(),
      state: 'untouched',
    });
    await user.keyboard('w');
    await user.keyboard('half a sentence');
    workspace.meetOther(workspace.ids[0] as AssignmentId, other());
    expect(await here().findByText('You answered this case on two laptops.')).toBeInTheDocument();
    expect(panel()).toBeNull();
    expect(here().getByDisplayValue('half a sentence')).toHaveFocus();
  });

  it('[S30] of three versions each stands beside one’s own, and is chosen about by name, one after the other', async () => {
    const third = other({ revisionId: revision(3), device: 'Library', body: { ...mine, preference: 0 } });
    const { workspace, user } = await show({ moreVersions: [third] });
    const three = () => here().getByRole('region', { name: 'The 3 versions of your answers' });
    expect(three()).toHaveTextContent('There are 3 versions of this case. Which answers count?');
    expect(three()).toHaveTextContent('All versions are kept.');
    expect(here().getByRole('button', { name: /Ward laptop 3 submitted/ })).toBeInTheDocument();
    await user.keyboard('3');
    expect(here().getByRole('button', { name: /Library submitted/ })).toBeInTheDocument();
    expect(here().queryByRole('button', { name: /Ward laptop 3/ })).toBeNull();
    await user.click(here().getByRole('button', { name: /Compare with another \(2 of 2/ }));
    await user.click(here().getByRole('button', { name: /Compare with another \(1 of 2/ }));
    await user.keyboard('2');
    expect(three()).toHaveTextContent(/Library stands in place of This laptop \(submitted .*\)\./);
    expect(three()).toHaveTextContent('1 more version to choose about after this.');
    await user.keyboard(submitKeys);
    await settle();
    expect(workspace.saved.at(-1)).toMatchObject({
      state: 'submitted',
      body: { preference: 0, resolutions: [{ revisions: [revision(1), revision(3)], kept: 'other' }] },
    });
    // The other one is left, beside what was chosen.
    expect(panel()).toHaveTextContent('You answered this case on two laptops. Which answers count?');
    expect(here().getByRole('button', { name: /Ward laptop 3 submitted/ })).toBeInTheDocument();
    await user.keyboard('1');
    await user.keyboard(submitKeys);
    await settle();
    expect(workspace.saved.at(-1)?.body.resolutions?.map(({ revisions }) => revisions[1])).toEqual([
      revision(3),
      revision(2),
    ]);
    expect(workspace.saved.at(-1)?.body.preference).toBe(0);
    expect(panel()).toBeNull();
  });

  it('offers no choice in a case that was taken back', async () => {
    await show({ recalled: true });
    expect(panel()).toBeNull();
    expect(here().queryByText('You answered this case on two laptops.')).toBeNull();
  });
});
