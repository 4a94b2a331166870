import { screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  assignBatch,
  batchProgress,
  createBatch,
  listBatches,
  lockBatch,
  recallAssignments,
} from '../../../shared/contract/batches.ts';
import { readStudy } from '../../../shared/contract/studies.ts';
import { listPeople } from '../../../shared/contract/users.ts';
import { AppError, errorTable } from '../../../shared/errors.ts';
import { type FakeServer, fakeServer, renderDesk } from '../../../test/support/desk.tsx';
import {
  batchId,
  sampleBatch,
  samplePerson,
  sampleStudy,
  studyId,
  userIdOf,
} from '../../../test/support/desk-data.ts';
import { BatchScreen } from './batch-screen.tsx';
import { NewBatchScreen } from './new-batch-screen.tsx';

let server: FakeServer;
const bodyOf = (call: string) => server.calls.find((one) => one.call === call)?.body;

beforeEach(() => {
  vi.stubGlobal('scrollTo', () => {});
  server = fakeServer();
  server.on(readStudy, () => ({ study: sampleStudy() }));
  server.on(listBatches, () => ({ batches: [sampleBatch()] }));
});

describe('a new batch', () => {
  it('says in plain words what it asks of people, and is made with just these choices', async () => {
    server.on(createBatch, () => ({ batch: sampleBatch() }));
    const { user, address } = await renderDesk(<NewBatchScreen studyId={studyId} />);
    const name = await screen.findByRole('textbox', { name: /Name/ });
    expect(name).toHaveValue('Cardio-renal 2');
    expect(screen.getByText('Up to 20 are in no batch yet.')).toBeVisible();
    await user.clear(screen.getByRole('textbox', { name: 'Comparisons' }));
    await user.type(screen.getByRole('textbox', { name: 'Comparisons' }), '12');
    await user.clear(screen.getByRole('textbox', { name: 'Overlap' }));
    await user.type(screen.getByRole('textbox', { name: 'Overlap' }), '2');
    await user.click(screen.getByRole('radio', { name: 'At random' }));
    await user.click(screen.getByRole('checkbox', { name: 'At most one comparison of each case' }));
    expect(
      screen.getByText(/12 comparisons × 2 physicians = 24 annotations, about 1 h 10 of work in all/),
    ).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Create batch' }));
    await waitFor(() => expect(address()).toBe(`/batches/${batchId}`));
    expect(bodyOf(`POST /api/studies/${studyId}/batches`)).toEqual({
      name: 'Cardio-renal 2',
      kind: 'work',
      size: 12,
      order: 'random',
      onePerCase: true,
      overlap: 2,
    });
  });

  it('of practice takes known answers, and asks for no overlap', async () => {
    server.on(readStudy, () => ({ study: sampleStudy({ known: 7 }) }));
    server.on(createBatch, () => ({ batch: sampleBatch({ kind: 'practice' }) }));
    const { user, address } = await renderDesk(<NewBatchScreen studyId={studyId} />);
    await user.click(await screen.findByRole('radio', { name: 'Practice' }));
    expect(screen.getByText('7 have a known answer.')).toBeVisible();
    expect(screen.getByRole('textbox', { name: 'Overlap' })).toBeDisabled();
    expect(screen.getByText(/Up to 7 comparisons with a known answer/)).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Create batch' }));
    await waitFor(() => expect(address()).toBe(`/batches/${batchId}`));
    expect(bodyOf(`POST /api/studies/${studyId}/batches`)).toMatchObject({ kind: 'practice', size: 40 });
  });

  it('of practice cannot be made without known answers', async () => {
    const { user } = await renderDesk(<NewBatchScreen studyId={studyId} />);
    await user.click(await screen.findByRole('radio', { name: 'Practice' }));
    expect(screen.getByText(/this study has none/)).toBeVisible();
    expect(screen.getByRole('button', { name: 'Create batch' })).toBeDisabled();
  });

  it('keeps the choices when the name is taken', async () => {
    server.on(createBatch, () => new AppError('name-taken'));
    const { user } = await renderDesk(<NewBatchScreen studyId={studyId} />);
    await user.click(await screen.findByRole('button', { name: 'Create batch' }));
    expect(await screen.findByRole('alert')).toHaveTextContent(errorTable['name-taken'][1]);
    expect(screen.getByRole('textbox', { name: /Name/ })).toHaveValue('Cardio-renal 2');
  });

  it('cannot be made when nothing is left', async () => {
    server.on(listBatches, () => ({ batches: [sampleBatch({ comparisons: 30 })] }));
    await renderDesk(<NewBatchScreen studyId={studyId} />);
    expect(await screen.findByText(/No comparison fits/)).toBeVisible();
    expect(screen.getByRole('button', { name: 'Create batch' })).toBeDisabled();
  });
});

