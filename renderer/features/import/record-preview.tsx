import type { ReactNode } from 'react';
import type { CaseRecord } from '../../../shared/schema/case-record.ts';
import { type ContextShape, ContextView } from '../../ui/context-view.tsx';
import { Conversation } from '../../ui/conversation.tsx';
import { Markdown } from '../../ui/markdown.tsx';
import { Card } from '../../ui/page.tsx';
import classes from './import.module.css';

const titleOf = (record: CaseRecord): string => record.title ?? record.id;

function Context({ context }: { context: CaseRecord['context'] }) {
  if (typeof context !== 'string') return <ContextView context={context satisfies ContextShape} />;
  return context === '' ? (
    <p className={classes.faint}>No context with this case.</p>
  ) : (
    <p className={classes.plain}>{context}</p>
  );
}

type Props = {
  record: CaseRecord;
  /** Name and size of the file. */
  file: string;
  actions: ReactNode;
};

/** The first two responses of a record, cut short, as a physician will meet them: no ids, no models. */
export function RecordPreview({ record, actions, file }: Props) {
  const turns =
    typeof record.prompt === 'string' ? [{ role: 'user' as const, content: record.prompt }] : record.prompt;
  const [left, right] = record.responses;
  return (
    <Card
      title={file}
      note={`The first record as a physician will see it: ${titleOf(record)}${record.specialty ? `, ${record.specialty}` : ''}`}
      actions={actions}
    >
      <div className={classes.preview}>
        <div className={classes.aside}>
          <Conversation turns={turns} />
          <Context context={record.context} />
        </div>
        {[left, right].map((response, side) =>
          response === undefined ? null : (
            <section
              key={response.id}
              className={classes.answer}
              aria-label={`Answer ${side === 0 ? 'A' : 'B'}`}
            >
              <h3>{side === 0 ? 'A' : 'B'}</h3>
              {response.text.trim() === '' ? (
                <p className={classes.faint}>This response is empty.</p>
              ) : (
                <Markdown source={response.text.slice(0, 2000)} size="small" headingLevel={4} />
              )}
            </section>
          ),
        )}
      </div>
    </Card>
  );
}
