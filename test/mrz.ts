/** The machine readable zone of somebody's passport (ICAO 9303-4, TD3), check digits included. */
type Bearer = {
  readonly surname: string
  readonly given: string
  /** `YYYY-MM-DD`. */
  readonly birth: string
  readonly expiry: string
  readonly number?: string
}

/** ICAO 9303-3 §4.9: weights 7 3 1; A = 10 … Z = 35, `<` = 0; modulo 10. */
function check(text: string): string {
  const values = [...text].map((sign) => (sign === '<' ? 0 : Number.parseInt(sign, 36)))
  return String(values.reduce((sum, value, i) => sum + value * ([7, 3, 1][i % 3] ?? 0), 0) % 10)
}
const withCheck = (text: string) => `${text}${check(text)}`
const short = (date: string) => date.slice(2).replaceAll('-', '')

export function passportOf({
  surname,
  given,
  birth,
  expiry,
  number = 'TR1234567',
}: Bearer): string[] {
  const [of, born, until] = [withCheck(number), withCheck(short(birth)), withCheck(short(expiry))]
  const personal = withCheck(''.padEnd(14, '<'))
  const all = check(`${of}${born}${until}${personal}`)
  return [`P<JPN${surname}<<${given}`.padEnd(44, '<'), `${of}JPN${born}F${until}${personal}${all}`]
}
