/**
 * The look for Mantine. Colours are variables of theme.css, the same for light and dark; Mantine
 * writes no <style> of its own (KitProvider), because the page's policy would refuse it.
 */
import { createTheme, type VariantColorsResolver } from '@mantine/core'

const ink = {
  color: 'var(--ink)',
  background: 'var(--surface)',
  border: '1px solid var(--line-strong)',
}
const plain = { background: 'transparent', hover: 'var(--wash)', border: '1px solid transparent' }

const colours: VariantColorsResolver = ({ variant, color }) => {
  const hue = color === 'crimson' ? 'var(--crimson)' : 'var(--indigo)'
  if (variant === 'filled')
    return {
      background: hue,
      hover: `color-mix(in srgb, ${hue} 88%, var(--ink))`,
      color: 'var(--on-accent)',
      border: '1px solid transparent',
    }
  if (variant === 'default') return { ...ink, hover: 'var(--wash)', color: 'var(--ink)' }
  return { ...plain, color: hue }
}

export const theme = createTheme({
  variantColorResolver: colours,
  respectReducedMotion: true,
  defaultRadius: 10,
  cursorType: 'pointer',
  components: {
    // Named, so that its colours are ours: a button without a variant takes Mantine's own blue.
    Button: { defaultProps: { variant: 'filled' } },
    // What may be left out says so; no star for the rest.
    TextInput: { defaultProps: { withAsterisk: false } },
  },
})
