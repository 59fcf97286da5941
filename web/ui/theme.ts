import {
  type CSSVariablesResolver,
  createTheme,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
  type VariantColorsResolver,
} from '@mantine/core';

/** Colours that carry a meaning. Each is one token; its tints are tokens too, so no shade is ever computed. */
const meanings = ['accent', 'danger', 'held', 'ok'] as const;

const tuple = (token: string) =>
  Array<string>(10).fill(`var(--ml-${token})`) as unknown as MantineColorsTuple;

const variantColors: VariantColorsResolver = (input) => {
  const resolved = defaultVariantColorsResolver(input);
  if (input.variant === 'filled' && input.color === 'danger')
    return { ...resolved, color: 'var(--ml-on-danger)' };
  if (input.variant === 'filled') return { ...resolved, color: 'var(--ml-on-accent)' };
  if (input.variant === 'default') return { ...resolved, border: '1px solid var(--ml-edge)' };
  return resolved;
};

export const theme = createTheme({
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  fontFamilyMonospace: "'JetBrains Mono', ui-monospace, 'Cascadia Code', Menlo, Consolas, monospace",
  colors: {
    accent: tuple('accent'),
    danger: tuple('danger'),
    held: tuple('held'),
    ok: tuple('ok'),
    gray: neutral('#fafaf8 #f1f1ee #e8e8e4 #dcdcd7 #c9c9c3 #a3a39c #85857e #6a6a63 #54544e #1a1a18'),
    dark: neutral('#edede9 #b5b5ae #95958d #7e7e77 #4d4d49 #363633 #242422 #1a1a18 #161615 #121211'),
  },
  primaryColor: 'accent',
  defaultRadius: 'md',
  radius: { sm: '6px', md: '8px', lg: '12px' },
  spacing: { xs: '8px', sm: '12px', md: '16px', lg: '24px', xl: '32px' },
  fontSizes: { xs: '12px', sm: '14px', md: '16px', lg: '20px', xl: '24px' },
  lineHeights: { xs: '16px', sm: '20px', md: '24px', lg: '28px', xl: '32px' },
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '24px', lineHeight: '32px' },
      h2: { fontSize: '20px', lineHeight: '28px' },
      h3: { fontSize: '16px', lineHeight: '24px' },
      h4: { fontSize: '14px', lineHeight: '20px' },
    },
  },
  shadows: { xs: 'none', sm: 'none', md: 'var(--ml-shadow)', lg: 'var(--ml-shadow)', xl: 'var(--ml-shadow)' },
  respectReducedMotion: true,
  variantColorResolver: variantColors,
  // Plain objects, not `Menu.extend(…)`: the theme is on every page, and would bring each component along.
  components: {
    // A link in a sentence must not be told by its colour alone.
    Anchor: { defaultProps: { underline: 'always' } },
    Badge: { defaultProps: { variant: 'light', radius: 'xl', tt: 'none', fw: 500 } },
    Button: { defaultProps: { size: 'sm' } },
    Checkbox: { defaultProps: { size: 'md', iconColor: 'var(--ml-on-accent)' } },
    Radio: { defaultProps: { size: 'md', iconColor: 'var(--ml-on-accent)' } },
    Switch: { defaultProps: { size: 'md' } },
    Slider: { defaultProps: { thumbSize: 24 } },
    // Else an open menu breaks aria-required-children.
    Menu: { defaultProps: { withInitialFocusPlaceholder: false, shadow: 'md' } },
    Popover: { defaultProps: { shadow: 'md' } },
    Modal: { defaultProps: { centered: true, radius: 'lg' } },
    Tooltip: { defaultProps: { events: { hover: true, focus: true, touch: false }, color: 'dark' } },
    PasswordInput: { defaultProps: { autoCapitalize: 'off' } },
  },
});

/** Points each of Mantine's variables at a token; the tokens change with the colour scheme, these do not. */
export const cssVariables: CSSVariablesResolver = () => {
  const both: Record<string, string> = {
    '--mantine-color-white': 'var(--ml-surface)',
    '--mantine-color-text': 'var(--ml-text)',
    '--mantine-color-body': 'var(--ml-surface)',
    '--mantine-color-bright': 'var(--ml-text)',
    '--mantine-color-error': 'var(--ml-danger)',
    '--mantine-color-success': 'var(--ml-ok)',
    '--mantine-color-placeholder': 'var(--ml-text-3)',
    '--mantine-color-anchor': 'var(--ml-accent)',
    '--mantine-color-default': 'var(--ml-surface)',
    '--mantine-color-default-hover': 'var(--ml-sunken)',
    '--mantine-color-default-color': 'var(--ml-text)',
    '--mantine-color-default-border': 'var(--ml-edge)',
    '--mantine-color-dimmed': 'var(--ml-text-3)',
    '--mantine-color-disabled': 'var(--ml-sunken)',
    '--mantine-color-disabled-color': 'var(--ml-text-3)',
    '--mantine-color-disabled-border': 'var(--ml-line)',
    '--mantine-primary-color-contrast': 'var(--ml-on-accent)',
  };
  for (const name of meanings) {
    const hover = name === 'accent' || name === 'danger' ? `var(--ml-${name}-hover)` : `var(--ml-${name})`;
    const softHover =
      name === 'accent' || name === 'danger' ? `var(--ml-${name}-soft-hover)` : `var(--ml-${name}-soft)`;
    both[`--mantine-color-${name}-text`] = `var(--ml-${name})`;
    both[`--mantine-color-${name}-filled`] = `var(--ml-${name})`;
    both[`--mantine-color-${name}-filled-hover`] = hover;
    both[`--mantine-color-${name}-light`] = `var(--ml-${name}-soft)`;
    both[`--mantine-color-${name}-light-hover`] = softHover;
    both[`--mantine-color-${name}-light-color`] = `var(--ml-${name})`;
    both[`--mantine-color-${name}-outline`] = `var(--ml-${name})`;
    both[`--mantine-color-${name}-outline-hover`] = `var(--ml-${name}-soft)`;
  }
  for (const scheme of ['gray', 'dark']) {
    both[`--mantine-color-${scheme}-light`] = 'var(--ml-sunken)';
    both[`--mantine-color-${scheme}-light-hover`] = 'var(--ml-line)';
    both[`--mantine-color-${scheme}-light-color`] = 'var(--ml-text-2)';
    both[`--mantine-color-${scheme}-text`] = 'var(--ml-text-2)';
  }
  return {
    variables: {},
    light: both,
    dark: {
      ...both,
      '--mantine-color-gray-light': 'var(--ml-raised)',
      // In the dark, Mantine's "white" is what must stand out: the chosen segment's word, the thumb of a switch.
      '--mantine-color-white': 'var(--ml-text)',
    },
  };
};

function neutral(shades: string): MantineColorsTuple {
  return shades.split(' ') as unknown as MantineColorsTuple;
}
