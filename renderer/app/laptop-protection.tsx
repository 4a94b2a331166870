import { useEffect, useState } from 'react';
import { platform } from '../platform.ts';
import classes from './shell.module.css';

function useStrength() {
  const [strength, setStrength] = useState<'keyring' | 'password-only' | null>(null);
  useEffect(() => {
    let gone = false;
    platform()
      .keys.strength()
      .then(
        (found) => {
          if (!gone) setStrength(found);
        },
        () => undefined, // a host that cannot say is not called strong or weak
      );
    return () => {
      gone = true;
    };
  }, []);
  return strength;
}

/** What protects the work here, said as it is. */
export function LaptopProtection() {
  const strength = useStrength();
  if (strength === null) return null;
  return (
    <p className={classes.protection}>
      {strength === 'keyring'
        ? 'Your work on this laptop is protected by your password and by this computer’s keyring.'
        : 'On this laptop your password alone protects your work: whoever copies the disk has only to guess it.'}
    </p>
  );
}
