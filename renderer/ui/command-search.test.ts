import { describe, expect, it } from 'vitest';
import type { PaletteCommand } from './command-center.ts';
import { matchText, paletteSections, searchCommands, withRecent } from './command-search.ts';

const command = (label: string, more: Partial<PaletteCommand> = {}): PaletteCommand => ({
  id: label,
  label,
  group: 'Go on',
  run: () => undefined,
  ...more,
});
const labels = (search: string, commands: PaletteCommand[], recent: string[] = []) =>
  searchCommands(commands, search, recent).map((found) => found.command.label);

describe('the search of the palette', () => {
  const cases = [
    '1  Hyperkalaemia after trimethoprim',
    '12  Chest pain',
    '2  Ébola, travel history',
    '112  Fall',
  ];
  it('finds a case by its number before others that only contain it', () => {
    expect(
      labels(
        '12',
        cases.map((label) => command(label)),
      ),
    ).toEqual(['12  Chest pain', '112  Fall']);
  });
  it('finds a title by its beginning, whatever the case and the accents', () => {
    const commands = cases.map((label) => command(label));
    expect(labels('HYPERKAL', commands)[0]).toBe('1  Hyperkalaemia after trimethoprim');
    expect(labels('ebola', commands)).toEqual(['2  Ébola, travel history']);
  });
  it('wants every word, in any order, and forgives gaps between letters', () => {
    const commands = [command('Skip, with a reason'), command('Settings: text size, density, keys')];
    expect(labels('size set', commands)).toEqual(['Settings: text size, density, keys']);
    expect(labels('stg', commands)).toEqual(['Settings: text size, density, keys']);
    expect(labels('size skip', commands)).toEqual([]);
  });
  it('puts the start of a word before its middle, recent before others, and what cannot run last', () => {
    const commands = [
      command('Rebate'),
      command('Batch'),
      command('Base'),
      command('Basic', { blocked: 'no' }),
    ];
    expect(labels('ba', commands, ['Base'])).toEqual(['Base', 'Batch', 'Basic', 'Rebate']);
  });
  it('tells which letters answered', () => {
    expect(matchText('text', 'Settings: text')?.at).toEqual([10, 11, 12, 13]);
  });
});

describe('the palette without a search', () => {
  const commands = [
    command('Undo'),
    command('Guidelines', { group: 'Read' }),
    command('12  Chest pain', { group: 'Cases', searchedOnly: true }),
  ];
  it('shows its groups, and leaves long lists to the search', () => {
    expect(paletteSections(commands, ' ', []).map(({ title }) => title)).toEqual(['Go on', 'Read']);
  });
  it('puts what was used last first, once', () => {
    const [first, ...rest] = paletteSections(commands, '', ['12  Chest pain', 'Guidelines', 'gone']);
    expect(first?.title).toBe('Recent');
    expect(first?.found.map((found) => found.command.label)).toEqual(['12  Chest pain', 'Guidelines']);
    expect(rest.map(({ title }) => title)).toEqual(['Go on']);
  });
  it('remembers a few, the newest first', () => {
    expect(withRecent(['a', 'b', 'c', 'd', 'e'], 'c')).toEqual(['c', 'a', 'b', 'd', 'e']);
    expect(withRecent(['a', 'b', 'c', 'd', 'e'], 'f')).toEqual(['f', 'a', 'b', 'c', 'd']);
  });
});
