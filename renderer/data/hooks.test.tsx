import { act, render, screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { useSyncSummary, useWorkspaceValue } from './hooks.ts';
import type { SyncSummary, Workspace } from './types.ts';

/** A workspace of which only the change signal and one answer are real. */
function stubWorkspace() {
  const listeners = new Set<() => void>();
  const pending: ((summary: SyncSummary) => void)[] = [];
  const stub: Partial<Workspace> = {
    onChange: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    syncSummary: () => new Promise((resolve) => void pending.push(resolve)),
  };
  const summary = (waiting: number): SyncSummary => ({
    state: 'waiting',
    waiting,
    lastSyncedAt: null,
    message: null,
  });
  return {
    workspace: stub as Workspace,
    listeners,
    pending,
    change: () => act(async () => listeners.forEach((listener) => void listener())),
    answer: (waiting: number) => act(async () => pending.shift()?.(summary(waiting))),
  };
}

function Waiting({ workspace }: { workspace: Workspace }) {
  const { value } = useSyncSummary(workspace);
  return <p>{value === undefined ? 'nothing yet' : `${value.waiting} waiting`}</p>;
}

describe('live values of a workspace', () => {
  it('keep the last value until the next is there', async () => {
    const stub = stubWorkspace();
    render(<Waiting workspace={stub.workspace} />);
    expect(screen.getByText('nothing yet')).toBeInTheDocument();
    await stub.answer(1);
    expect(screen.getByText('1 waiting')).toBeInTheDocument();
    await stub.change();
    expect(screen.getByText('1 waiting')).toBeInTheDocument();
    await stub.answer(2);
    expect(screen.getByText('2 waiting')).toBeInTheDocument();
  });

  it('read once more after changes that came while reading, however many', async () => {
    const stub = stubWorkspace();
    render(<Waiting workspace={stub.workspace} />);
    await stub.change();
    await stub.change();
    expect(stub.pending).toHaveLength(1);
    await stub.answer(1);
    expect(stub.pending).toHaveLength(1);
    await stub.answer(3);
    expect(screen.getByText('3 waiting')).toBeInTheDocument();
    expect(stub.pending).toHaveLength(0);
  });

  it('never show one key’s value under another, and end with the screen', async () => {
    const stub = stubWorkspace();
    function Named({ name }: { name: string }) {
      const { value } = useWorkspaceValue(stub.workspace, async () => name, name);
      return <p>{value ?? 'loading'}</p>;
    }
    const view = render(<Named name="first" />);
    expect(await screen.findByText('first')).toBeInTheDocument();
    view.rerender(<Named name="second" />);
    expect(screen.queryByText('first')).toBeNull();
    expect(await screen.findByText('second')).toBeInTheDocument();
    view.unmount();
    expect(stub.listeners.size).toBe(0);
  });
});
