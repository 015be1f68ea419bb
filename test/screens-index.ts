/** A page to leaf through the pictures: chosen by language, theme and width, without a script. */
import { languages } from '@warifu/protocol/language'
import type { Screen } from './screens.ts'
import { fileOf, schemes } from './screens-camera.ts'

const widthsOf = (screens: readonly Screen[]) =>
  [...new Set(screens.flatMap(({ widths }) => widths))].sort((a, b) => a - b)

/** English is seen first. */
const boxOf = ([kind, value]: readonly [string, string | number]) => {
  const checked = value === 'ja' || value === 'ko' ? '' : ' checked'
  return `<label><input type="checkbox" id="${kind}-${value}"${checked}>${value}</label>`
}

/** A picture is hidden while one of its boxes is empty. */
const hiding = (kind: string, value: string | number) =>
  `body:has(#${kind}-${value}:not(:checked)) [data-${kind}="${value}"] { display: none }`

function picturesOf({ name, path, widths }: Screen): string {
  const pictures = widths.flatMap((width) =>
    languages.flatMap((language) =>
      schemes.map((scheme) => {
        const file = fileOf(name, width, language, scheme)
        const data = `data-width="${width}" data-language="${language}" data-scheme="${scheme}"`
        return `<a href="${file}" ${data}><img loading="lazy" src="${file}" alt="${file}"></a>`
      }),
    ),
  )
  return `<section><h2>${name} <code>${path}</code></h2><div>${pictures.join('\n')}</div></section>`
}

export function indexOf(screens: readonly Screen[]): string {
  const choices = [
    ...languages.map((one) => ['language', one] as const),
    ...schemes.map((one) => ['scheme', one] as const),
    ...widthsOf(screens).map((one) => ['width', one] as const),
  ]
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Warifu: every page</title>
<style>
body { font: 15px system-ui; margin: 24px; background: #ddd }
form { position: sticky; top: 0; background: #ddd; padding: 8px; display: flex; gap: 16px }
section div { display: flex; flex-wrap: wrap; gap: 12px; align-items: start }
img { max-height: 420px; max-width: 460px; border: 1px solid #999 }
${choices.map(([kind, value]) => hiding(kind, value)).join('\n')}
</style>
<h1>Every page</h1>
<form>${choices.map(boxOf).join('')}</form>
${screens.map(picturesOf).join('\n')}
</html>
`
}
