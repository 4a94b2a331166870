import { Link, useNavigate } from '@tanstack/react-router';
import { useSession } from '../data/session.ts';
import { SignInAgain } from '../features/sign-in/sign-in-again.tsx';
import { SyncStatusScreen } from '../features/sync-status/sync-status-screen.tsx';
import { syncNow } from './background-sync.ts';

export function SyncPage() {
  const session = useSession((state) => state.session);
  const navigate = useNavigate();
  if (!session?.workspace) return null;
  return (
    <SyncStatusScreen
      workspace={session.workspace}
      onSyncNow={() => void syncNow()}
      onOpenCase={(batchId, assignmentId) =>
        void navigate({ to: '/annotate/$batchId/$assignmentId', params: { batchId, assignmentId } })
      }
      signInAgain={<SignInAgain email={session.user.email} onDone={() => void syncNow()} />}
      back={<Link to="/queue">‹ My cases</Link>}
    />
  );
}
