import { type RefObject, useEffect, useRef } from 'react';

const isControl = (target: EventTarget | null) =>
  target instanceof Element && target.closest('button, a, input, textarea, select, [role=tab]') !== null;

/** Enter acts from anywhere on the screen, except where the focus is on a control with an Enter of its own. */
export function useEnter(button: RefObject<HTMLElement | null>, act: () => void): void {
  const latest = useRef(act);
  useEffect(() => {
    latest.current = act;
  });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const { key, target, ctrlKey, metaKey, altKey, defaultPrevented } = event;
      if (key !== 'Enter' || ctrlKey || metaKey || altKey || defaultPrevented) return;
      if (document.querySelector('[role=dialog],[role=alertdialog]') !== null) return;
      if (isControl(target) && target !== button.current) return;
      event.preventDefault();
      latest.current();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [button]);
}
