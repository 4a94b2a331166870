import { render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { expertAnswerSchema } from '../../../shared/schema/expert-answer.ts';
import { type FakeCase, fakeWorkspace } from '../../../test/support/fake-workspace.ts';
import type { QueueBatch, Workspace } from '../../data/types.ts';
import { UiProvider } from '../../ui/ui-provider.tsx';
import { downloadWords, feedbackWords, gateWords, stateWords } from './batch-words.ts';
import { leftWords } from './left-words.ts';
import { QueueScreen } from './queue-screen.tsx';

// jsdom lays nothing out: without a height no row of a long list would be in view.
vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(600);
vi.spyOn(Element.prototype, 'clientWidth', 'get').mockReturnValue(1000);

const now = new Date(2026, 10, 21, 9, 0);
const cases: FakeCase[] = [{ state: 'submitted' }, { state: 'draft' }, { state: 'skipped' }, {}, {}];

async function show(workspace: Workspace = fakeWorkspace({ cases })) {
  const onOpenCase = vi.fn();
  const onOpenSync = vi.fn();
  render(
    <UiProvider env="test">
      <QueueScreen workspace={workspace} onOpenCase={onOpenCase} onOpenSync={onOpenSync} now={now} />
    </UiProvider>,
  );
  await waitFor(() =>
    expect(
      screen.queryAllByRole('tab').length + screen.queryAllByRole('heading', { level: 2 }).length,
    ).toBeGreaterThan(0),
  );
  return { user: userEvent.setup(), onOpenCase, onOpenSync };
}

const anotherBatch = (over: Partial<QueueBatch> = {}): QueueBatch => ({
  id: '00000000-0000-4000-8100-000000000009' as QueueBatch['id'],
  name: 'Cardio-renal 8',
  study: 'Study',
  specialty: null,
  deadline: null,
  kind: 'work',
  locked: false,
  gate: 'open',
  practice: null,
  total: 20,
  downloaded: 20,
  untouched: 20,
  drafts: 0,
  submitted: 0,
  skipped: 0,
  returned: 0,
  feedback: 0,
  waiting: 0,
  continueAt: null,
  paceMs: null,
  ...over,
});

/** The fake's one batch, and a second one that is still coming down. */
function twoBatches(): Workspace & { second: QueueBatch } {
  const base = fakeWorkspace({ cases });
  const second = anotherBatch({
    study: 'Cardio-renal',
    specialty: 'Nephrology',
    deadline: '2026-11-24',
    downloaded: 5,
    untouched: 5,
    continueAt: base.ids[4] ?? null,
    paceMs: 180_000,
  });
  return {
    ...base,
    second,
    queue: async () => [...(await base.queue()), second],
    places: async (id) => (id === second.id ? [] : base.places(id)),
  };
}

describe('the queue', () => {
  it('continues at the open draft when Enter is pressed at once, with the focus on the button', async () => {
    const workspace = fakeWorkspace({ cases });
    const { user, onOpenCase } = await show(workspace);
    expect(await screen.findByRole('button', { name: /^Continue Cardio-renal 7/ })).toHaveFocus();
    await user.keyboard('{Enter}');
    await waitFor(() => expect(onOpenCase).toHaveBeenCalledWith(workspace.batchId, workspace.ids[1]));
    expect(onOpenCase).toHaveBeenCalledTimes(1);
  });

  it('moves the mark with j, k and the arrows, and Enter goes where it stands', async () => {
    const workspace = twoBatches();
    const { user, onOpenCase } = await show(workspace);
    await screen.findByRole('button', { name: /^Continue Cardio-renal 7/ });
    await user.keyboard('j');
    expect(screen.getByRole('button', { name: /^Continue Cardio-renal 8/ })).toBeVisible();
    await user.keyboard('{ArrowUp}k');
    expect(screen.getByRole('button', { name: /^Continue Cardio-renal 7/ })).toBeVisible();
    await user.keyboard('{ArrowDown}{Enter}');
    await waitFor(() =>
      expect(onOpenCase).toHaveBeenCalledWith(workspace.second.id, workspace.second.continueAt),
    );
  });

  it('[S16] lists a closed batch that is no longer kept here, in plain words, and offers nothing of it', async () => {
    const base = fakeWorkspace({ cases: [] });
    const closed = anotherBatch({ locked: true, downloaded: 0, untouched: 2, submitted: 18 });
    const over = { letGoAt: '2026-11-21T09:00:00.000Z', locked: true };
    const { user } = await show({
      ...base,
      queue: async () => [{ ...closed, ...over }],
      places: async () => [],
    });
    const row = screen.getByRole('button', { name: /Cardio-renal 8.*18 of 20/ });
    expect(row).toHaveTextContent('no longer kept on this laptop');
    expect(row).toHaveTextContent('Your lead closed it; the server has all of your work');
    expect(row).toBeDisabled();
    expect(screen.queryByRole('button', { name: /^(Continue|Look again)/ })).toBeNull();
    // It was sent; only its cases are here no more.
    await user.click(screen.getByRole('tab', { name: 'Sent 0' }));
    expect(screen.getByText(/^What you sent is at the server and no longer kept/)).toBeVisible();
  });

  it('keeps a batch in sight of which only drafts that were taken back are left, with nothing to do in it', async () => {
    const base = fakeWorkspace({ cases: [] });
    const taken = anotherBatch({ total: 0, downloaded: 1, untouched: 0, drafts: 0, continueAt: null });
    await show({ ...base, queue: async () => [taken], places: async () => [] });
    const row = screen.getByRole('button', { name: /^Cardio-renal 8/ });
    expect(row).toHaveTextContent('Your lead took it back');
    expect(row).toHaveTextContent('taken back, can be read');
    expect(row).toHaveTextContent('1 case');
    expect(row).not.toHaveTextContent('of 0');
    expect(screen.getByText('Nothing is left to do.')).toBeVisible();
  });

  it('says of each batch how far it is, when it is due and whether it is here', async () => {
    await show(twoBatches());
    const row = screen.getByRole('button', { name: /Cardio-renal 8.*0 of 20/ });
    expect(row).toHaveTextContent('due in 3 days, about 1 h of work');
    expect(row).toHaveTextContent('5 of 20 downloaded');
    expect(row).toHaveTextContent('Nephrology');
  });

  it('lists drafts, what is to be sent and what is sent, with their counts, and opens any of them', async () => {
    const workspace = fakeWorkspace({ cases });
    const places = workspace.places;
    const { user, onOpenCase } = await show({
      ...workspace,
      places: async (id) =>
        (await places(id)).map((place) => ({ ...place, waiting: place.state === 'skipped' })),
    });
    expect(screen.getByRole('tab', { name: 'Drafts 1' })).toBeVisible();
    expect(screen.getByRole('tab', { name: 'Ready to send 1' })).toBeVisible();
    await user.click(screen.getByRole('tab', { name: 'Sent 1' }));
    const line = await screen.findByRole('button', {
      name: /Case 1.*case 1 of 5.*submitted · at the server/,
    });
    await user.click(line);
    expect(onOpenCase).toHaveBeenCalledWith(workspace.batchId, workspace.ids[0]);
    await user.keyboard('3');
    expect(await screen.findByRole('button', { name: /Case 3.*skipped · waiting to be sent/ })).toBeVisible();
  });

  it('shows its keys with ?, and they rest while the list is open', async () => {
    const { user, onOpenSync } = await show();
    await user.keyboard('?');
    const sheet = await screen.findByRole('dialog', { name: 'Keys on this screen' });
    expect(within(sheet).getByText('Next batch or case')).toBeVisible();
    await user.keyboard('s');
    expect(onOpenSync).not.toHaveBeenCalled();
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    await user.keyboard('s');
    expect(onOpenSync).toHaveBeenCalled();
  });

  it.each([
    ['synced', 'Nothing assigned yet'],
    ['offline', 'No connection, and no cases here yet'],
    ['syncing', 'Looking for your batches'],
  ] as const)('with nothing here and %s says "%s"', async (state, title) => {
    const workspace = fakeWorkspace({ cases: [] });
    workspace.setSync({ state });
    await show({ ...workspace, queue: async () => [] });
    expect(await screen.findByRole('heading', { name: title })).toBeVisible();
    expect(screen.queryByRole('button', { name: /Continue/ })).toBeNull();
  });

  it('says while the local database does not answer, and no longer', async () => {
    const workspace = fakeWorkspace({ cases });
    workspace.setHealth({ journalAlone: true, casesAway: true });
    await show(workspace);
    expect(
      await screen.findByText(/does not answer, so your work was opened from the journal/),
    ).toBeVisible();
    expect(screen.getByText(/your answers to them are safe/)).toBeVisible();
    workspace.setHealth({ journalAlone: false, casesAway: false });
    await waitFor(() => expect(screen.queryAllByRole('alert')).toHaveLength(0));
  });

  it('tells of damage in the journal until it was read of', async () => {
    const workspace = fakeWorkspace({ cases });
    workspace.setHealth({
      damage: { places: 2, foundAt: '2026-11-21T08:00:00.000Z', missing: 'perhaps', seen: false },
    });
    const { user } = await show(workspace);
    const told = /journal of your work on this laptop cannot be read at 2 places.*may be missing/;
    expect(await screen.findByText(told)).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'I have read this' }));
    await waitFor(() => expect(screen.queryByText(told)).toBeNull());
  });

  it('warns of a full disk, an ended session and what needs a look, and leads to the ledger', async () => {
    const workspace = fakeWorkspace({ cases });
    workspace.setDiskLow(true);
    workspace.setSync({ state: 'attention', message: 'One case could not be read by the server.' });
    const { user, onOpenSync } = await show(workspace);
    expect(await screen.findByText(/disk is nearly full/)).toBeVisible();
    expect(await screen.findByText('One case could not be read by the server.')).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Open the list' }));
    expect(onOpenSync).toHaveBeenCalled();
    workspace.setSync({ state: 'sign-in', message: null });
    expect(await screen.findByRole('button', { name: 'Sign in again' })).toBeVisible();
  });

  it('shows a change of the work at once', async () => {
    const workspace = fakeWorkspace({ cases });
    await show(workspace);
    const [, , , id] = workspace.ids;
    if (!id) throw new Error('the fake has five cases');
    await workspace.save(id, (await workspace.loadCase(id)).body, 'draft');
    expect(await screen.findByRole('tab', { name: 'Drafts 2' })).toBeVisible();
  });
});

