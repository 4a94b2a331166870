/** `all` pairs, neighbours in the file (`adjacent`), or one model against each other one (`baseline:NAME`). */
export type PairsRule = 'all' | 'adjacent' | `baseline:${string}`;

/** The model a `baseline:` rule names, or null for another rule. */
export const baselineOf = (rule: string): string | null =>
  rule.startsWith('baseline:') ? rule.slice('baseline:'.length) : null;

/** Which responses of one record are compared, as indices with the earlier one first, whatever the rule. */
export function pairIndices(rule: string, models: readonly string[]): [one: number, two: number][] {
  const baseline = baselineOf(rule);
  const pairs: [number, number][] = [];
  for (let one = 0; one < models.length; one++)
    for (let two = one + 1; two < models.length; two++) {
      if (rule === 'adjacent' && two !== one + 1) continue;
      if (baseline !== null && (models[one] === baseline) === (models[two] === baseline)) continue;
      pairs.push([one, two]);
    }
  return pairs;
}
