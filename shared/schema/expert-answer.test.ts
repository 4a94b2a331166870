import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AnnotationBody, emptyAnnotation, preferenceSteps } from './annotation.ts';
import {
  compareWithExperts,
  expertAnswerSchema,
  studySettingsSchema,
  turnedExpertAnswer,
} from './expert-answer.ts';

const answer = (over: object) =>
  expertAnswerSchema.parse({ preference: -2, why: 'B misses the potassium.', ...over });
const said = (over: Partial<AnnotationBody>): AnnotationBody => ({ ...emptyAnnotation(), ...over });
const oneStep = () => 1;

describe('a known answer', () => {
  it('names the reason and leaves out what experts did not say', () => {
    expect(answer({})).toMatchObject({
      bothUnacceptable: false,
      a: { ratings: {}, refusal: null, flags: [] },
    });
    expect(expertAnswerSchema.safeParse({ preference: 0, why: '' }).success).toBe(false);
  });

  it('turns sides and preference for a reader who sees them the other way round, and back again', () => {
    const known = answer({ a: { ratings: { safety: 5 } }, b: { refusal: 'unhelpful-refusal' } });
    const turned = turnedExpertAnswer(known);
    expect(turned).toMatchObject({
      preference: 2,
      a: { refusal: 'unhelpful-refusal' },
      b: { ratings: { safety: 5 } },
    });
    expect(turnedExpertAnswer(turned)).toEqual(known);
    expect(turnedExpertAnswer(answer({ preference: 0 })).preference).toBe(0);
    expect(turnedExpertAnswer(answer({ preference: null })).preference).toBeNull();
  });

  it('agrees with the same side whatever its strength, and calls a neighbour near', () => {
    const compare = (preference: AnnotationBody['preference'], known: object = {}) =>
      compareWithExperts(answer(known), said({ preference }), oneStep);
    expect(compare(-1)).toMatchObject({ preference: true, nearPreference: true });
    expect(compare(0, { preference: -1 })).toMatchObject({ preference: false, nearPreference: true });
    expect(compare(1)).toMatchObject({ preference: false, nearPreference: false });
    expect(compare(null)).toMatchObject({ preference: null, nearPreference: null });
    expect(compare(2, { preference: null })).toMatchObject({ preference: null, nearPreference: null });
  });

  it('asks for "both unacceptable" where experts said so, and counts it against one where they did not', () => {
    const neither = said({ preference: -2, bothUnacceptable: true });
    expect(compareWithExperts(answer({ bothUnacceptable: true }), neither, oneStep).preference).toBe(true);
    expect(
      compareWithExperts(answer({ bothUnacceptable: true }), said({ preference: -2 }), oneStep),
    ).toMatchObject({
      preference: false,
      nearPreference: false,
    });
    expect(compareWithExperts(answer({}), neither, oneStep)).toMatchObject({
      preference: false,
      nearPreference: false,
    });
  });

  it('compares only what both rated, within a step of the scale', () => {
    const known = answer({ a: { ratings: { safety: 5, accuracy: 3 } }, b: { ratings: { overall: 70 } } });
    const body = said({ ratings: { a: { safety: 4 }, b: { overall: 55, safety: 1 } } });
    expect(compareWithExperts(known, body, (key) => (key === 'overall' ? 10 : 1)).ratings).toEqual({
      near: 1,
      compared: 2,
    });
  });

  it('counts known flags found on the same response with the same kind', () => {
    const flag = { kind: 'wrong-dose', severity: 'severe' } as const;
    const known = answer({ a: { flags: [flag] }, b: { flags: [{ ...flag, kind: 'missed-red-flag' }] } });
    const mine = { id: '1', side: 'a', note: '', start: 0, end: 1, quote: 'x', ...flag } as const;
    expect(compareWithExperts(known, said({ safetyFlags: [mine] }), oneStep).flags).toEqual({
      found: 1,
      known: 2,
    });
    const wrongSide = { ...mine, side: 'b' } as const;
    expect(compareWithExperts(known, said({ safetyFlags: [wrongSide] }), oneStep).flags.found).toBe(0);
  });

  it('says the same of a physician who saw the responses the other way round', () => {
    const preference = fc.constantFrom(...preferenceSteps);
    fc.assert(
      fc.property(preference, preference, fc.boolean(), fc.boolean(), (known, mine, bothKnown, bothMine) => {
        const expert = answer({ preference: known, bothUnacceptable: bothKnown });
        const here = compareWithExperts(
          expert,
          said({ preference: mine, bothUnacceptable: bothMine }),
          oneStep,
        );
        const turned = preferenceSteps.find((step) => step === -mine) ?? 0;
        const there = said({ preference: turned, bothUnacceptable: bothMine });
        expect(compareWithExperts(turnedExpertAnswer(expert), there, oneStep)).toEqual(here);
      }),
      { verbose: true },
    );
  });
});

describe('study settings', () => {
  it('ask for nothing unless told', () => {
    expect(studySettingsSchema.parse({})).toEqual({
      qualification: { required: false, passShare: 0.8 },
      calibrationEvery: null,
    });
  });
});
