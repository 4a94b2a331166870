import { useNavigate, useParams } from '@tanstack/react-router';
import { useCallback } from 'react';
import type { AssignmentId } from '../../shared/schema/ids.ts';
import { useSession } from '../data/session.ts';
import { AnnotateScreen } from '../features/annotate/annotate-screen.tsx';

export function AnnotatePage() {
  const { batchId, assignmentId } = useParams({ from: '/inside/annotate/$batchId/$assignmentId' });
  const workspace = useSession((state) => state.session?.workspace ?? null);
  const navigate = useNavigate();
  const onOpenCase = useCallback(
    (id: AssignmentId) =>
      void navigate({
        to: '/annotate/$batchId/$assignmentId',
        params: { batchId, assignmentId: id },
        replace: true,
      }),
    [navigate, batchId],
  );
  if (!workspace) return null;
  return (
    <AnnotateScreen
      key={batchId}
      workspace={workspace}
      batchId={batchId}
      assignmentId={assignmentId}
      onOpenCase={onOpenCase}
      onLeave={() => void navigate({ to: '/queue' })}
      onOpenLedger={() => void navigate({ to: '/sync' })}
    />
  );
}
