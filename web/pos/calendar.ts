/** The shop's days, by the calendar of the place where its back end runs (TZ). */
export type Span = { readonly fromMs: number; readonly toMs: number }

/** `YYYY-MM-DD` of this moment. */
export function dayOf(ms: number): string {
  const date = new Date(ms)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

/** From midnight to midnight; a day with a change of clocks has 23 or 25 hours. */
export function spanOf(day: string): Span | undefined {
  const [year, month, date] = day.split('-').map(Number)
  if (year === undefined || month === undefined || date === undefined) return undefined
  const midnight = (plus: number) => new Date(year, month - 1, date + plus).getTime()
  const span = { fromMs: midnight(0), toMs: midnight(1) }
  return dayOf(span.fromMs) === day ? span : undefined
}
