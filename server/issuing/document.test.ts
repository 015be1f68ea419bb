// Goal: a machine readable zone goes on to a person only where every check digit holds and it says
// what the applicant said. Method: the three forms with the digits of ICAO 9303 computed here from
// its weights (7, 3, 1); then every single character of each is changed, one after the other.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { maskNumber, readDocument } from './document.ts'

const nowMs = Date.UTC(2027, 0, 5)

/** ICAO 9303-3 §4.9: weights 7 3 1, digits as they are, A = 10 … Z = 35, `<` = 0; modulo 10. */
function check(text: string): string {
  const values = [...text].map((sign) => (sign === '<' ? 0 : Number.parseInt(sign, 36)))
  return String(values.reduce((sum, value, i) => sum + value * ([7, 3, 1][i % 3] ?? 0), 0) % 10)
}
const pad = (text: string, length: number) => text.padEnd(length, '<')
const [number, birth, expiry] = ['L898902C3', '740812', '320415']
const digits = { number: check(number), birth: check(birth), expiry: check(expiry) }

const td3 = () => {
  const personal = pad('ZE184226B', 14)
  const own = check(personal)
  const dates = `${birth}${digits.birth}${expiry}${digits.expiry}`
  const all = `${number}${digits.number}${dates}${personal}${own}`
  const second = `${number}${digits.number}JPN${birth}${digits.birth}F${expiry}${digits.expiry}`
  return [pad('P<JPNERIKSSON<<ANNA<MARIA', 44), `${second}${personal}${own}${check(all)}`]
}
const td2 = () => {
  const optional = pad('', 7)
  const all = `${number}${digits.number}${birth}${digits.birth}${expiry}${digits.expiry}${optional}`
  const second = `${number}${digits.number}JPN${birth}${digits.birth}F${expiry}${digits.expiry}`
  return [pad('I<JPNERIKSSON<<ANNA<MARIA', 36), `${second}${optional}${check(all)}`]
}
const td1 = () => {
  const first = pad(`I<JPN${number}${digits.number}`, 30)
  const middle = `${birth}${digits.birth}F${expiry}${digits.expiry}JPN${pad('', 11)}`
  const all = `${first.slice(5)}${middle.slice(0, 7)}${middle.slice(8, 15)}${middle.slice(18, 29)}`
  return [first, `${middle}${check(all)}`, pad('ERIKSSON<<ANNA<MARIA', 30)]
}
const asked = { birthDate: '1974-08-12', nowMs }

test('the check digits of this test are those of the standard', () => {
  assert.deepEqual(
    [digits.number, digits.birth, check('120415'), check(pad('ZE184226B', 14))],
    ['6', '2', '9', '1'],
  )
})

for (const [format, lines] of [
  ['TD3', td3()],
  ['TD2', td2()],
  ['TD1', td1()],
] as const) {
  test(`${format}: what it says`, () => {
    const read = readDocument(lines, asked)
    assert(read.ok, JSON.stringify(read))
    assert.deepEqual(read.facts, {
      format,
      kind: format === 'TD3' ? 'P' : 'I',
      issuer: 'JPN',
      number,
      surname: 'ERIKSSON',
      givenNames: 'ANNA MARIA',
      birthDate: '1974-08-12',
      expiryDate: '2032-04-15',
    })
    const typed = readDocument(
      lines.map((line) => ` ${line.toLowerCase()} `),
      asked,
    )
    assert(typed.ok, 'as people type it')
  })

  test(`${format}: any digit or letter of number and dates changed is noticed`, () => {
    // Lines and places of the fields that a check digit covers, check digits included.
    const covered =
      format === 'TD1'
        ? [
            [0, 5, 15],
            [1, 0, 7],
            [1, 8, 15],
          ]
        : [
            [1, 0, 10],
            [1, 13, 20],
            [1, 21, 28],
          ]
    let noticed = 0
    for (const [line = 0, from = 0, to = 0] of covered)
      for (let at = from; at < to; at += 1) {
        const old = lines[line]?.charAt(at) ?? ''
        // One more, so that no weight makes it vanish.
        const next = String.fromCharCode(old.charCodeAt(0) + 1)
        const other = old === '9' ? '0' : next
        const changed = lines.map((text, i) =>
          i === line ? `${text.slice(0, at)}${other}${text.slice(at + 1)}` : text,
        )
        const read = readDocument(changed, asked)
        assert(!read.ok, `${format} line ${line} place ${at}: ${old} → ${other}`)
        noticed += 1
      }
    assert(noticed >= 20)
  })
}

test('expired, of another day of birth, or no zone at all', () => {
  const late = { ...asked, nowMs: Date.UTC(2032, 3, 16) }
  assert.deepEqual(readDocument(td3(), late), {
    ok: false,
    fault: 'document_expired',
    field: 'expirationDate',
  })
  assert(readDocument(td3(), { ...asked, nowMs: Date.UTC(2032, 3, 15, 12) }).ok)
  const other = readDocument(td3(), { ...asked, birthDate: '1974-08-13' })
  assert.equal(!other.ok && other.fault, 'document_birth_date')
  for (const lines of [
    [],
    ['P<JPN'],
    ['x'.repeat(44), 'y'.repeat(44)],
    ['<'.repeat(44), '<'.repeat(44)],
  ]) {
    const read = readDocument(lines, asked)
    assert(!read.ok && /unreadable|check_digit/.test(read.fault), JSON.stringify(read))
  }
})

test('a number is shown by its end', () => {
  assert.equal(maskNumber('L898902C3'), '•••••••C3')
})
