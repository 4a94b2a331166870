import type { CDPSession, Page } from 'playwright-core';

/** One thing a screen reader can come to, in reading order; `texts`: all words below it. */
export type Heard = {
  role: string;
  name: string;
  description: string;
  /** The value as it is spoken, such as `4 of 5, good`. */
  value: string;
  /** Checked, pressed, expanded, disabled, level and the like. */
  states: Record<string, unknown>;
  texts: string;
  node: number;
};

export type ScreenReader = {
  tree: () => Promise<Heard[]>;
  /** The one thing of this role and name; it fails with what there is where there is none, or more than one. */
  find: (role: string, name: string | RegExp) => Promise<Heard>;
  /** Moves the keyboard there. */
  focus: (role: string, name: string | RegExp) => Promise<void>;
  /** Does there what the screen reader's key for it does. */
  press: (role: string, name: string | RegExp) => Promise<void>;
  /** What the keyboard is at. */
  focused: () => Promise<Heard | null>;
  /** What live regions have said since it was asked last. */
  said: () => Promise<string[]>;
};

type AxValue = { value?: unknown };
type AxNode = {
  nodeId: string;
  ignored: boolean;
  role?: AxValue;
  name?: AxValue;
  description?: AxValue;
  value?: AxValue;
  properties?: { name: string; value: AxValue }[];
  childIds?: string[];
  backendDOMNodeId?: number;
};

/** Hears live regions as they are heard: only what changes in a region that was there before; alerts also at birth. */
function listen(): void {
  const told: string[] = [];
  const known = new WeakMap<Element, string>();
  const selector = '[role=status], [role=alert], [aria-live=polite], [aria-live=assertive]';
  const wordsOf = (region: Element) => (region.textContent ?? '').replace(/\s+/g, ' ').trim();
  const isHidden = (region: Element) => region.closest('[aria-hidden=true], [hidden], button') !== null;
  const meet = (root: Element) => {
    for (const region of [root, ...root.querySelectorAll(selector)]) {
      if (!region.matches(selector) || known.has(region)) continue;
      const words = wordsOf(region);
      known.set(region, words);
      if (region.matches('[role=alert]') && words !== '') told.push(words);
    }
  };
  new MutationObserver((records) => {
    const changed = new Set<Element>();
    for (const { target, addedNodes } of records) {
      const element = target instanceof Element ? target : target.parentElement;
      const region = element?.closest(selector);
      if (region && known.has(region)) changed.add(region);
      for (const node of addedNodes) if (node instanceof Element) meet(node);
    }
    for (const region of changed) {
      const words = wordsOf(region);
      if (!region.isConnected || isHidden(region) || words === known.get(region)) continue;
      known.set(region, words);
      if (words !== '') told.push(words);
    }
  }).observe(document, { subtree: true, childList: true, characterData: true });
  Object.assign(window, { takeTold: () => told.splice(0) });
}

const text = (value: AxValue | undefined) => (value?.value === undefined ? '' : String(value.value));

/** Reads Chromium's own accessibility tree. Call before the page is opened. */
export async function startScreenReader(page: Page): Promise<ScreenReader> {
  await page.addInitScript(listen);
  const cdp = await page.context().newCDPSession(page);
  const tree = async (): Promise<Heard[]> => {
    const { nodes } = (await cdp.send('Accessibility.getFullAXTree')) as { nodes: AxNode[] };
    return inOrder(nodes, await valueTexts(cdp));
  };
  const find = async (role: string, name: string | RegExp) => {
    const all = (await tree()).filter((one) => one.role === role);
    const fits = all.filter((one) => (typeof name === 'string' ? one.name === name : name.test(one.name)));
    const [only] = fits;
    if (only && fits.length === 1) return only;
    const names = all.map((one) => `"${one.name}"`).join(', ');
    throw new Error(`${fits.length} of role ${role} are called ${name}; there are: ${names}`);
  };
  const on = async (node: number, does: string) => {
    const { object } = await cdp.send('DOM.resolveNode', { backendNodeId: node });
    if (!object.objectId) throw new Error('the node is gone');
    await cdp.send('Runtime.callFunctionOn', { objectId: object.objectId, functionDeclaration: does });
  };
  return {
    tree,
    find,
    focus: async (role, name) => on((await find(role, name)).node, 'function () { this.focus(); }'),
    press: async (role, name) =>
      on((await find(role, name)).node, 'function () { this.focus(); this.click(); }'),
    focused: async () => {
      const all = await tree();
      return (
        all.filter(({ states, role }) => states.focused === true && role !== 'RootWebArea').at(-1) ?? null
      );
    },
    said: () => page.evaluate(() => (window as unknown as { takeTold: () => string[] }).takeTold()),
  };
}

/** The protocol gives a slider's number, not the words for it that it also holds. */
async function valueTexts(cdp: CDPSession): Promise<Map<number, string>> {
  const { root } = await cdp.send('DOM.getDocument', { depth: -1 });
  const texts = new Map<number, string>();
  const read = (node: typeof root) => {
    const { attributes = [] } = node;
    const at = attributes.indexOf('aria-valuetext');
    if (at >= 0) texts.set(node.backendNodeId, attributes[at + 1] ?? '');
    for (const child of node.children ?? []) read(child);
  };
  read(root);
  return texts;
}

function inOrder(nodes: readonly AxNode[], valueTextOf: ReadonlyMap<number, string>): Heard[] {
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  const heard: Heard[] = [];
  const read = (node: AxNode | undefined): string => {
    if (!node) return '';
    const role = text(node.role);
    if (role === 'StaticText' && !node.ignored) return text(node.name);
    const id = node.backendDOMNodeId ?? 0;
    const one: Heard = {
      role,
      name: text(node.name),
      description: text(node.description),
      value: valueTextOf.get(id) ?? text(node.value),
      states: Object.fromEntries((node.properties ?? []).map(({ name, value }) => [name, value.value])),
      texts: '',
      node: id,
    };
    if (!node.ignored) heard.push(one);
    one.texts = (node.childIds ?? [])
      .map((child) => read(byId.get(child)))
      .filter((words) => words !== '')
      .join(' ')
      .replace(/\s+/g, ' ');
    return one.texts;
  };
  read(nodes[0]);
  return heard;
}
