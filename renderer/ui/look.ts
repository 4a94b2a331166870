export const textSizes = [90, 100, 110, 125, 140] as const;
export const densities = ['comfortable', 'compact'] as const;
export const themes = ['auto', 'light', 'dark'] as const;
export const contrasts = ['auto', 'more'] as const;
export const motions = ['auto', 'reduce'] as const;

/** How the workstation looks: variables and attributes of the root element, never properties of components. */
export type Look = {
  /** Per cent of the usual size of reading text. */
  textSize: (typeof textSizes)[number];
  density: (typeof densities)[number];
  theme: (typeof themes)[number];
  contrast: (typeof contrasts)[number];
  motion: (typeof motions)[number];
};

export const usualLook: Look = {
  textSize: 100,
  density: 'comfortable',
  theme: 'auto',
  contrast: 'auto',
  motion: 'auto',
};

export const lookOf = ({ textSize, density, theme, contrast, motion }: Look): Look => ({
  textSize,
  density,
  theme,
  contrast,
  motion,
});

const oneOf = <T>(values: readonly T[], value: unknown, otherwise: T): T =>
  values.find((one) => one === value) ?? otherwise;

/** Reads a stored look; each part that is unreadable becomes the other one's. */
export function parseLook(stored: string | null, otherwise: Look = usualLook): Look {
  const value = readObject(stored);
  return {
    textSize: oneOf(textSizes, value.textSize, otherwise.textSize),
    density: oneOf(densities, value.density, otherwise.density),
    theme: oneOf(themes, value.theme, otherwise.theme),
    contrast: oneOf(contrasts, value.contrast, otherwise.contrast),
    motion: oneOf(motions, value.motion, otherwise.motion),
  };
}

function readObject(stored: string | null): Partial<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(stored ?? '{}');
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

const place = 'second-opinion.look';
/** Where earlier versions kept the scheme. */
const formerPlace = 'mantine-color-scheme-value';

/** The look that was last on this laptop, and whose it was; readable before anyone signs in. */
export function readLook(): { look: Look; of: string | null } {
  try {
    const stored = localStorage.getItem(place);
    const former = oneOf(themes, localStorage.getItem(formerPlace), 'auto');
    const { of } = readObject(stored);
    return {
      look: parseLook(stored, { ...usualLook, theme: former }),
      of: typeof of === 'string' ? of : null,
    };
  } catch {
    return { look: usualLook, of: null };
  }
}

export function keepLook(look: Look, of: string | null): void {
  try {
    localStorage.setItem(place, JSON.stringify({ ...lookOf(look), of: of ?? readLook().of }));
  } catch {
    // Without storage the look holds until the page is loaded anew.
  }
}

const asks = (query: string) => typeof matchMedia === 'function' && matchMedia(query).matches;

/** Puts a look on the root element; tokens.css and global.css do the rest. */
export function showLook({ textSize, density, theme, contrast, motion }: Look): void {
  const root = document.documentElement;
  const dark = theme === 'dark' || (theme === 'auto' && asks('(prefers-color-scheme: dark)'));
  const more = contrast === 'more' || asks('(prefers-contrast: more)');
  root.style.setProperty('--text-scale', String(textSize / 100));
  root.dataset.mantineColorScheme = dark ? 'dark' : 'light';
  setOrDrop(root, 'density', density === 'compact' ? 'compact' : null);
  setOrDrop(root, 'contrast', more ? 'more' : null);
  setOrDrop(root, 'motion', motion === 'reduce' ? 'reduce' : null);
}

function setOrDrop(root: HTMLElement, name: string, value: string | null): void {
  if (value === null) delete root.dataset[name];
  else root.dataset[name] = value;
}
