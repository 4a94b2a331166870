import { useQueue } from '../../data/hooks.ts';
import type { QueueBatch, Workspace } from '../../data/types.ts';
import { countText } from '../../ui/dates.ts';
import { SlimBar } from '../../ui/slim-bar.tsx';
import classes from './sync-status.module.css';

/** Cases are still to come; behind a shut gate none do, nor of a closed batch that was let go. */
const isComing = ({ downloaded, total, gate, locked, letGoAt }: QueueBatch) =>
  downloaded < total && gate === 'open' && !(locked && letGoAt != null);

/** How much of each batch is on this laptop, while it is not all of it. */
export function Downloads({ workspace }: { workspace: Workspace }) {
  const { value: batches = [] } = useQueue(workspace);
  const coming = batches.filter(isComing);
  if (coming.length === 0) return null;
  return (
    <ul className={classes.downloads} aria-label="Downloads">
      {coming.map(({ id, name, downloaded, total }) => (
        <li key={id}>
          <span>
            <b>{name}</b>: {countText(downloaded)} of {countText(total)} cases are on this laptop; a break
            goes on where it stopped.
          </span>
          <SlimBar done={downloaded} total={total} label={`Downloaded of ${name}`} />
        </li>
      ))}
    </ul>
  );
}