describe('Continue', () => {
  it('goes to drafts first, then to returned cases, then to new ones, and says so', async () => {
    const comment = { comment: 'Why?', at: '2026-11-20T08:00:00.000Z', answered: false };
    const workspace = fakeWorkspace({
      cases: [{}, { state: 'submitted', returned: comment, title: 'Ankle swelling' }, { state: 'draft' }],
    });
    await show(workspace);
    const [, returned, draft] = workspace.ids;
    if (!returned || !draft) throw new Error('three cases');
    expect(await screen.findByText(/Continue opens your draft of “Case 3”/)).toBeVisible();
    const { body } = await workspace.loadCase(draft);
    await workspace.save(draft, body, 'submitted');
    expect(
      await screen.findByText(/Continue opens “Ankle swelling”, which a reviewer returned/),
    ).toBeVisible();
    await workspace.save(returned, body, 'submitted');
    expect(await screen.findByText(/Continue opens the next case, “Case 1”/)).toBeVisible();
  });

  it('leaves Enter to the control that has the focus', async () => {
    const workspace = fakeWorkspace({ cases });
    const { user, onOpenCase } = await show(workspace);
    screen.getByRole('tab', { name: 'Drafts 1' }).focus();
    await user.keyboard('{Enter}');
    expect(onOpenCase).not.toHaveBeenCalled();
  });
});

