import { it } from 'vitest';
import { expectNoTrace, spendCanaryDay } from '../support/canary-day.ts';
import { hosts } from '../support/hosts.ts';

it.each(hosts.filter(({ name }) => name === 'Electron'))(
  'a physician’s day in $name leaves no text of it on the disk, nor in the server’s log',
  async ({ open }) => {
    expectNoTrace(await spendCanaryDay(open));
  },
);
