/** The languages that people are spoken to in, and which of them a request asks for. */
export const languages = ['en', 'ja', 'ko'] as const
export type Language = (typeof languages)[number]

/** For `Intl`: how money and dates are written. */
export const localeOf: Readonly<Record<Language, string>> = { en: 'en', ja: 'ja-JP', ko: 'ko-KR' }

export const isLanguage = (text: string): text is Language =>
  languages.some((language) => language === text)

/** The best of `Accept-Language` (RFC 9110 §12.5.4) that we speak. */
export function acceptedLanguage(header: string | undefined): Language {
  if (header === undefined) return 'en'
  const weighed = header.split(',').map((part) => {
    const [tag = '', quality] = part.trim().split(/\s*;\s*q=/)
    return { language: tag.slice(0, 2).toLowerCase(), weight: Number(quality ?? 1) || 0 }
  })
  const best = weighed.toSorted((a, b) => b.weight - a.weight)
  return best.map(({ language }) => language).find(isLanguage) ?? 'en'
}