describe('the lists of cases', () => {
  it('moves from case to case with the arrows, opens with Enter, and finds by title', async () => {
    const many = Array.from({ length: 200 }, (_, n) => ({
      state: 'submitted' as const,
      title: n === 150 ? 'Hyperkalaemia after trimethoprim' : `Case title ${n + 1}`,
    }));
    const workspace = fakeWorkspace({ cases: many });
    const { user, onOpenCase } = await show(workspace);
    await user.click(screen.getByRole('tab', { name: 'Sent 200' }));
    await user.keyboard('{ArrowDown}{ArrowDown}j');
    expect(document.activeElement).toHaveTextContent('Case title 3');
    expect(document.querySelectorAll('[data-row]').length).toBeLessThan(60);
    await user.keyboard('/kalaemia');
    expect(screen.getByText('1 of 200')).toBeVisible();
    await user.keyboard('{ArrowDown}{Enter}');
    expect(onOpenCase).toHaveBeenCalledExactlyOnceWith(workspace.batchId, workspace.ids[150]);
  });

  it('lists what was returned with the reviewer’s comment', async () => {
    const returned = {
      comment: 'The dose is in the notes.',
      at: '2026-11-20T08:00:00.000Z',
      answered: false,
    };
    const workspace = fakeWorkspace({ cases: [{ state: 'submitted', returned }, {}] });
    const { user, onOpenCase } = await show(workspace);
    await user.click(screen.getByRole('tab', { name: 'Returned 1' }));
    await user.click(await screen.findByRole('button', { name: /Case 1.*The dose is in the notes/ }));
    expect(onOpenCase).toHaveBeenCalledWith(workspace.batchId, workspace.ids[0]);
  });

  it.each([
    ['Drafts 0', 'No open drafts.'],
    ['Ready to send 0', 'Nothing waits to be sent.'],
    ['Sent 0', 'Nothing has been sent'],
    ['Returned 0', 'Nothing was returned to you.'],
  ])('says of an empty %s what would be there', async (tab, words) => {
    const { user } = await show(fakeWorkspace({ cases: [{}] }));
    await user.click(screen.getByRole('tab', { name: tab }));
    expect(await screen.findByText(new RegExp(words))).toBeVisible();
  });

  it('lists what experts said only where there is any, the new first, and counts the new in the batch', async () => {
    const answer = expertAnswerSchema.parse({ preference: 1, why: 'Because.' });
    const feedback = { kind: 'calibration' as const, answer, at: '2026-11-20T08:00:00.000Z' };
    const workspace = fakeWorkspace({
      cases: [{ state: 'submitted', feedback }, { state: 'submitted', feedback }, {}],
    });
    await show(fakeWorkspace({ cases })).then(() =>
      expect(screen.queryByRole('tab', { name: /Feedback/ })).toBeNull(),
    );
    const { user } = await show(workspace);
    expect(screen.getByRole('button', { name: /2 calibration results/ })).toBeVisible();
    const [first] = workspace.ids;
    if (first) await workspace.seeFeedback(first);
    await user.click(await screen.findByRole('tab', { name: 'Feedback 2' }));
    const rows = await screen.findAllByRole('button', { name: /Case \d.*submitted/ });
    expect(rows.map((row) => /^New/.test(row.textContent ?? ''))).toEqual([true, false]);
  });
});

