import {
  type CSSVariablesResolver,
  createTheme,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
  type VariantColorsResolver,
} from '@mantine/core';

const accent: MantineColorsTuple = [
  '#e1efed',
  '#c6e2df',
  '#a9cfcc',
  '#84bcb8',
  '#5bbdb7',
  '#2f918e',
  '#147b7a',
  '#0b6a6a',
  '#085656',
  '#064444',
];
const warn: MantineColorsTuple = [
  '#fbeee3',
  '#f5dcc7',
  '#eec6a5',
  '#e9b283',
  '#e9a06c',
  '#d07a3f',
  '#bb5c24',
  '#a84a15',
  '#8c3c10',
  '#70300c',
];

/** Mantine's greys are cold; these are the paper's. The fifth is the border of what can be filled in. */
const gray: MantineColorsTuple = [
  '#f7f6f2',
  '#f0eee8',
  '#e5e3dc',
  '#cfcdc5',
  '#85888a',
  '#757a7f',
  '#646c73',
  '#4f5860',
  '#33393e',
  '#1b1f23',
];

const dark: MantineColorsTuple = [
  '#e7e9ea',
  '#b0b8be',
  '#949da5',
  '#79838b',
  '#3b434a',
  '#2a3035',
  '#22272c',
  '#15181b',
  '#101315',
  '#0b0d0e',
];

/** Mantine chooses the text on a filled part for the light scheme only; ours follows the scheme. */
const variantColorResolver: VariantColorsResolver = (input) => {
  const colors = defaultVariantColorsResolver(input);
  const isPrimary = input.color === undefined || input.color === input.theme.primaryColor;
  return input.variant === 'filled' && isPrimary ? { ...colors, color: 'var(--on-accent)' } : colors;
};

// A fade mounts what it opens only frames later, and what is typed until then goes to the wrong place: "F, 1, Tab, a
// note" on a busy machine. So whatever a key opens is there when the handler of that key ends.
const atOnce = { transitionProps: { duration: 0 } };
// A dialog's head is no banner of the page, and its cross needs a name.
const dialog = {
  ...atOnce,
  closeButtonProps: { 'aria-label': 'Close' },
  attributes: { header: { role: 'presentation' } },
  overlayProps: { backgroundOpacity: 0.4 },
};
const dialogStyles = {
  content: { background: 'var(--panel)' },
  header: { background: 'var(--panel)' },
  title: { font: '600 var(--text-title)' },
};

/** Mantine's parts in our measures; colours follow tokens.css through `cssVariablesResolver`. */
export const theme = createTheme({
  fontFamily: 'var(--font-text)',
  fontFamilyMonospace: 'var(--font-mono)',
  primaryColor: 'accent',
  primaryShade: { light: 7, dark: 4 },
  autoContrast: true,
  luminanceThreshold: 0.3,
  colors: { accent, warn, dark, gray },
  defaultRadius: 'md',
  radius: { xs: '3px', sm: '4px', md: '7px', lg: '10px', xl: '16px' },
  spacing: { xs: '8px', sm: '12px', md: '16px', lg: '24px', xl: '32px' },
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '18px' },
  headings: { fontFamily: 'var(--font-text)', fontWeight: '600' },
  cursorType: 'pointer',
  variantColorResolver,
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: 'sm' } },
    Drawer: { defaultProps: dialog, styles: dialogStyles },
    Modal: { defaultProps: { ...dialog, centered: true }, styles: dialogStyles },
    Popover: { defaultProps: atOnce },
    Menu: { defaultProps: atOnce },
    InputWrapper: {
      styles: {
        label: { marginBottom: 'var(--space-1)' },
        description: { color: 'var(--ink-soft)', fontSize: '12.5px', lineHeight: '18px' },
        error: { fontSize: '13px', lineHeight: '18px' },
      },
    },
    Tooltip: { defaultProps: { openDelay: 500, withArrow: false } },
  },
});

const surface = {
  '--mantine-color-body': 'var(--paper)',
  '--mantine-color-text': 'var(--ink)',
  '--mantine-color-dimmed': 'var(--ink-soft)',
  '--mantine-color-placeholder': 'var(--ink-faint)',
  '--mantine-color-default': 'var(--panel)',
  '--mantine-color-default-hover': 'var(--hover)',
  '--mantine-color-default-color': 'var(--ink)',
  '--mantine-color-default-border': 'var(--line-strong)',
  '--mantine-color-error': 'var(--warn)',
  '--mantine-color-anchor': 'var(--accent)',
  '--mantine-primary-color-filled': 'var(--accent)',
  '--mantine-primary-color-filled-hover': 'var(--accent-strong)',
  '--mantine-primary-color-contrast': 'var(--on-accent)',
  '--mantine-primary-color-light': 'var(--accent-soft)',
  '--mantine-primary-color-light-color': 'var(--accent)',
};

export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {},
  light: surface,
  dark: surface,
});
