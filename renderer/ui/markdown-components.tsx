import { IconPhotoOff } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { Components } from 'react-markdown';
import { openableAddress } from './address-dialog.tsx';
import classes from './markdown.module.css';
import { ScrollRegion } from './scroll-region.tsx';

/** Gets an address as it was written, with no promise that it is safe to open. */
export type AddressHandler = (address: string) => void;

/** Tables and code longer than this scroll inside themselves, so that the answer stays within reach. */
const longTable = 24;
const longCode = 40;
/** Code with longer lines than this is prose or data: it wraps, nobody scrolls a sentence sideways. */
const longLine = 160;

/** The elements Markdown may become. Nothing here fetches, navigates or runs. */
export function inertComponents(onAddress: AddressHandler | undefined, shift: number): Components {
  const heading = (depth: number) => headingAt(Math.min(6, Math.max(2, depth + shift)));
  return {
    a: ({ href, children }) => (
      <InertLink address={href ?? ''} onAddress={onAddress}>
        {children}
      </InertLink>
    ),
    img: (props) => (
      <InertImage
        address={typeof props.src === 'string' ? props.src : ''}
        alt={props.alt ?? ''}
        onAddress={'data-in-link' in props ? undefined : onAddress}
      />
    ),
    input: ({ checked }) => (
      <span className={classes.task} role="img" aria-label={checked ? 'Done' : 'Not done'}>
        {checked ? '☑' : '☐'}
      </span>
    ),
    mark: (props) => <UnseenMark {...marked(props)} />,
    div: ({ children }) => <div className={classes.footnote}>{children}</div>,
    pre: ({ children, node }) => <CodeBlock text={wordsOf(node)}>{children}</CodeBlock>,
    table: (props) => (
      <Table rows={Number((props as Record<string, unknown>)['data-rows'] ?? 0)} dir={props.dir}>
        {props.children}
      </Table>
    ),
    h1: heading(1),
    h2: heading(2),
    h3: heading(3),
    h4: heading(4),
    h5: heading(5),
    h6: heading(6),
  };
}

function headingAt(level: number) {
  const Tag = `h${level}` as 'h2' | 'h3' | 'h4' | 'h5' | 'h6';
  return ({ children }: { children?: ReactNode }) => (
    <Tag className={classes.heading} dir="auto">
      {children}
    </Tag>
  );
}

function Table({ rows, dir, children }: { rows: number; dir?: string | undefined; children: ReactNode }) {
  const long = rows > longTable;
  return (
    <ScrollRegion
      className={classes.tableScroll}
      data-long={long || undefined}
      dir={dir}
      aria-label={long ? `Table, ${rows - 1} rows` : 'Table'}
    >
      <table className={classes.table}>{children}</table>
    </ScrollRegion>
  );
}

function CodeBlock({ text, children }: { text: string; children: ReactNode }) {
  const lines = text.split('\n');
  const long = lines.length > longCode;
  return (
    <ScrollRegion
      className={classes.code}
      dir="auto"
      data-long={long || undefined}
      data-wrap={lines.some((line) => line.length > longLine) || undefined}
      aria-label={long ? `Code, ${lines.length} lines` : 'Code'}
    >
      <pre>{children}</pre>
    </ScrollRegion>
  );
}

type Words = { value?: string; children?: readonly unknown[] };
const wordsOf = (node: unknown): string => {
  const { value, children } = (node ?? {}) as Words;
  return value ?? (children ?? []).map(wordsOf).join('');
};

type MarkProps = { label: string; words: string; turning: boolean };

const marked = (props: object): MarkProps => {
  const values = props as Record<string, unknown>;
  return {
    label: String(values['data-label'] ?? ''),
    words: String(values['data-words'] ?? ''),
    turning: values['data-turning'] === 'true',
  };
};

/** Its label is drawn, not written: the text stays what it was for search, selection and comparison. */
function UnseenMark({ label, words, turning }: MarkProps) {
  const sentence = turning
    ? `Here the text has a hidden mark (${words}) that would turn its order around; it is switched off`
    : `Here the text has a hidden character (${words})`;
  return (
    <span
      className={classes.unseen}
      data-label={label}
      data-turning={turning || undefined}
      role="img"
      aria-label={sentence}
      title={sentence}
    />
  );
}

type AddressProps = { address: string; onAddress: AddressHandler | undefined };

const shownChars = 120;

/** An address in one line: the middle of what is very long (data: images) is not worth a page. */
export function shortAddress(address: string): string {
  if (address.length <= shownChars) return address;
  return `${address.slice(0, shownChars)}… (${address.length.toLocaleString('en-GB')} characters)`;
}

function InertLink({ address, onAddress, children }: AddressProps & { children: ReactNode }) {
  if (address === '' || address.startsWith('#')) return <span>{children}</span>;
  // What could never be opened is no link: the words stay, and the address stands beside them.
  if (openableAddress(address) === null && children === address) return <span>{shortAddress(address)}</span>;
  if (openableAddress(address) === null)
    return (
      <span>
        {children} <span className={classes.address}>({shortAddress(address)})</span>
      </span>
    );
  if (!onAddress)
    return (
      <span className={classes.link} title={shortAddress(address)}>
        {children}
      </span>
    );
  return (
    <button
      type="button"
      className={classes.link}
      title={shortAddress(address)}
      onClick={() => onAddress(address)}
    >
      {children}
    </button>
  );
}

function InertImage({ address, alt, onAddress }: AddressProps & { alt: string }) {
  const short = <span className={classes.address}>{shortAddress(address)}</span>;
  return (
    <span className={classes.image}>
      <IconPhotoOff size={16} stroke={1.6} aria-hidden="true" />
      <span>Image not loaded{alt === '' ? '' : `: ${alt}`}</span>
      {onAddress && openableAddress(address) !== null ? (
        <InertLink address={address} onAddress={onAddress}>
          {short}
        </InertLink>
      ) : (
        short
      )}
    </span>
  );
}
