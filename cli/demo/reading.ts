/**
 * What each party could read, of what it really held in this run: the card's number is taken from
 * the vault with its master key, and looked for, in every form, in what the others have.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findNumbers, scanFolder } from '@warifu/cli/scan'
import { luhnDigit } from '@warifu/crypto/luhn'
import type { Checks } from './checks.ts'
import type { Holder } from './journey.ts'
import { openNumbers } from './vault-numbers.ts'
import type { Reader, World } from './world.ts'

type Reading = {
  readonly world: World
  readonly checks: Checks
  readonly holder: Holder
  /** True of the one scheme in which the phone holds the card itself. */
  readonly phoneReads?: boolean
}

export async function checkReading(reading: Reading): Promise<Reader[]> {
  const { world, checks, holder, phoneReads = false } = reading
  const { sandbox } = world
  const [number = ''] = await openNumbers(sandbox, [holder.card])
  checks.that('the vault with its master key reads the number', /^[0-9]{16}$/.test(number))
  if (number === '') return []
  const holds = (text: string) => findNumbers(Buffer.from(text), [number]).length > 0
  checks.that('the search finds what is there', holds(`planted: ${number}.`))
  const readers: Reader[] = []
  const look = (who: string, held: string, has: boolean) => {
    checks.that(`the number is not in what ${who} held`, !has)
    readers.push({ who, held, number: has })
  }
  const said = await textsOf(world, holder)
  const last4 = number.slice(-4)
  checks.that('phone and shop know the last four digits', said.phone.includes(last4))
  checks.that('the shop knows no more of it', said.merchant.includes(last4))
  if (phoneReads) {
    checks.that('the phone reads the number, and says so', holds(said.phone))
    readers.push({ who: 'the phone', held: 'the card, under its own key', number: true })
  } else {
    const blob = `a sealed blob of ${said.blob.length} characters, •••• ${last4}`
    look('the phone', blob, holds(said.phone))
  }
  look('the shop', `a reference of its own, •••• ${last4}`, holds(said.merchant))
  look('the wire', 'sealed card, ciphertext, signatures', holds(said.wire))
  look('the server’s answers', `ciphertext, references, •••• ${last4}`, holds(said.answers))
  const { phone, blob, ...travelled } = said
  const held = phoneReads ? travelled : said
  const numbers = luhnNumbers(Object.values(held).join('\n'))
  checks.that('no other card number travelled', numbers.length === 0, String(numbers.length))
  for (const { who, held, folder } of await placesOf(world))
    look(who, held, (await scanFolder(folder, [number])).length > 0)
  await checkFileSearch(world, checks)
  readers.push({ who: 'the vault with its master key', held: 'everything', number: true })
  return readers
}

/** All that was said, by whom, and all that the phone has, its own local layer taken off. */
async function textsOf({ traffic }: World, { terminal, card }: Holder) {
  const blob = await terminal.blobOf(card)
  const inner = Buffer.from(blob, 'base64url').toString('latin1')
  const merchant = traffic.exchanges.filter(({ party }) => party === 'merchant')
  return {
    blob,
    phone: JSON.stringify([await terminal.state(), blob, inner]),
    merchant: merchant.map(({ asked, answered }) => `${asked}\n${answered}`).join('\n'),
    wire: traffic.exchanges.map(({ asked }) => asked).join('\n'),
    answers: traffic.exchanges.map(({ answered }) => answered).join('\n'),
  }
}

/** Files on the disk of this run; a database that is not ours to read is left out. */
async function placesOf({ sandbox }: World) {
  const places = [
    { who: 'the logs', held: 'ids and codes', folder: sandbox.logs },
    {
      who: 'the server’s database (files and WAL)',
      held: 'ciphertext, last four digits, references',
      folder: sandbox.serverDatabase.dataFolder,
    },
    {
      who: 'the vault’s database without the master key',
      held: 'noise, last four digits',
      folder: sandbox.vaultDatabase.dataFolder,
    },
  ]
  return places.flatMap(({ folder, ...rest }) =>
    folder === undefined ? [] : [{ ...rest, folder }],
  )
}

/** A search that finds nothing proves something only if it finds what was put there. */
async function checkFileSearch({ sandbox }: World, checks: Checks): Promise<void> {
  const decoy = `990012000000000${luhnDigit('990012000000000')}`
  await writeFile(join(sandbox.logs, 'planted'), `decoy ${decoy}\n`)
  const found = await scanFolder(sandbox.logs, [decoy])
  checks.that('the search of files finds a planted number', found.length === 1)
}

/** Runs of sixteen digits with a valid check digit (ISO/IEC 7812-1) in our own range. */
export function luhnNumbers(text: string): string[] {
  const runs = text.match(/(?<![0-9])9[0-9]{15}(?![0-9])/g) ?? []
  return runs.filter((run) => String(luhnDigit(run.slice(0, 15))) === run.slice(15))
}
