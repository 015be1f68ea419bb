/**
 * What this phone calls itself, so that its owner knows it among others: model or system, and
 * browser, as the browser tells them. It proves nothing.
 */
type Hints = { readonly getHighEntropyValues: (wanted: readonly string[]) => Promise<object> }
type Browser = { readonly userAgent: string; readonly userAgentData?: Hints }

// A browser also names those that it is like: the first of these that it names is what it is.
const browsers = [
  [/\bEdg(?:A|iOS)?\//, 'Edge'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:Chrome|HeadlessChrome|CriOS)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
] as const
const systems = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMacintosh\b/, 'Mac'],
  [/\bLinux\b/, 'Linux'],
] as const

type Names = readonly (readonly [RegExp, string])[]
const nameIn = (names: Names, text: string) => names.find(([sign]) => sign.test(text))?.[1]

export async function phoneName(browser: Browser): Promise<string | undefined> {
  const { userAgent } = browser
  const model = await modelOf(browser)
  const parts = [model ?? nameIn(systems, userAgent), nameIn(browsers, userAgent)]
  const name = parts.filter((part) => part !== undefined).join(' · ')
  return name === '' ? undefined : name.slice(0, 60)
}

async function modelOf({ userAgentData }: Browser): Promise<string | undefined> {
  const found = await userAgentData?.getHighEntropyValues(['model']).catch(() => undefined)
  const model = found !== undefined && 'model' in found ? found.model : undefined
  return typeof model === 'string' && /^[\w ().+-]{1,40}$/.test(model) ? model : undefined
}
