import { fireEvent, renderHook } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { AnnotateSession } from './annotate-session.ts';
import { useEarlyWake } from './use-early-wake.ts';

const session = {
  store: { getState: () => ({ beside: [{ id: 'next' }, { id: 'before' }] }) },
} as unknown as AnnotateSession;

beforeEach(() => {
  vi.useFakeTimers();
  document.body.innerHTML = `<div id="screen">
    <div data-layer="before" data-asleep></div>
    <div data-layer="now" data-active><button data-submit>Submit</button><input></div>
    <div data-layer="next" data-asleep></div></div>`;
  const current = document.querySelector<HTMLElement>('#screen');
  renderHook(() => useEarlyWake(session, { current }));
});
afterEach(() => vi.useRealTimers());

const awake = () =>
  [...document.querySelectorAll<HTMLElement>('[data-waking]')].map(({ dataset }) => dataset.layer);

it('wakes the next case, and only it, when the modifier of a submission goes down', () => {
  fireEvent.keyDown(document.body, { key: 'Control' });
  expect(awake()).toEqual(['next']);
  fireEvent.keyDown(document.body, { key: 'Enter', ctrlKey: true });
  expect(awake()).toEqual(['next']);
});

it('wakes it when the pointer comes to the button', () => {
  fireEvent.pointerOver(document.querySelector('input') as Element);
  expect(awake()).toEqual([]);
  fireEvent.pointerOver(document.querySelector('[data-submit]') as Element);
  expect(awake()).toEqual(['next']);
});

it('has it asleep again before Tab or any other key acts, and after a while in any case', () => {
  let seen: unknown = null;
  document.body.addEventListener('keydown', ({ key }) => {
    if (key === 'Tab') seen = awake();
  });
  fireEvent.keyDown(document.body, { key: 'Control' });
  fireEvent.keyDown(document.body, { key: 'Tab' });
  expect(seen).toEqual([]);
  fireEvent.keyDown(document.body, { key: 'Meta' });
  vi.advanceTimersByTime(2000);
  expect(awake()).toEqual([]);
});
