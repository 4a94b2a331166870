import type { ReactNode } from 'react';
import classes from './data-table.module.css';

export type Column<Row> = {
  key: string;
  header: string;
  /** Figures stand at the right, under each other. */
  align?: 'start' | 'end';
  /** A CSS width; columns without one share what is left. */
  width?: string;
  cell: (row: Row) => ReactNode;
};

type Props<Row> = {
  /** What the table lists, for screen readers. */
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  /** Marks the row the keyboard stands on. */
  currentKey?: string | null;
  rowProps?: (row: Row) => Record<string, unknown>;
  empty?: ReactNode;
};

/** A quiet table: small capitals above, one line between rows, figures in one column under each other. */
export function DataTable<Row>(props: Props<Row>) {
  const { label, columns, rows, rowKey, currentKey = null, rowProps, empty } = props;
  return (
    <table className={classes.table} aria-label={label}>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column.key} scope="col" data-align={column.align} style={{ width: column.width }}>
              {column.header === '' ? <span className="visually-hidden">Actions</span> : column.header}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={rowKey(row)} data-current={rowKey(row) === currentKey || undefined} {...rowProps?.(row)}>
            {columns.map((column) => (
              <td key={column.key} data-align={column.align}>
                {column.cell(row)}
              </td>
            ))}
          </tr>
        ))}
        {rows.length === 0 && empty ? (
          <tr className={classes.emptyRow}>
            <td colSpan={columns.length}>{empty}</td>
          </tr>
        ) : null}
      </tbody>
    </table>
  );
}
