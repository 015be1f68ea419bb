/** A currency as it is typed: three letters (ISO 4217), in the API's small ones. */
export function currencyIn(text = ''): string | undefined {
  const code = text.trim().toLowerCase()
  return /^[a-z]{3}$/.test(code) ? code : undefined
}
