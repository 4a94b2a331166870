import { Skeleton } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ErrorNote } from './error-note.tsx';
import { FailureNote } from './failure-note.tsx';
import classes from './query-view.module.css';

type Props<T> = {
  query: UseQueryResult<T, Error>;
  /** How many lines the skeleton has. */
  lines?: number;
  children: (value: T) => ReactNode;
};

/**
 * What a desk page shows of something the server holds: lines while it loads, the failure with a way to try
 * again, and, when a refresh fails, the last known value with a word that it is old.
 */
export function QueryView<T>({ query, lines = 4, children }: Props<T>) {
  const retry = () => void query.refetch();
  if (query.data !== undefined)
    return (
      <>
        {query.error ? (
          <ErrorNote
            what={query.error.message}
            next="What you see is from the last contact."
            action={{ label: 'Try again', onClick: retry }}
          />
        ) : null}
        {children(query.data)}
      </>
    );
  if (query.error) return <FailureNote error={query.error} onRetry={retry} />;
  return <SkeletonLines lines={lines} />;
}

const widths = ['94%', '88%', '91%', '72%', '84%', '64%'];

/** Grey lines where text will be. */
export function SkeletonLines({ lines }: { lines: number }) {
  return (
    <div className={classes.lines} role="status" aria-label="Loading">
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines are all alike and never move
        <Skeleton key={line} height={14} width={widths[line % widths.length] ?? '90%'} radius="sm" />
      ))}
    </div>
  );
}
