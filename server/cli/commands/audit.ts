import { AppError } from '../../../shared/errors.ts';
import { verifyAudit } from '../../audit/domain.ts';
import { plural } from '../output.ts';
import type { Session } from '../session.ts';

/** @throws AppError `audit-broken` that names the first place where the trail does not hold */
export async function auditVerify({ context, output }: Session): Promise<void> {
  const report = await verifyAudit(context);
  const { firstBreak, events, streams } = report;
  if (firstBreak)
    throw new AppError('audit-broken', {
      message: `The audit trail does not hold: in chain ${firstBreak.stream}${firstBreak.n === null ? '' : `, event ${firstBreak.n}`}, ${firstBreak.what}. Keep this database as it is and compare it with a backup.`,
      details: report,
    });
  output.result(report, [
    `The audit trail holds: ${plural(events, 'event')} in ${plural(streams, 'chain')}.`,
  ]);
}
