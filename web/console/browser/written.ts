/** Times and numbers as people of this language write them; formatters are made once each. */
import { type Language, localeOf } from '@warifu/protocol/language'
import { useLanguage } from '@warifu/web/kit'
import { useMemo } from 'react'

type Written = {
  readonly time: (instant: string) => string
  readonly clock: (instant: string) => string
  readonly minute: (instant: string) => string
  readonly day: (instant: string) => string
  /** Of YYYY-MM. */
  readonly month: (month: string) => string
  readonly count: (value: number) => string
  readonly share: (value: number) => string
}

const kept = new Map<Language, Written>()

function writtenIn(language: Language): Written {
  const locale = localeOf[language]
  const moment = new Intl.DateTimeFormat(locale, {
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hour12: false,
  })
  const clock = new Intl.DateTimeFormat(locale, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    hour12: false,
  })
  const minute = new Intl.DateTimeFormat(locale, {
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
  })
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' })
  const month = new Intl.DateTimeFormat(locale, {
    ...{ year: 'numeric', month: 'short', timeZone: 'UTC' },
  })
  const count = new Intl.NumberFormat(locale)
  const share = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 })
  return {
    time: (instant) => moment.format(new Date(instant)),
    clock: (instant) => clock.format(new Date(instant)),
    minute: (instant) => minute.format(new Date(instant)),
    day: (instant) => day.format(new Date(instant)),
    month: (text) => month.format(new Date(`${text}-01`)),
    count: (value) => count.format(value),
    share: (value) => share.format(value),
  }
}

export function useWritten(): Written {
  const { language } = useLanguage()
  return useMemo(() => {
    const found = kept.get(language) ?? writtenIn(language)
    kept.set(language, found)
    return found
  }, [language])
}
