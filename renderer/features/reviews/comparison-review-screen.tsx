import { Button } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { EndpointReply } from '../../../shared/contract/endpoint.ts';
import type { ArrivedAnnotation, readComparisonReview } from '../../../shared/contract/reviews.ts';
import type { BatchId, ComparisonId } from '../../../shared/schema/ids.ts';
import type { Dimension } from '../../../shared/schema/rubric.ts';
import { comparisonReviewQuery } from '../../data/server-queries.ts';
import { ContextView } from '../../ui/context-view.tsx';
import { Conversation } from '../../ui/conversation.tsx';
import { Key } from '../../ui/key.tsx';
import { Markdown } from '../../ui/markdown.tsx';
import { Card, Page } from '../../ui/page.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { useKeys } from '../../ui/use-keys.ts';
import { counted } from '../../ui/work-words.ts';
import { MarkScale } from './mark-scale.tsx';
import { preferenceMarks, ratingMarks } from './marks.ts';
import { RaterCard } from './rater-card.tsx';
import { ReturnDialog } from './return-dialog.tsx';
import { preferenceWords } from './review-words.ts';
import classes from './reviews.module.css';

type Review = EndpointReply<typeof readComparisonReview>;

function Texts({ review }: { review: Review }) {
  return (
    <div className={classes.texts}>
      {/* biome-ignore-start lint/a11y/noNoninteractiveTabindex: scrolled with the keyboard, so they must take the focus */}
      <section className={classes.text} data-part="context" aria-label="Question and context" tabIndex={0}>
        <h2 className="visually-hidden">Question and context</h2>
        <Conversation turns={review.prompt} />
        {review.context ? <ContextView context={review.context} /> : null}
        {review.contextText ? <p className={classes.plain}>{review.contextText}</p> : null}
      </section>
      {(['one', 'two'] as const).map((which, index) => (
        <section key={which} className={classes.text} aria-label={`Response ${index + 1}`} tabIndex={0}>
          <h2 className={classes.textTitle}>Response {index + 1}</h2>
          {review[which].trim() === '' ? (
            <p className={classes.soft}>This response is empty.</p>
          ) : (
            <Markdown source={review[which]} />
          )}
        </section>
      ))}
      {/* biome-ignore-end lint/a11y/noNoninteractiveTabindex: see above */}
    </div>
  );
}

function DimensionScale({ dimension, rated }: { dimension: Dimension; rated: readonly ArrivedAnnotation[] }) {
  const { scale } = dimension;
  const steps = scale.kind === 'steps' ? scale.anchors.length : 0;
  return (
    <MarkScale
      label={dimension.label}
      steps={steps}
      low={scale.kind === 'steps' ? (scale.anchors[0] ?? '') : scale.low}
      high={scale.kind === 'steps' ? (scale.anchors[steps - 1] ?? '') : scale.high}
      raters={rated.length}
      lanes={[
        { name: 'Response 1', tone: 'one', marks: ratingMarks(rated, dimension, 'a') },
        { name: 'Response 2', tone: 'two', marks: ratingMarks(rated, dimension, 'b') },
      ]}
    />
  );
}

function Marks({ review }: { review: Review }) {
  const rated = review.annotations.filter((annotation) => annotation.state !== 'skipped');
  if (rated.length === 0) return null;
  return (
    <Card
      title="Marks"
      note="Each number is a rater; filled for Response 1, open for Response 2."
      padding="none"
    >
      <MarkScale
        label="Preference"
        steps={7}
        low={preferenceWords[-3]}
        high={preferenceWords[3]}
        raters={rated.length}
        lanes={[{ name: 'All', tone: 'both', marks: preferenceMarks(rated, preferenceWords) }]}
      />
      {review.rubric.dimensions.map((dimension) => (
        <DimensionScale key={dimension.key} dimension={dimension} rated={rated} />
      ))}
    </Card>
  );
}

/** One comparison with everything that arrived for it, side by side as the physicians saw it. */
export function ComparisonReviewScreen({
  batchId,
  comparisonId,
}: {
  batchId: BatchId;
  comparisonId: ComparisonId;
}) {
  // The case before stays on screen until the next one is here, so that stepping through never blinks.
  const query = useQuery({
    ...comparisonReviewQuery(batchId, comparisonId),
    placeholderData: keepPreviousData,
  });
  const [returning, setReturning] = useState<ArrivedAnnotation | null>(null);
  const navigate = useNavigate();
  const review = query.data;
  const go = (to: ComparisonId | null | undefined) => {
    if (to && !query.isPlaceholderData)
      void navigate({ to: '/review/$batchId/$comparisonId', params: { batchId, comparisonId: to } });
  };
  const previous = () => go(review?.previous);
  const next = () => go(review?.next);
  useKeys({
    '[': previous,
    ArrowLeft: previous,
    ']': next,
    ArrowRight: next,
    u: () => void navigate({ to: '/review/$batchId', params: { batchId } }),
  });
  return (
    <Page
      title={review?.title ?? 'Comparison'}
      subtitle={
        review
          ? `${review.specialty ?? 'No specialty'} · ${counted(review.annotations.length, 'annotation')}`
          : ''
      }
      back={
        <Link to="/review/$batchId" params={{ batchId }}>
          ‹ All comparisons <Key keys="u" />
        </Link>
      }
      actions={
        <>
          <Button
            variant="default"
            disabled={!review?.previous}
            onClick={previous}
            rightSection={<Key keys="[" />}
            aria-keyshortcuts="["
          >
            ‹ Previous
          </Button>
          <Button
            variant="default"
            disabled={!review?.next}
            onClick={next}
            rightSection={<Key keys="]" />}
            aria-keyshortcuts="]"
          >
            Next ›
          </Button>
        </>
      }
      width="wide"
    >
      <QueryView query={query} lines={8}>
        {(found) => (
          <>
            <Texts key={found.comparisonId} review={found} />
            <Marks review={found} />
            {returning ? (
              <ReturnDialog
                place={{ batchId, comparisonId: found.comparisonId }}
                annotation={returning}
                onClose={() => setReturning(null)}
              />
            ) : null}
            {found.annotations.length === 0 ? (
              <Card>
                <p className={classes.soft}>Nothing has arrived for this comparison yet.</p>
              </Card>
            ) : (
              <div className={classes.raters}>
                {found.annotations.map((annotation) => (
                  <RaterCard
                    key={annotation.revisionId}
                    annotation={annotation}
                    onReturn={found.returnable ? () => setReturning(annotation) : null}
                  />
                ))}
              </div>
            )}
          </>
        )}
      </QueryView>
    </Page>
  );
}
