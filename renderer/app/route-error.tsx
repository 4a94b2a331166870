import { Button, Group } from '@mantine/core';
import { type ErrorComponentProps, Link, useRouter } from '@tanstack/react-router';
import { AppError } from '../../shared/errors.ts';
import { saveEmergencyCopy } from '../data/rescue.ts';
import { useSession } from '../data/session.ts';
import { EmergencyCopy } from '../ui/emergency-copy.tsx';
import { ErrorNote } from '../ui/error-note.tsx';
import { Page } from '../ui/page.tsx';

/** A part of the app that could not be fetched, as after an update of the server while the page was open. */
const isMissingPart = (error: unknown) =>
  error instanceof Error && /dynamically imported module|module script|preload/i.test(error.message);

function whatHappened(error: unknown): { what: string; next: string } {
  if (isMissingPart(error))
    return {
      what: 'A part of the app could not be loaded.',
      next: 'Check the connection and load the page again; after an update this fetches the new version.',
    };
  if (error instanceof AppError)
    return { what: error.message, next: 'Try again, or go back to your first screen.' };
  return {
    what: 'This screen failed.',
    next: 'Try again. If it goes on, load the page again and tell an administrator what you did.',
  };
}

/** What happened, what is safe, what to do; for whatever a screen did not catch itself. */
export function RouteError({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const workspace = useSession((state) => state.session?.workspace ?? null);
  const { what, next } = whatHappened(error);
  const again = () => {
    reset();
    void router.invalidate();
  };
  return (
    <Page title="Something went wrong" width="reading">
      <ErrorNote
        what={what}
        safe="Everything that was shown as saved is on this laptop’s disk."
        next={next}
        details={error instanceof Error ? error.message : null}
      />
      <Group gap="xs">
        <Button onClick={again}>Try again</Button>
        <Button variant="default" onClick={() => window.location.reload()}>
          Load the page again
        </Button>
        <Button variant="default" renderRoot={(props) => <Link to="/" {...props} />}>
          First screen
        </Button>
      </Group>
      {workspace ? <EmergencyCopy onSave={() => saveEmergencyCopy(workspace)} /> : null}
    </Page>
  );
}

export function NotFound() {
  return (
    <Page
      title="There is nothing at this address"
      subtitle="It may have been removed, or the address was cut off when it was copied."
      width="reading"
    >
      <Group>
        <Button renderRoot={(props) => <Link to="/" {...props} />}>First screen</Button>
      </Group>
    </Page>
  );
}