describe('a batch', () => {
  const physicians = [
    {
      userId: userIdOf(1),
      name: 'Dr. Feld',
      assigned: 10,
      drafts: 1,
      submitted: 4,
      skipped: 0,
      lastReceivedAt: null,
      medianActiveMs: 154_000,
      practice: null,
    },
  ];
  beforeEach(() => {
    server.on(batchProgress, () => ({ batch: sampleBatch(), physicians: [] }));
    server.on(listPeople, () => ({
      people: [
        samplePerson(1, { name: 'Dr. Feld', openAssignments: 30 }),
        samplePerson(2, { name: 'Dr. Okoro', specialties: ['Nephrology'] }),
        samplePerson(3, { name: 'Dr. Gone', status: 'disabled' }),
      ],
    }));
  });

  it('is assigned to as many physicians as its overlap asks for, never to fewer', async () => {
    server.on(assignBatch, () => ({
      batch: sampleBatch({ assigned: 20 }),
      assignments: 20,
      perPhysician: [
        { userId: userIdOf(1), name: 'Dr. Feld', assignments: 10 },
        { userId: userIdOf(2), name: 'Dr. Okoro', assignments: 10 },
      ],
    }));
    const { user } = await renderDesk(<BatchScreen batchId={batchId} />);
    expect(await screen.findByText('30 open cases')).toBeVisible();
    expect(screen.queryByText('Dr. Gone')).toBeNull();
    const assign = screen.getByRole('button', { name: 'Assign' });
    await user.click(screen.getByRole('checkbox', { name: 'Dr. Feld' }));
    expect(screen.getByText(/choose 1 more physician/)).toBeVisible();
    expect(assign).toBeDisabled();
    await user.click(screen.getByRole('checkbox', { name: 'Dr. Okoro' }));
    expect(screen.getByText(/20 annotations for 2 physicians: up to 10 cases each/)).toBeVisible();
    await user.click(assign);
    const result = await screen.findByRole('table', { name: 'What each physician got' });
    expect(within(result).getAllByRole('row')).toHaveLength(3);
    expect(bodyOf(`POST /api/batches/${batchId}/assign`)).toEqual({
      physicianIds: [userIdOf(1), userIdOf(2)],
    });
  });

  it('says why it could not be assigned, and keeps the choice', async () => {
    server.on(assignBatch, () => new AppError('nothing-to-assign'));
    const { user } = await renderDesk(<BatchScreen batchId={batchId} />);
    await user.click(await screen.findByRole('checkbox', { name: 'Dr. Feld' }));
    await user.click(screen.getByRole('checkbox', { name: 'Dr. Okoro' }));
    await user.click(screen.getByRole('button', { name: 'Assign' }));
    expect(await screen.findByRole('alert')).toHaveTextContent(errorTable['nothing-to-assign'][1]);
    expect(screen.getByRole('checkbox', { name: 'Dr. Feld' })).toBeChecked();
  });

  it('shows how far each physician is, and keeps showing it when a refresh fails', async () => {
    server.on(batchProgress, () => ({ batch: sampleBatch({ assigned: 20, submitted: 4 }), physicians }));
    const { user } = await renderDesk(<BatchScreen batchId={batchId} />);
    const row = await screen.findByRole('row', { name: /Dr. Feld/ });
    expect(row).toHaveTextContent('4 of 10');
    expect(row).toHaveTextContent('2:34');
    expect(row).toHaveTextContent('nothing yet');
    expect(screen.queryByRole('button', { name: 'Assign' })).toBeNull();
    server.online = false;
    await waitFor(
      () => expect(screen.getByRole('alert')).toHaveTextContent('What you see is from the last contact.'),
      {
        timeout: 15_000,
      },
    );
    expect(screen.getByRole('row', { name: /Dr. Feld/ })).toBeVisible();
    server.online = true;
    server.on(batchProgress, () => ({
      batch: sampleBatch({ assigned: 20, submitted: 5 }),
      physicians: physicians.map((one) => ({ ...one, submitted: 5 })),
    }));
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(screen.getByRole('row', { name: /Dr. Feld/ })).toHaveTextContent('5 of 10'));
  });

  it('is locked only after its consequence was read, and opened again', async () => {
    const open = sampleBatch({ assigned: 20, submitted: 4, skipped: 1 });
    server.on(batchProgress, () => ({ batch: open, physicians }));
    server.on(lockBatch, () => ({ batch: open }));
    const { user } = await renderDesk(<BatchScreen batchId={batchId} />);
    await user.click(await screen.findByRole('button', { name: 'Lock batch' }));
    const dialog = await screen.findByRole('dialog');
    expect(dialog).toHaveTextContent('15 annotations are still to come.');
    expect(dialog).toHaveTextContent('it arrives, marked as late');
    await waitFor(() => expect(within(dialog).getByRole('button', { name: 'Leave as it is' })).toHaveFocus());
    await user.keyboard('{Enter}');
    expect(server.calls.some((one) => one.call.endsWith('/lock'))).toBe(false);
    await user.click(screen.getByRole('button', { name: 'Lock batch' }));
    server.on(batchProgress, () => ({
      batch: { ...open, lockedAt: '2026-11-21T09:00:00.000Z' },
      physicians,
    }));
    await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Lock batch' }));
    expect(await screen.findByText(/locked since/)).toBeVisible();
    expect(bodyOf(`POST /api/batches/${batchId}/lock`)).toEqual({ locked: true });
    await user.click(await screen.findByRole('button', { name: 'Open batch' }));
    await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Open batch' }));
    await waitFor(() =>
      expect(server.calls.findLast((one) => one.call.endsWith('/lock'))?.body).toEqual({ locked: false }),
    );
  });

  it('takes unfinished work back from one physician and gives it to another, after its consequence was read', async () => {
    server.on(batchProgress, () => ({ batch: sampleBatch({ assigned: 10 }), physicians }));
    const reply = { recalled: 5, begun: 0, given: 5, left: 2 };
    server.on(recallAssignments, () => ({ batch: sampleBatch(), ...reply }));
    const { user } = await renderDesk(<BatchScreen batchId={batchId} />);
    await user.click(await screen.findByRole('button', { name: 'Take back from Dr. Feld' }));
    const dialog = await screen.findByRole('dialog');
    expect(dialog).toHaveTextContent('5 cases leave');
    await user.click(within(dialog).getByRole('checkbox', { name: /Only what is untouched/ }));
    expect(dialog).toHaveTextContent('6 cases leave');
    expect(dialog).toHaveTextContent('1 begun case can only be read');
    await user.click(within(dialog).getByRole('combobox', { name: 'Give it to' }));
    await user.click(await screen.findByRole('option', { name: 'Dr. Okoro' }));
    expect(dialog).toHaveTextContent('go to Dr. Okoro');
    await user.type(within(dialog).getByRole('textbox', { name: /^Why/ }), 'On leave');
    await user.click(within(dialog).getByRole('button', { name: 'Take back and give' }));
    await waitFor(() =>
      expect(bodyOf(`POST /api/batches/${batchId}/recall`)).toEqual({
        ...{ fromId: userIdOf(1), toId: userIdOf(2) },
        ...{ untouchedOnly: false, reason: 'On leave' },
      }),
    );
  });

  it('can be given to nobody while it is locked', async () => {
    const batch = sampleBatch({ lockedAt: '2026-11-21T09:00:00.000Z' });
    server.on(batchProgress, () => ({ batch, physicians: [] }));
    await renderDesk(<BatchScreen batchId={batchId} />);
    expect(await screen.findByText(/locked since/)).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Assign' })).toBeNull();
  });

  it('of practice shows how each physician stands, and takes more of them at any time', async () => {
    const standing = { answered: 5, agreed: 4, cases: 5, needed: 4 };
    const batch = sampleBatch({ kind: 'practice', comparisons: 5, overlap: 3, assigned: 15 });
    const rows = [true, false, null].map((passed, i) => ({
      ...physicians[0],
      userId: userIdOf(i + 1),
      name: `Dr. ${i}`,
      practice: { ...standing, passed },
    }));
    server.on(batchProgress, () => ({ batch, physicians: rows as never }));
    const { user } = await renderDesk(<BatchScreen batchId={batchId} />);
    expect(await screen.findByRole('row', { name: /Dr. 0/ })).toHaveTextContent('passed, 4 of 5 agree');
    expect(screen.getByRole('row', { name: /Dr. 1/ })).toHaveTextContent('not passed, 4 of 5 agree');
    expect(screen.getByRole('row', { name: /Dr. 2/ })).toHaveTextContent('5 of 5, 4 agree');
    await user.click(await screen.findByRole('checkbox', { name: 'Dr. Feld' }));
    expect(screen.getByText(/1 physician with 5 cases each/)).toBeVisible();
    expect(screen.getByRole('button', { name: 'Assign' })).toBeEnabled();
  });

  it('says what failed when there is nothing to show yet', async () => {
    server.on(batchProgress, () => new AppError('not-found'));
    await renderDesk(<BatchScreen batchId={batchId} />);
    expect(await screen.findByRole('alert')).toHaveTextContent(errorTable['not-found'][1]);
  });
});
