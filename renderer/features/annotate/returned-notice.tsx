import { IconArrowBackUp, IconCheck } from '@tabler/icons-react';
import { dateTimeText } from '../../ui/dates.ts';
import { useCaseState } from './case-context.ts';
import classes from './case-notice.module.css';

/** A reviewer's comment, beside the case until it is answered; then a short word that it is. */
export function ReturnedNotice() {
  const returned = useCaseState((state) => state.news.returned);
  const readOnly = useCaseState((state) => state.readOnly);
  if (!returned) return null;
  const { comment, at, answered } = returned;
  if (answered)
    return (
      <div className={classes.notice} role="status" data-quiet>
        <IconCheck size={17} stroke={1.7} aria-hidden="true" />
        <span>
          <b>Submitted again.</b> The reviewer’s comment of {dateTimeText(at)} is answered:{' '}
          <q className={classes.comment}>{comment}</q>
        </span>
      </div>
    );
  return (
    <div className={classes.notice} role="status" data-returned>
      <IconArrowBackUp size={17} stroke={1.7} aria-hidden="true" />
      <div className={classes.returned}>
        <p>
          <b>A reviewer returned this case</b> on {dateTimeText(at)}
          {readOnly ? '.' : '. Change what you find right to change, or nothing, and submit it again.'}
        </p>
        <blockquote className={classes.comment}>{comment}</blockquote>
      </div>
    </div>
  );
}
