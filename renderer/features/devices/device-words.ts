import type { Device } from '../../../shared/contract/devices.ts';
import { counted } from '../../ui/work-words.ts';

/** How a laptop stands, in a few words, and whether somebody has to look at it. */
export function deviceState(device: Device): { text: string; tone: 'quiet' | 'warn' } {
  const { order, removedAt } = device;
  if (removedAt !== null)
    return { text: order?.outcome === 'wiped' ? 'wiped' : 'removed by its owner', tone: 'quiet' };
  if (order === null) return { text: 'open', tone: 'quiet' };
  if (order.outcome === 'unsent')
    return {
      text:
        order.unsent > 0
          ? `locked; ${counted(order.unsent, 'change')} could not be sent`
          : 'locked; not everything is at the server',
      tone: 'warn',
    };
  if (order.outcome === 'locked') return { text: 'locked', tone: 'quiet' };
  return { text: `${order.kind === 'lock' ? 'locks' : 'is wiped'} at its next contact`, tone: 'warn' };
}

/** What waits on it, as last known. */
export function waitingWords({ waiting, removedAt }: Device): string {
  if (removedAt !== null) return '–';
  if (waiting === null) return 'not known';
  return waiting === 0 ? 'nothing' : counted(waiting, 'change');
}
