import { describe, expect, it } from 'vitest';
import type { RescuedChange } from '../../shared/rescue/rescued-work.ts';
import { planRescue, rescueClientId } from './decide-rescue.ts';

const client = { clientId: 'c', generation: 1 };
const change = (generation: number, seq: number, more: Partial<RescuedChange> = {}): RescuedChange => ({
  generation,
  seq,
  mutation: { seq },
  receipted: false,
  moved: false,
  ...more,
});
const planned = (changes: RescuedChange[], lastSeq: number, of: typeof client | null = client) => {
  const { own, anew } = planRescue({ client: of, changes }, lastSeq);
  const names = (list: RescuedChange[]) => list.map(({ generation, seq }) => `${generation}.${seq}`);
  return { own: names(own), anew: names(anew) };
};

describe('where rescued changes go', () => {
  it('[S27] under the laptop’s own numbers as far as they go on without a gap', () => {
    const all = [1, 2, 3].map((seq) => change(1, seq));
    expect(planned(all, 0)).toEqual({ own: ['1.1', '1.2', '1.3'], anew: [] });
    expect(planned(all, 2)).toEqual({ own: ['1.1', '1.2', '1.3'], anew: [] });
    expect(planned([change(1, 1), change(1, 3), change(1, 4)], 0)).toEqual({
      own: ['1.1'],
      anew: ['1.3', '1.4'],
    });
    expect(planned([change(1, 3)], 2)).toEqual({ own: ['1.3'], anew: [] });
  });

  it('[S27] anew where they were numbered before, once, or where the client id was lost', () => {
    const earlier = [change(0, 1), change(0, 2, { moved: true }), change(1, 1)];
    expect(planned(earlier, 0)).toEqual({ own: ['1.1'], anew: ['0.1'] });
    expect(planned([change(1, 1), change(1, 2)], 0, null)).toEqual({ own: [], anew: ['1.1', '1.2'] });
  });

  it('[S27] always under the same client id of a person, and another one for everybody else', () => {
    const one = rescueClientId('00000003-0000-4000-8000-000000000001');
    expect(one).toBe(rescueClientId('00000003-0000-4000-8000-000000000001'));
    expect(one).not.toBe(rescueClientId('00000003-0000-4000-8000-000000000002'));
    expect(one).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});
