import type { AssignmentId } from '../../../shared/schema/ids.ts';
import { useSession } from '../../data/session.ts';

/** From a case's layer down to one of its elements: the number of the child at each level. */
type Path = readonly number[];
type ReturnPlace = {
  id: AssignmentId;
  scrolls: readonly { path: Path; top: number }[];
  focus: { path: Path; selection: readonly [number, number] | null } | null;
};

/** Where the physician was when the work was locked: numbers only, nothing that was on screen. */
let kept: ReturnPlace | null = null;

function pathTo(layer: Element, element: Element): Path | null {
  const path: number[] = [];
  for (let at = element; at !== layer; ) {
    const parent = at.parentElement;
    if (!parent) return null;
    path.unshift([...parent.children].indexOf(at));
    at = parent;
  }
  return path;
}

const elementAt = (layer: Element, path: Path): Element | null =>
  path.reduce<Element | null>((at, child) => at?.children[child] ?? null, layer);

const isText = (element: Element | null): element is HTMLTextAreaElement =>
  element instanceof HTMLTextAreaElement;

/** Remembers the place on a case as its screen goes away, when that is because the work was locked. */
export function keepReturnPlace(id: AssignmentId, layer: HTMLElement | null): void {
  if (layer === null || useSession.getState().closed?.kind !== 'locked') return;
  const scrolls = [...layer.querySelectorAll('*')].flatMap((element) => {
    const path = element.scrollTop > 0 ? pathTo(layer, element) : null;
    return path === null ? [] : [{ path, top: element.scrollTop }];
  });
  const focused = document.activeElement;
  const path = focused && layer.contains(focused) ? pathTo(layer, focused) : null;
  const selection = isText(focused) ? ([focused.selectionStart, focused.selectionEnd] as const) : null;
  kept = { id, scrolls, focus: path === null ? null : { path, selection } };
}

const patienceMs = 2000;

/** Long answers are laid out over several frames: a place is tried until it holds, or the physician goes elsewhere. */
function scrollTo(layer: HTMLElement, scrolls: ReturnPlace['scrolls']): void {
  const ended = new AbortController();
  const options = { signal: ended.signal, capture: true, passive: true };
  for (const sign of ['wheel', 'pointerdown', 'keydown', 'touchstart'])
    window.addEventListener(sign, () => ended.abort(), options);
  const began = performance.now();
  const attempt = () => {
    if (ended.signal.aborted) return;
    const missed = scrolls.filter(({ path, top }) => {
      const element = elementAt(layer, path);
      if (element) element.scrollTop = top;
      return element === null || Math.abs(element.scrollTop - top) > 1;
    });
    if (missed.length === 0 || performance.now() - began > patienceMs) ended.abort();
    else requestAnimationFrame(attempt);
  };
  attempt();
}

/** Puts scrolling, focus and caret back where they were when the work was locked; false when it was not on this case. */
export function takeReturnPlace(id: AssignmentId, layer: HTMLElement | null): boolean {
  const place = kept;
  if (place === null || layer === null) return false;
  kept = null;
  if (place.id !== id) return false;
  scrollTo(layer, place.scrolls);
  const element = place.focus && elementAt(layer, place.focus.path);
  if (!(element instanceof HTMLElement)) return false;
  element.focus({ preventScroll: true });
  if (isText(element) && place.focus?.selection) element.setSelectionRange(...place.focus.selection);
  return true;
}
