import { describe, expect, it } from 'vitest';
import { homeFor, isIn, isOnlyPhysician, mayOpen, safeReturn, sections, sectionsFor } from './sections.ts';

describe('sections by role', () => {
  it('sends each role to its own first screen', () => {
    expect(homeFor(['physician'])).toBe('/queue');
    expect(homeFor(['lead'])).toBe('/studies');
    expect(homeFor(['qa'])).toBe('/review');
    expect(homeFor(['admin'])).toBe('/studies');
    expect(homeFor(['qa', 'physician'])).toBe('/queue');
  });
  it('shows a person with several roles every section they may see, and no other', () => {
    expect(sectionsFor(['physician', 'qa']).map((section) => section.key)).toEqual([
      'queue',
      'sync',
      'review',
    ]);
    expect(mayOpen(['physician'], 'studies')).toBe(false);
    expect(mayOpen(['lead'], 'review')).toBe(false);
    expect(mayOpen(['lead'], 'people')).toBe(true);
    expect(mayOpen(['qa'], 'people')).toBe(false);
  });
  it('knows who only annotates', () => {
    expect(isOnlyPhysician(['physician'])).toBe(true);
    expect(isOnlyPhysician(['physician', 'lead'])).toBe(false);
    expect(isOnlyPhysician([])).toBe(false);
  });
});

describe('the section one stands in', () => {
  it.each([
    ['/studies', 'studies'],
    ['/studies/1/import', 'studies'],
    ['/batches/1', 'studies'],
    ['/review/1/2', 'review'],
    ['/reviewers', undefined],
  ])('at %s is %s', (path, key) => {
    expect(sections.find((section) => isIn(section, path))?.key).toBe(key);
  });
});

describe('where to return after sign-in', () => {
  it.each(['/queue', '/studies/1/import?x=1', '/sync#top'])('goes back to %s', (path) => {
    expect(safeReturn(path)).toBe(path);
  });
  it.each([
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    '/sign-in?from=/x',
    '/link#token=1',
    '',
    undefined,
    3,
  ])('never follows %j', (path) => {
    expect(safeReturn(path)).toBeNull();
  });
});
