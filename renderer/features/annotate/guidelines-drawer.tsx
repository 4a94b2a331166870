import { IconListTree, IconX } from '@tabler/icons-react';
import { type KeyboardEvent, useId, useRef, useState } from 'react';
import type { BatchId } from '../../../shared/schema/ids.ts';
import type { Workspace } from '../../data/types.ts';
import { ErrorNote } from '../../ui/error-note.tsx';
import { isTextField } from '../../ui/key-press.ts';
import { preferences } from '../../ui/preferences.ts';
import { ScrollRegion } from '../../ui/scroll-region.tsx';
import { sentenceOf } from './annotate-store.ts';
import { CommandKey, useAriaKeys } from './command-key.tsx';
import { GuidelinesChangesBar } from './guidelines-changes-bar.tsx';
import { GuidelinesContents, useHeadings } from './guidelines-contents.tsx';
import classes from './guidelines-drawer.module.css';
import { GuidelinesNotice } from './guidelines-notice.tsx';
import { goTo, stepHeading, useFocusInAndBack, useReadingPlace } from './guidelines-place.ts';
import { GuidelinesSearch } from './guidelines-search.tsx';
import { GuidelinesText } from './guidelines-text.tsx';
import { askedBy } from './shortcuts.ts';
import { type ReadGuidelines, useGuidelines } from './use-guidelines.ts';

type Props = {
  workspace: Workspace;
  batchId: BatchId;
  opened: boolean;
  onOpen: () => void;
  onClose: () => void;
  onAddress: (address: string) => void;
};

/**
 * The study's guidelines beside the work, read from this laptop: they may stay open while judging, and say
 * quietly when a new version has come.
 */
export function GuidelinesDrawer({ workspace, batchId, opened, onOpen, onClose, onAddress }: Props) {
  const read = useGuidelines(workspace, batchId, opened);
  if (opened) return <Panel read={read} onClose={onClose} onAddress={onAddress} />;
  const version = read.news ? (read.guidelines?.version ?? null) : null;
  return version === null ? null : (
    <GuidelinesNotice
      key={version}
      workspace={workspace}
      batchId={batchId}
      version={version}
      onOpen={onOpen}
    />
  );
}

type PanelProps = { read: ReadGuidelines; onClose: () => void; onAddress: (address: string) => void };

function Panel({ read, onClose, onAddress }: PanelProps) {
  const { guidelines, error, since, fresh } = read;
  const panel = useRef<HTMLElement>(null);
  const [chosen, setChosen] = useState<boolean | null>(null);
  const [listed, setListed] = useState(false);
  const contents = useId();
  const marked = since !== null && (chosen ?? fresh);
  const before = marked ? since.markdown : null;
  const text = guidelines && guidelines.markdown.trim() !== '' ? guidelines.markdown : null;
  const revision = `${guidelines?.version ?? 'none'} ${marked ? since.version : ''}`;
  const headings = useHeadings(panel, revision);
  const keepPlace = useReadingPlace(panel, revision);
  useFocusInAndBack(panel);
  const closeKeys = useAriaKeys('guidelines');
  const scroller = () => panel.current?.querySelector<HTMLElement>('[data-guidelines-text]') ?? null;
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.defaultPrevented) return;
    if (event.key === 'Escape') onClose();
    else if (!act(event, scroller())) return;
    event.preventDefault();
  };
  return (
    <aside
      ref={panel}
      className={classes.panel}
      aria-label="Guidelines"
      data-section="guidelines"
      onKeyDown={onKeyDown}
    >
      <header className={classes.head}>
        <h2 className={classes.title}>Guidelines</h2>
        {guidelines ? <span className={classes.version}>Version {guidelines.version}</span> : null}
        <button
          type="button"
          className={classes.close}
          aria-label="Close the guidelines"
          aria-keyshortcuts={closeKeys}
          onClick={onClose}
        >
          <CommandKey of="guidelines" />
          <IconX size={17} stroke={1.8} aria-hidden="true" />
        </button>
      </header>
      {text === null ? null : (
        <div className={classes.tools}>
          <GuidelinesSearch text={panel} revision={revision} />
          {headings.length < 2 ? null : (
            <button
              type="button"
              className={classes.tool}
              aria-label="Contents"
              title="Contents"
              aria-expanded={listed}
              aria-controls={listed ? contents : undefined}
              onClick={() => setListed(!listed)}
            >
              <IconListTree size={17} stroke={1.7} aria-hidden="true" />
            </button>
          )}
        </div>
      )}
      {text === null || !since ? null : (
        <GuidelinesChangesBar since={since.version} marked={marked} onMark={setChosen} scroller={scroller} />
      )}
      {listed ? (
        <div id={contents} className={classes.listed}>
          <GuidelinesContents headings={headings} onGo={(heading) => goTo(scroller(), heading.element)} />
        </div>
      ) : null}
      <ScrollRegion
        className={classes.text}
        data-guidelines-text={true}
        aria-label="Text of the guidelines"
        onScroll={keepPlace}
      >
        {text === null ? (
          <Instead read={read} error={error} />
        ) : (
          <GuidelinesText markdown={text} before={before} onAddress={onAddress} />
        )}
      </ScrollRegion>
    </aside>
  );
}

function Instead({ read, error }: { read: ReadGuidelines; error: unknown }) {
  if (error && !read.guidelines)
    return <ErrorNote what={sentenceOf(error)} safe="Your work is not touched." />;
  if (read.guidelines === undefined) return null;
  return <p>This study has no guidelines. Ask your lead when in doubt.</p>;
}

/** Keys that mean the guidelines while the focus is in them; all others go on to the case. */
function act(event: KeyboardEvent<HTMLElement>, scroller: HTMLElement | null): boolean {
  const asked = askedBy(event.nativeEvent, isTextField(event.target), preferences.get().keys);
  switch (asked?.id) {
    case 'search':
      event.currentTarget.querySelector<HTMLElement>('[data-guidelines-search]')?.focus();
      return true;
    case 'page-down':
    case 'page-up':
      if (scroller) scroller.scrollTop += scroller.clientHeight * 0.9 * (asked.id === 'page-down' ? 1 : -1);
      return true;
    case 'next-part':
    case 'previous-part':
      return stepHeading(scroller, asked.id === 'next-part' ? 1 : -1);
    default:
      return false;
  }
}
