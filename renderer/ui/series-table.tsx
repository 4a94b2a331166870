import { RangeMark } from './series-row.tsx';
import classes from './series-table.module.css';
import { type SeriesPoint, shortDate } from './series-trend.ts';

type Props = { id: string; name: string; unit: string | undefined; points: readonly SeriesPoint[] };

/** Every value of a series with its date and note, newest first. */
export function SeriesTable({ id, name, unit, points }: Props) {
  const notes = points.some(({ note }) => note !== null);
  return (
    <table id={id} className={classes.table}>
      <caption className="visually-hidden">{name}, newest first</caption>
      <thead className="visually-hidden">
        <tr>
          <th scope="col">Date</th>
          <th scope="col">Value{unit ? `, ${unit}` : ''}</th>
          {notes ? <th scope="col">Note</th> : null}
        </tr>
      </thead>
      <tbody>
        {[...points].reverse().map(({ at, value, range, note }, index) => (
          <tr key={at + String(index)}>
            <td className={classes.date}>
              <time dateTime={at}>{shortDate(at)}</time>
            </td>
            <td className={classes.value} data-out={range === 'normal' ? undefined : true}>
              {value}
              <RangeMark range={range} />
            </td>
            {notes ? <td className={classes.note}>{note}</td> : null}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
