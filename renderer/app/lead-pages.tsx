import { useParams } from '@tanstack/react-router';
import type { Person } from '../../shared/contract/users.ts';
import { hasPermission } from '../../shared/permissions.ts';
import { useSession } from '../data/session.ts';
import { BatchScreen } from '../features/batches/batch-screen.tsx';
import { NewBatchScreen } from '../features/batches/new-batch-screen.tsx';
import { PersonDevicesDialog } from '../features/devices/person-devices-dialog.tsx';
import { PeopleScreen } from '../features/people/people-screen.tsx';
import { StudyScreen } from '../features/studies/study-screen.tsx';

export function StudyPage() {
  const { studyId } = useParams({ from: '/inside/shell/studies/$studyId' });
  return <StudyScreen key={studyId} studyId={studyId} />;
}

export function NewBatchPage() {
  const { studyId } = useParams({ from: '/inside/shell/studies/$studyId/new-batch' });
  return <NewBatchScreen key={studyId} studyId={studyId} />;
}

export function BatchPage() {
  const { batchId } = useParams({ from: '/inside/shell/batches/$batchId' });
  return <BatchScreen key={batchId} batchId={batchId} />;
}

export function PeoplePage() {
  const roles = useSession((state) => state.session?.user.roles);
  if (!roles) return null;
  const devicesOf = (person: Person, onClose: () => void) => (
    <PersonDevicesDialog userId={person.id} name={person.name || person.email} onClose={onClose} />
  );
  return <PeopleScreen roles={roles} {...(hasPermission(roles, 'device:manage') ? { devicesOf } : {})} />;
}
