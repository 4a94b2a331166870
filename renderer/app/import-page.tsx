import { useParams } from '@tanstack/react-router';
import { ImportScreen } from '../features/import/import-screen.tsx';

export function ImportPage() {
  const { studyId } = useParams({ from: '/inside/shell/studies/$studyId/import' });
  return <ImportScreen key={studyId} studyId={studyId} />;
}
