/**
 * VERIFY, CHANGE, DISABLE, ENABLE and UNBLOCK PIN (ETSI TS 102 221 §11.1.9 to §11.1.13).
 *
 * Each has two halves. The first refuses what is out of order and spends a try; the second compares
 * and, where the code was right, gives the tries back. Without data VERIFY and UNBLOCK tell how
 * many tries are left.
 */
import { timingSafeEqual } from 'node:crypto'
import type { Command, Status } from '@warifu/crypto/apdu'
import { PIN_REFERENCE } from './files.ts'
import type { Done, Instruction } from './instruction.ts'
import { changed, kept, NONE, PIN_TRIES, PUK_TRIES, type SimCard } from './state.ts'

const CODE_BYTES = 8
type Code = 'pin' | 'puk'

type Rule = {
  readonly code: Code
  /** Whether a new PIN follows the code. */
  readonly hasNew: boolean
  /** In which state the PIN must be, and what is answered where it is not. */
  readonly needs: { readonly isEnabled: boolean; readonly else: Status } | undefined
  readonly after: (card: SimCard, newPin: Uint8Array) => SimCard
}

const verified = (card: SimCard): SimCard => changed(card, { isPinVerified: true })
const withPin = (card: SimCard, pin: Partial<SimCard['memory']['pin']>): SimCard =>
  kept(card, { pin: { ...card.memory.pin, ...pin } })
const enabled = { isEnabled: true, else: 'data_not_usable' } as const
const disabled = { isEnabled: false, else: 'conditions_not_satisfied' } as const

const change = (card: SimCard, value: Uint8Array) => verified(withPin(card, { value }))
const setEnabled = (isEnabled: boolean) => (card: SimCard) => verified(withPin(card, { isEnabled }))
/** A forgotten PIN is a new one afterwards, and asked for. */
const renew = (card: SimCard, value: Uint8Array) =>
  verified(withPin(card, { value, triesLeft: PIN_TRIES, isEnabled: true }))

// biome-ignore format: a table
const rules = {
  verify:  { code: 'pin', hasNew: false, needs: enabled,   after: verified },
  change:  { code: 'pin', hasNew: true,  needs: enabled,   after: change },
  disable: { code: 'pin', hasNew: false, needs: enabled,   after: setEnabled(false) },
  enable:  { code: 'pin', hasNew: false, needs: disabled,  after: setEnabled(true) },
  unblock: { code: 'puk', hasNew: true,  needs: undefined, after: renew },
} as const satisfies Record<string, Rule>

/** The two halves as rows of the card's table. */
const halves = (rule: Rule, mayAsk: boolean): Pick<Instruction, 'spend' | 'run'> => ({
  spend: (card, command) => spend(card, command, rule, mayAsk),
  run: (card, command) => compare(card, command, rule),
})

export const verifyPin = halves(rules.verify, true)
export const changePin = halves(rules.change, false)
export const disablePin = halves(rules.disable, false)
export const enablePin = halves(rules.enable, false)
export const unblockPin = halves(rules.unblock, true)

function spend(card: SimCard, command: Command, rule: Rule, mayAsk: boolean): SimCard | Status {
  const { code, hasNew, needs } = rule
  const { pin, [code]: secret } = card.memory
  const { p1, p2, data } = command
  if (p1 !== 0) return 'wrong_parameters'
  if (p2 !== PIN_REFERENCE) return 'referenced_data_not_found'
  if (needs !== undefined && pin.isEnabled !== needs.isEnabled) return needs.else
  if (data.length === 0 && mayAsk) return card
  if (data.length !== (hasNew ? 2 : 1) * CODE_BYTES) return 'wrong_length'
  if (secret.triesLeft === 0) return 'authentication_blocked'
  if (hasNew && !isPin(data.subarray(CODE_BYTES))) return 'wrong_data'
  return tried(card, code, secret.triesLeft - 1)
}

function compare(card: SimCard, { data }: Command, rule: Rule): Done {
  const { code, hasNew } = rule
  const { value, triesLeft } = card.memory[code]
  if (data.length === 0) return { card, word: 0x63c0 + triesLeft }
  if (!timingSafeEqual(data.subarray(0, CODE_BYTES), value))
    return { card: changed(card, { isPinVerified: false }), word: 0x63c0 + triesLeft }
  const whole = tried(card, code, code === 'pin' ? PIN_TRIES : PUK_TRIES)
  const newPin = hasNew ? Uint8Array.from(data.subarray(CODE_BYTES)) : NONE
  return { card: rule.after(whole, newPin), data: NONE }
}

const tried = (card: SimCard, code: Code, triesLeft: number): SimCard =>
  code === 'pin'
    ? withPin(card, { triesLeft })
    : kept(card, { puk: { ...card.memory.puk, triesLeft } })

/** Four to eight digits in ASCII, then FF (§9.5.1). */
const isPin = (bytes: Uint8Array): boolean =>
  /^[0-9]{4,8}\xff*$/.test(Buffer.from(bytes).toString('latin1'))
