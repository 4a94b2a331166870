import { IconPhotoOff } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { Components } from 'react-markdown';
import classes from './markdown.module.css';
import { ScrollRegion } from './scroll-region.tsx';

/** Gets an address as it was written, with no promise that it is safe to open. */
export type AddressHandler = (address: string) => void;

/** The elements Markdown may become. Nothing here fetches, navigates or runs. */
export function inertComponents(onAddress: AddressHandler | undefined, shift: number): Components {
  const heading = (depth: number) => headingAt(Math.min(6, Math.max(2, depth + shift)));
  return {
    a: ({ href, children }) => (
      <InertLink address={href ?? ''} onAddress={onAddress}>
        {children}
      </InertLink>
    ),
    img: ({ src, alt }) => (
      <InertImage address={typeof src === 'string' ? src : ''} alt={alt ?? ''} onAddress={onAddress} />
    ),
    input: ({ checked }) => <span className={classes.task}>{checked ? '☑' : '☐'}</span>,
    pre: ({ children }) => (
      <pre className={classes.code} dir="auto">
        {children}
      </pre>
    ),
    table: ({ children, dir }) => (
      <ScrollRegion className={classes.tableScroll} dir={dir} aria-label="Table">
        <table className={classes.table}>{children}</table>
      </ScrollRegion>
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

type AddressProps = { address: string; onAddress: AddressHandler | undefined };

function InertLink({ address, onAddress, children }: AddressProps & { children: ReactNode }) {
  if (address === '' || address.startsWith('#')) return <span>{children}</span>;
  if (!onAddress)
    return (
      <span className={classes.link} title={address}>
        {children}
      </span>
    );
  return (
    <button type="button" className={classes.link} title={address} onClick={() => onAddress(address)}>
      {children}
    </button>
  );
}

function InertImage({ address, alt, onAddress }: AddressProps & { alt: string }) {
  return (
    <span className={classes.image}>
      <IconPhotoOff size={16} stroke={1.6} aria-hidden="true" />
      <span>Image not loaded{alt === '' ? '' : `: ${alt}`}</span>
      <InertLink address={address} onAddress={onAddress}>
        <span className={classes.address}>{address}</span>
      </InertLink>
    </span>
  );
}
