import classes from './gate-frame.module.css';

export const leastPassword = 12;

/** How long a new password is, against how long it must be: length is all that counts here. */
export function PasswordLength({ password }: { password: string }) {
  const { length } = [...password];
  const enough = length >= leastPassword;
  return (
    <span>
      <span role="status">
        {enough ? `${length} characters: long enough` : `${length} of at least ${leastPassword} characters`}
      </span>
      <span
        className={classes.bar}
        data-enough={enough || undefined}
        style={{ display: 'block' }}
        aria-hidden="true"
      >
        <i style={{ width: `${Math.min(100, (100 * length) / leastPassword)}%` }} />
      </span>
    </span>
  );
}
