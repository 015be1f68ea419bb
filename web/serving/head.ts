/** What stands in the head of every page; the build puts it there. */
import type { HtmlTagDescriptor } from 'vite'

const meta = (attrs: Record<string, string>): HtmlTagDescriptor => ({
  tag: 'meta',
  attrs,
  injectTo: 'head-prepend',
})
/** The paper of each theme (web/kit/theme.css): what a browser paints around the page. */
const paper = { light: '#faf8f3', dark: '#14171b' } as const
const paperOf = (theme: keyof typeof paper) =>
  meta({ name: 'theme-color', content: paper[theme], media: `(prefers-color-scheme: ${theme})` })

export const commonHead = {
  name: 'common-head',
  transformIndexHtml: (): HtmlTagDescriptor[] => [
    meta({ charset: 'utf-8' }),
    meta({
      name: 'viewport',
      content: 'width=device-width, initial-scale=1, viewport-fit=cover',
    }),
    meta({ name: 'color-scheme', content: 'light dark' }),
    paperOf('light'),
    paperOf('dark'),
    {
      tag: 'link',
      attrs: { rel: 'icon', href: '/icon.svg', type: 'image/svg+xml' },
      injectTo: 'head-prepend',
    },
  ],
} as const