describe('practice, gates and locks', () => {
  const practice = anotherBatch({
    name: 'Practice round',
    kind: 'practice',
    total: 5,
    downloaded: 5,
    untouched: 2,
    submitted: 3,
    practice: { answered: 3, agreed: 2, cases: 5, needed: 4, passed: null },
  });
  const gated = { gate: 'practice-first' as const, downloaded: 0, continueAt: null, total: 40 };

  it('leads whoever is new to the practice and says why the work is shut', async () => {
    const base = fakeWorkspace({ cases: [{}], batchName: 'Cardio-renal 7', batch: gated });
    const [id] = base.ids;
    const workspace = {
      ...base,
      queue: async () => [{ ...practice, continueAt: id ?? null }, ...(await base.queue())],
    };
    await show(workspace);
    expect(
      screen.getByText(/Begin with Practice round: 5 cases with known answers.*open when it is passed/),
    ).toBeVisible();
    expect(screen.getByRole('button', { name: /^Continue Practice round/ })).toBeEnabled();
    const work = screen.getByRole('button', { name: /Cardio-renal 7/ });
    expect(work).toBeDisabled();
    expect(work).toHaveTextContent('Opens after the practice: 3 of 5 done');
    expect(screen.getByText('Practice', { selector: 'button *' })).toBeVisible();
  });

  it('keeps a locked batch readable and out of what is to do', async () => {
    const workspace = fakeWorkspace({
      cases: [{ state: 'draft' }],
      batch: { locked: true, continueAt: null },
    });
    const { user, onOpenCase } = await show(workspace);
    expect(screen.getByRole('tab', { name: 'To do 0' })).toBeVisible();
    await user.click(screen.getByRole('button', { name: /Look again at/ }));
    await waitFor(() => expect(onOpenCase).toHaveBeenCalledWith(workspace.batchId, workspace.ids[0]));
    expect(screen.getByText('locked, can be read')).toBeVisible();
  });

  it('says who can help when the practice was not passed', () => {
    const failed = {
      ...practice,
      untouched: 0,
      submitted: 5,
      practice: practice.practice && { ...practice.practice, passed: false },
    };
    const work = anotherBatch(gated);
    expect(gateWords(work, [failed, work])).toContain('talk to your lead');
    expect(stateWords(failed)).toBe('not passed');
    expect(gateWords(work, [work])).toContain('your lead sends it to you');
  });
});

