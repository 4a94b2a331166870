import type { RawAgreement } from '../../../shared/contract/reviews.ts';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { countText } from '../../ui/dates.ts';
import { Card } from '../../ui/page.tsx';
import { type AgreementLine, agreementLines } from './agreement-lines.ts';
import { percentText } from './review-words.ts';
import classes from './reviews.module.css';

function ShareBar({ row }: { row: RawAgreement }) {
  const share = (part: number) => `${row.pairs === 0 ? 0 : (100 * part) / row.pairs}%`;
  return (
    <span className={classes.share} aria-hidden="true">
      {row.withinOne === null ? null : <i className={classes.near} style={{ width: share(row.withinOne) }} />}
      <i className={classes.same} style={{ width: share(row.same) }} />
    </span>
  );
}

type Part = 'first' | 'second';

/** Bar, same and within one step, for one of the two responses. */
const partColumns = (part: Part, name: string): Column<AgreementLine>[] => [
  {
    key: `${part}-bar`,
    header: name,
    width: '19%',
    cell: (line) => (line[part] ? <ShareBar row={line[part]} /> : null),
  },
  {
    key: `${part}-same`,
    header: 'Same',
    align: 'end',
    width: '84px',
    cell: (line) => (line[part] ? <b>{percentText(line[part].same, line[part].pairs)}</b> : null),
  },
  {
    key: `${part}-near`,
    header: 'Within 1',
    align: 'end',
    width: '96px',
    cell: (line) => (line[part] ? percentText(line[part].withinOne, line[part].pairs) : null),
  },
];

const pairsOf = ({ first, second }: AgreementLine): string =>
  second === null || second.pairs === first.pairs
    ? countText(first.pairs)
    : `${countText(first.pairs)} / ${countText(second.pairs)}`;

const columns: readonly Column<AgreementLine>[] = [
  { key: 'label', header: 'Asked', width: '180px', cell: (line) => line.label },
  ...partColumns('first', 'Response 1, or both'),
  ...partColumns('second', 'Response 2'),
  { key: 'pairs', header: 'Pairs (n)', align: 'end', width: '104px', cell: pairsOf },
];

/** How often two physicians said the same about the same comparison, uncorrected, and said to be so. */
export function AgreementCard({ agreement }: { agreement: readonly RawAgreement[] }) {
  const none = agreement.every((row) => row.pairs === 0);
  return (
    <Card
      title="Raw agreement"
      note={
        none
          ? 'Nothing to compare yet: it needs comparisons that two or more physicians submitted.'
          : 'Pairs of physicians on the same comparison. Raw agreement says nothing about chance; chance-corrected figures with intervals come in a later version.'
      }
      padding="none"
    >
      <DataTable
        label="Raw agreement"
        columns={columns}
        rows={agreementLines(agreement)}
        rowKey={(line) => line.key}
      />
    </Card>
  );
}
