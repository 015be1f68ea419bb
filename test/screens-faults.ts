/** What of a page can be seen to be wrong by measuring it. Runs in the page. */
import type { Page } from 'playwright-core'

/** Where ids and codes are what is shown: for who works with them. */
const technical =
  'code, pre, kbd, samp, script, style, [hidden], .row-id, .link-address, .mono, .timeline'

/** An X-ray names messages as the wire does. */
const drawn = '.xray, [class^="xray-"], .drawn'

export const lookOver = (page: Page, { codes }: { readonly codes: boolean }): Promise<string[]> =>
  page.evaluate(
    ({ technical, codes, drawn }) => {
      const found: string[] = []
      const { scrollWidth, clientWidth } = document.documentElement
      if (scrollWidth > clientWidth) found.push(`scrolls sideways: ${scrollWidth} > ${clientWidth}`)
      const said = (element: Element) => (element.textContent ?? '').trim().slice(0, 60)
      for (const element of document.body.querySelectorAll<HTMLElement>('*')) {
        const hasWords = [...element.childNodes].some(
          (node) => node.nodeType === Node.TEXT_NODE && (node.textContent ?? '').trim() !== '',
        )
        if (!hasWords || element.closest(technical) !== null || !element.checkVisibility()) continue
        const box = element.getBoundingClientRect()
        const isHidden = box.width < 2 || box.height < 2
        if (isHidden) continue
        const style = getComputedStyle(element)
        const cuts = (overflow: string) => overflow !== 'visible' && overflow !== 'auto'
        const { scrollWidth, clientWidth, scrollHeight, clientHeight } = element
        const isCut =
          (cuts(style.overflowX) && scrollWidth > clientWidth + 1) ||
          (cuts(style.overflowY) && scrollHeight > clientHeight + 1)
        if (isCut) found.push(`cut off: "${said(element)}"`)
        const svg = element.closest('svg')
        const right = svg?.getBoundingClientRect().right ?? Infinity
        if (svg !== null && element.localName === 'text' && box.right > right + 1)
          found.push(`out of its picture: "${said(element)}"`)
        if (!codes || element.closest(drawn) !== null) continue
        const own = [...element.childNodes]
          .filter((node) => node.nodeType === Node.TEXT_NODE)
          .map((node) => node.textContent)
          .join(' ')
        const [code] = /\b[a-z]+(?:_[a-z0-9]+)+\b/.exec(own) ?? []
        if (code !== undefined) found.push(`a code among words: ${code}`)
      }
      return [...new Set(found)]
    },
    { technical, codes, drawn },
  )
