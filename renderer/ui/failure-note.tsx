import { ErrorNote } from './error-note.tsx';

type Props = {
  error: unknown;
  /** What is safe, where the error's own sentence does not say so. */
  safe?: string;
  onRetry?: () => void;
};

/** The sentence of a failure; ours carry one that names the next step, anything else gets a plain one. */
export function failureSentence(error: unknown): string {
  const coded = error instanceof Error && 'code' in error;
  return coded ? error.message : 'Something in the app failed. Nothing was changed; try again.';
}

/** Shows what failed and offers to try again. */
export function FailureNote({ error, safe, onRetry }: Props) {
  return (
    <ErrorNote
      what={failureSentence(error)}
      {...(safe ? { safe } : {})}
      {...(onRetry ? { action: { label: 'Try again', onClick: onRetry } } : {})}
    />
  );
}
