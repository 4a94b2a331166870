import { Drawer } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { BatchId } from '../../../shared/schema/ids.ts';
import type { Workspace } from '../../data/types.ts';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Markdown } from '../../ui/markdown.tsx';
import { sentenceOf } from './annotate-store.ts';

type Props = {
  workspace: Workspace;
  batchId: BatchId;
  opened: boolean;
  onClose: () => void;
  onAddress: (address: string) => void;
};

type Read = { text: string | null; error: string | null };

/** The study's guidelines, one key away and one key back; read from this laptop. */
export function GuidelinesDrawer({ workspace, batchId, opened, onClose, onAddress }: Props) {
  const [read, setRead] = useState<Read | null>(null);
  useEffect(() => {
    if (!opened) return;
    workspace.guidelines(batchId).then(
      (guidelines) => setRead({ text: guidelines?.markdown ?? null, error: null }),
      (error: unknown) => setRead({ text: null, error: sentenceOf(error) }),
    );
  }, [workspace, batchId, opened]);
  return (
    <Drawer opened={opened} onClose={onClose} title="Guidelines" position="right" size={560}>
      {read?.error ? <ErrorNote what={read.error} /> : null}
      {read && !read.error ? <Text text={read.text} onAddress={onAddress} /> : null}
    </Drawer>
  );
}

function Text({ text, onAddress }: { text: string | null; onAddress: (address: string) => void }) {
  if (text === null || text.trim() === '')
    return <p>This study has no guidelines. Ask your lead when in doubt.</p>;
  return <Markdown source={text} onAddress={onAddress} />;
}
