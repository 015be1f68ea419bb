/**
 * The SIM while it is in the reader: opened when it is needed, its PIN asked for once (as a phone
 * does when it is switched on) and forgotten after a while without use, or when it is drawn out.
 */
import { readSelector, writeEntry } from '@warifu/crypto/credit-file'
import { type CompanyKey, readCompanyKey } from '@warifu/crypto/sim-layout'
import type { CardSlot } from '@warifu/devices/card-slot'
import { PIN_RECORD_BYTES } from '@warifu/protocol/sim'
import type { SimChoice } from '@warifu/protocol/sim-bridge'
import { BridgeError } from './bridge-error.ts'
import {
  authenticate,
  type Entries,
  type Entry,
  readEntries,
  readIccid,
  selectApplication,
  unblockPin,
  verifyPin,
  writeDigits,
} from './chip.ts'
import type { Questions } from './questions.ts'

export type SimNeeds = {
  readonly openSlot: () => Promise<CardSlot>
  readonly questions: Questions
  readonly nowMs: () => number
  /** After so long without use the PIN is asked for again. */
  readonly idleMs: number
}

type InUse = {
  readonly slot: CardSlot
  readonly iccid: string
  pinOpen: boolean
  usedMs: number
}

export type Opened = {
  readonly iccid: string
  readonly reader: string
  readonly isPinOpen: boolean
  readonly triesLeft: number | null
}

export type SimInUse = ReturnType<typeof createSimInUse>

export function createSimInUse(needs: SimNeeds) {
  let inUse: InUse | undefined
  const open = async (): Promise<InUse> => {
    inUse ??= await takeInUse(needs)
    inUse.usedMs = needs.nowMs()
    return inUse
  }
  const leave = async () => {
    const { slot } = inUse ?? {}
    inUse = undefined
    await slot?.close().catch(() => undefined)
  }
  /** A SIM that went away is forgotten, so that the next one is asked for its own PIN. */
  const using = async <T>(work: (sim: InUse) => Promise<T>): Promise<T> => {
    try {
      return await work(await open())
    } catch (error) {
      if (!(error instanceof BridgeError) || error.code === 'sim_absent') await leave()
      throw error
    }
  }
  const withPin = <T>(about: string, work: (slot: CardSlot) => Promise<T>): Promise<T> =>
    using(async (sim) => {
      if (!sim.pinOpen) await askPin(needs.questions, sim.slot, about)
      sim.pinOpen = true
      return work(sim.slot)
    })
  return {
    look: () => using(lookAt),
    iccid: () => using(async ({ iccid }) => iccid),
    entries: (about: string) => withPin(about, readEntries),
    authenticate: (digest: Uint8Array) => using(({ slot }) => authenticate(slot, digest)),
    writeDigits: (about: string, choice: SimChoice, digits: string) =>
      withPin(about, async (slot) => {
        const card = choose(await readEntries(slot), choice)
        const entry = { digits, selector: readSelector(selectorOf(card)) }
        await writeDigits(slot, card.number, writeEntry(entry, PIN_RECORD_BYTES))
        return card.number
      }),
    unblock: (puk: string, pin: string) =>
      using(async ({ slot }) => {
        const told = await unblockPin(slot, puk, pin)
        if (told === 'right') return
        const { triesLeft } = told
        throw new BridgeError(triesLeft === 0 ? 'sim_puk_blocked' : 'cancelled', { triesLeft })
      }),
    leave,
    tick: async (nowMs: number) => {
      const isIdle = inUse !== undefined && inUse.usedMs + needs.idleMs <= nowMs
      if (isIdle && needs.questions.pending() === undefined) await leave()
    },
  }
}

async function takeInUse({ openSlot, nowMs }: SimNeeds): Promise<InUse> {
  const slot = await openSlot().catch((cause: unknown) => {
    throw new BridgeError('sim_absent', { cause })
  })
  try {
    const iccid = await readIccid(slot)
    await selectApplication(slot)
    return { slot, iccid, pinOpen: false, usedMs: nowMs() }
  } catch (error) {
    await slot.close().catch(() => undefined)
    throw error
  }
}

async function lookAt({ slot, iccid, pinOpen }: InUse): Promise<Opened> {
  const told = pinOpen ? 'right' : await verifyPin(slot)
  const triesLeft = told === 'right' ? null : told.triesLeft
  return { iccid, reader: slot.name, isPinOpen: told === 'right', triesLeft }
}

/** Until it is right, or there are no tries left, or the person gives up. */
async function askPin(questions: Questions, slot: CardSlot, about: string): Promise<void> {
  let told = await verifyPin(slot)
  while (told !== 'right') {
    const { triesLeft } = told
    if (triesLeft === 0) throw new BridgeError('sim_pin_blocked', { triesLeft })
    told = await verifyPin(slot, await questions.ask({ kind: 'pin', about, triesLeft }))
  }
}

// ─── Entries ─────────────────────────────────────────────────────────────────────────────────────

const isEmpty = ({ bytes }: Entry): boolean => bytes.every((byte) => byte === 0xff)
export const selectorOf = ({ bytes }: Entry): number => bytes.at(-1) ?? 0xff

export const writtenCards = ({ cards }: Entries): readonly Entry[] =>
  cards.filter((entry) => !isEmpty(entry))

/** By record, by company, or the first: the default card. */
export function choose(entries: Entries, choice: SimChoice): Entry {
  const found = writtenCards(entries).find((entry) => {
    if ('number' in choice) return entry.number === choice.number
    return 'selector' in choice ? selectorOf(entry) === choice.selector : true
  })
  if (found === undefined) throw new BridgeError('sim_record_empty')
  return found
}

/** The PIN digits beside a card: the record with its number. */
export function digitsBeside({ digits }: Entries, { number }: Entry): Entry {
  const found = digits.find((entry) => entry.number === number && !isEmpty(entry))
  if (found === undefined) throw new BridgeError('sim_digits_empty')
  return found
}

/** Flag and index of a card choose the key that its record is sealed to. */
export function companyOf({ companies }: Entries, selector: number): CompanyKey {
  const keys = companies.map(({ bytes }) => readCompanyKey(bytes))
  const found = keys.find((key) => key?.selector === selector)
  if (found === undefined) throw new BridgeError('sim_company_missing')
  return found
}
