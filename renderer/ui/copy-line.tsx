import { Button, CopyButton, TextInput } from '@mantine/core';
import classes from './copy-line.module.css';

/** A text to pass on, selectable, with a button that copies it and says so. */
export function CopyLine({ label, value }: { label: string; value: string }) {
  return (
    <div className={classes.line}>
      <TextInput
        className={classes.field}
        label={label}
        value={value}
        readOnly
        onFocus={(event) => event.target.select()}
      />
      <CopyButton value={value} timeout={2500}>
        {({ copied, copy }) => (
          <Button variant="default" onClick={copy} className={classes.button}>
            <span role="status">{copied ? 'Copied' : 'Copy'}</span>
          </Button>
        )}
      </CopyButton>
    </div>
  );
}
