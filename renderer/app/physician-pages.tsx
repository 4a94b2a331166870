import { useNavigate, useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useSession } from '../data/session.ts';
import { QueueScreen } from '../features/queue/queue-screen.tsx';

export function QueuePage() {
  const workspace = useSession((state) => state.session?.workspace ?? null);
  const navigate = useNavigate();
  const { routesById } = useRouter();
  // The next thing a physician opens is a case: its screen is fetched while the queue is read.
  useEffect(() => {
    const { component } = routesById['/inside/annotate/$batchId/$assignmentId'].options;
    void component?.preload?.();
  }, [routesById]);
  if (!workspace) return null;
  return (
    <QueueScreen
      workspace={workspace}
      onOpenCase={(batchId, assignmentId) =>
        void navigate({ to: '/annotate/$batchId/$assignmentId', params: { batchId, assignmentId } })
      }
      onOpenSync={() => void navigate({ to: '/sync' })}
    />
  );
}
