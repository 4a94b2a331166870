import { useParams } from '@tanstack/react-router';
import { BatchReviewScreen } from '../features/reviews/batch-review-screen.tsx';
import { ComparisonReviewScreen } from '../features/reviews/comparison-review-screen.tsx';
import { ReviewHomeScreen } from '../features/reviews/review-home-screen.tsx';

export const ReviewHomePage = () => <ReviewHomeScreen />;

export function BatchReviewPage() {
  const { batchId } = useParams({ from: '/inside/shell/review/$batchId' });
  return <BatchReviewScreen key={batchId} batchId={batchId} />;
}

export function ComparisonReviewPage() {
  const { batchId, comparisonId } = useParams({ from: '/inside/shell/review/$batchId/$comparisonId' });
  return <ComparisonReviewScreen batchId={batchId} comparisonId={comparisonId} />;
}
