/** What a merchant keeps with us: entry devices with their custody, tokens with their consent. */
import { type Static, Type } from 'typebox'
import { periods } from './approval-content.ts'
import { broadcastCode } from './beacon.ts'
import { deviceStates, entryMessage, entrySuites } from './entry-device.ts'
import { idOf } from './ids.ts'
import { currency, minorUnits, minorUnitsOrZero } from './money.ts'
import {
  type ConsentStatus,
  consentMoves,
  type EntryDeviceStatus,
  entryDeviceMoves,
} from './moves.ts'
import { metadata } from './objects.ts'
import { payCode } from './pay-code.ts'
import { closed, instant, lastFour, nullable, oneOf, plainText, statesOf } from './shapes.ts'

export const custodyEntry = closed({
  at: instant,
  holder: plainText(80),
  store: idOf('str'),
  reason: plainText(80),
})

export const statusMove = closed({
  at: instant,
  from: nullable(statesOf<EntryDeviceStatus>(entryDeviceMoves)),
  to: statesOf<EntryDeviceStatus>(entryDeviceMoves),
  reason: plainText(80),
})

export const alarmKinds = ['tamper', 'replay', 'exhausted', 'noise'] as const
export type AlarmKind = (typeof alarmKinds)[number]
export const alarm = closed({
  at: instant,
  kind: oneOf(alarmKinds),
  count: Type.Integer({ minimum: 1 }),
})

export const entryDevice = closed({
  id: idOf('edv'),
  object: Type.Literal('entry_device'),
  livemode: Type.Boolean(),
  created_at: instant,
  name: plainText(80),
  serial_number: plainText(40),
  store: idOf('str'),
  status: statesOf<EntryDeviceStatus>(entryDeviceMoves),
  /** Heard of within the last ten seconds. */
  online: Type.Boolean(),
  last_seen_at: nullable(instant),
  /** As the device said of itself at its last heartbeat. */
  reported: nullable(oneOf(deviceStates)),
  /** Who has it, newest first. */
  custody: Type.Array(custodyEntry),
  history: Type.Array(statusMove),
  alarms: Type.Array(alarm),
})

/** A new initial key as an X9.143 key block under the device's own key protection key. */
export const deviceKeys = closed({
  object: Type.Literal('entry_device_keys'),
  device: idOf('edv'),
  suite: oneOf(entrySuites),
  key_block: Type.String({ pattern: '^[A-Z0-9 -~]{16,512}$' }),
  /** First 8 bytes of the key serial number; for TDES the first 59 bits, filled with zeros. */
  initial_key_id: Type.String({ pattern: '^[0-9A-F]{16,20}$' }),
  check_value: Type.String({ pattern: '^[0-9A-F]{6}$' }),
})

/** 98, thirteen random digits, and a last digit that makes the Luhn check fail on purpose. */
export const tokenText = Type.String({ pattern: '^98[0-9]{14}$' })

const recurring = {
  kind: Type.Literal('recurring'),
  cap: minorUnits,
  currency,
  period: oneOf(periods),
  until: instant,
}
export const consentAsked = Type.Union([
  closed({ kind: Type.Literal('on_session') }),
  closed(recurring),
])
export type ConsentAsked = Static<typeof consentAsked>
export const consent = Type.Union([
  closed({ kind: Type.Literal('on_session') }),
  closed({
    ...recurring,
    mandate: idOf('mdt'),
    status: statesOf<ConsentStatus>(consentMoves),
    approval: idOf('apr'),
    /** Of the present period. */
    spent: minorUnitsOrZero,
  }),
])

export const token = closed({
  id: idOf('tok'),
  object: Type.Literal('token'),
  livemode: Type.Boolean(),
  created_at: instant,
  /** Null in lists: a list tells of tokens and cannot be charged with. */
  token: nullable(tokenText),
  card: closed({ reference: Type.String(), last4: lastFour }),
  consent,
  deleted_at: nullable(instant),
  metadata,
})

/** Where the card of a token comes from. */
export const tokenSource = Type.Union([
  closed({ kind: Type.Literal('entry_device'), message: entryMessage }),
  closed({ kind: Type.Literal('payment'), payment: idOf('pay') }),
])

export type TokenSource = Static<typeof tokenSource>

/** A number that a customer tells, E.164. */
export const phoneNumber = Type.String({
  pattern: '^\\+[1-9][0-9]{6,14}$',
  description: 'E.164',
})

/** How the card of a new payment is shown. Left out: the cardholder's wallet, by the link. */
export const presentmentAsked = Type.Union([
  closed({ kind: Type.Literal('wallet') }),
  closed({ kind: Type.Literal('entry_device'), message: entryMessage }),
  /** A telephone, fax or post order: keyed by the agent, and entered as such (`channel`). */
  closed({ kind: Type.Literal('moto'), message: entryMessage }),
  closed({
    kind: Type.Literal('token'),
    token: tokenText,
    /** `merchant`: the cardholder is not there; needs a recurring consent. */
    initiator: Type.Optional(oneOf(['customer', 'merchant'] as const)),
  }),
  /** The till read the customer's one-time code off their phone. */
  closed({ kind: Type.Literal('code'), code: payCode }),
  /** The customer told their number, over the telephone or at the counter. */
  closed({ kind: Type.Literal('phone'), phone: phoneNumber }),
  /** A code that the till heard from a device of the customer's. It identifies, and no more. */
  closed({ kind: Type.Literal('beacon'), code: broadcastCode }),
  /** The customer reads their card at the reader on their own phone; of this program, or any. */
  closed({
    kind: Type.Literal('reader'),
    phone: phoneNumber,
    program: Type.Optional(idOf('prg')),
  }),
])
export type PresentmentAsked = Static<typeof presentmentAsked>
