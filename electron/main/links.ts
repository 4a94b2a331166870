import { AppError } from '../../shared/errors.ts';

const allowed = ['http:', 'https:', 'mailto:'];

export type LinkDoors = {
  /** Shows the address and asks; true to open it. */
  confirm: (address: string) => Promise<boolean>;
  open: (address: string) => Promise<void>;
};

/** Opens an address outside the app, only of a kind that cannot start a program, and only after a yes. */
export async function openLink(address: string, doors: LinkDoors): Promise<boolean> {
  const url = URL.parse(address);
  if (!url || !allowed.includes(url.protocol))
    throw new AppError('bad-request', { message: 'Only web and e-mail addresses can be opened.' });
  // The normalised form is what is shown and what is opened: no look-alike spelling between the two.
  if (!(await doors.confirm(url.href))) return false;
  await doors.open(url.href);
  return true;
}