describe('what is left', () => {
  it('tells the time in one’s own pace, and why there is none before enough cases', () => {
    const batch = anotherBatch({ total: 10 });
    expect(leftWords([{ ...batch, paceMs: 180_000 }])).toBe('10 cases to do, about 30 min of work.');
    expect(leftWords([batch])).toBe('10 cases to do. How long they take you is told after your first three.');
    expect(leftWords([{ ...batch, submitted: 10, returned: 1 }])).toBe('1 returned case to look at again.');
    expect(leftWords([{ ...batch, locked: true }])).toBe('Nothing is left to do.');
    const gated = { ...batch, gate: 'practice-first' as const, downloaded: 0, total: 40 };
    expect(leftWords([{ ...batch, paceMs: 180_000 }, gated])).toBe(
      '10 cases to do, about 30 min of work, 40 more after the practice.',
    );
  });
});

describe('the words of a batch', () => {
  const batch = (over: Partial<QueueBatch>) =>
    ({
      total: 10,
      downloaded: 10,
      drafts: 0,
      submitted: 0,
      skipped: 0,
      waiting: 0,
      returned: 0,
      feedback: 0,
      ...over,
    }) as QueueBatch;
  it.each([
    [{}, 'new'],
    [{ submitted: 2 }, 'in progress'],
    [{ drafts: 1, submitted: 2 }, '1 draft'],
    [{ submitted: 9, skipped: 1, waiting: 3 }, '3 to send'],
    [{ submitted: 10 }, 'all sent'],
  ])('%j is "%s"', (over, words) => {
    expect(stateWords(batch(over))).toBe(words);
  });
  it('counts what experts said, by its kind', () => {
    expect(feedbackWords(batch({ feedback: 1, kind: 'practice' }))).toBe('1 practice result');
    expect(feedbackWords(batch({ feedback: 0 }))).toBe('');
  });
  it.each([
    [{}, 'on this laptop'],
    [{ downloaded: 4 }, '4 of 10 downloaded'],
    [{ downloaded: 0 }, 'not downloaded yet'],
  ])('%j says "%s"', (over, words) => {
    expect(downloadWords(batch(over))).toBe(words);
  });
});
