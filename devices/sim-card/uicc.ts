/**
 * SIMULATOR: a SIM (UICC) with credit information in its files, as a pure reducer over APDUs:
 * `(state, apdu) → { state, reply }` (KR100451174B1; ETSI TS 102 221; ISO/IEC 7816-4).
 *
 *   files   A4 SELECT  F2 STATUS  B0 D6 READ, UPDATE BINARY  B2 DC READ, UPDATE RECORD
 *           44 ACTIVATE FILE  04 DEACTIVATE FILE
 *   PIN     20 VERIFY  24 CHANGE  26 DISABLE  28 ENABLE  2C UNBLOCK
 *   maker   50 INITIALIZE UPDATE  82 EXTERNAL AUTHENTICATE  D8 PUT KEY   (crypto/scp03.ts)
 *   proof   88 INTERNAL AUTHENTICATE over a payment's digest   (crypto/sim-cryptogram.ts)
 *
 * It speaks T=0: a command with data and no Le is answered 61xx. A real card's keys never leave it;
 * here they lie open in the state.
 */
import { answer, type Command, type Reply, readCommand, status } from '@warifu/crypto/apdu'
import { isSecure, Scp03Error, unwrap, wrapReply } from '@warifu/crypto/scp03'
import * as files from './file-commands.ts'
import type { Instruction } from './instruction.ts'
import * as keys from './key-commands.ts'
import * as pins from './pin-commands.ts'
import { changed, NONE, type SimCard } from './state.ts'

/**
 * TS=3B T0=9E TA1=95 TD1=80 TD2=1F TA3=C3, then 14 historical bytes: selection by name, path and
 * short identifier (73), and "WARIFU" as pre-issuing data; TCK (ISO/IEC 7816-3 §8.2).
 */
export const ATR = Uint8Array.from(Buffer.from('3b9e95801fc38031a073be210066574152494655d2', 'hex'))

// biome-ignore format: a table
const instructions: Readonly<Record<string, Instruction>> = {
  a4: { name: 'SELECT',                cla: 0x00, run: files.select },
  f2: { name: 'STATUS',                cla: 0x80, run: files.giveStatus },
  b0: { name: 'READ BINARY',           cla: 0x00, run: files.readBinary },
  d6: { name: 'UPDATE BINARY',         cla: 0x00, run: files.updateBinary },
  b2: { name: 'READ RECORD',           cla: 0x00, run: files.readRecord },
  dc: { name: 'UPDATE RECORD',         cla: 0x00, run: files.updateRecord },
  '20': { name: 'VERIFY PIN',          cla: 0x00, ...pins.verifyPin },
  '24': { name: 'CHANGE PIN',          cla: 0x00, ...pins.changePin },
  '26': { name: 'DISABLE PIN',         cla: 0x00, ...pins.disablePin },
  '28': { name: 'ENABLE PIN',          cla: 0x00, ...pins.enablePin },
  '2c': { name: 'UNBLOCK PIN',         cla: 0x00, ...pins.unblockPin },
  '04': { name: 'DEACTIVATE FILE',     cla: 0x00, run: files.deactivateFile },
  '44': { name: 'ACTIVATE FILE',       cla: 0x00, run: files.activateFile },
  '88': { name: 'INTERNAL AUTHENTICATE', cla: 0x00, run: keys.internalAuthenticate },
  '50': { name: 'INITIALIZE UPDATE',   cla: 0x80, run: keys.initializeUpdate },
  '82': { name: 'EXTERNAL AUTHENTICATE', cla: 0x80, run: keys.externalAuthenticate },
  d8: { name: 'PUT KEY',               cla: 0x80, run: keys.putKey },
}
const GET_RESPONSE = 0xc0
const MOST_DATA = 256
const NOTHING: Reply = { data: NONE, word: status.ok }
const EXTERNAL_AUTHENTICATE = 0x82

export type Step = { readonly state: SimCard; readonly reply: Uint8Array }

/** A command from beginning to end. What it yields must be on the disk before it goes on. */
export type Exchange = Generator<SimCard, Step, void>

export function* exchange(state: SimCard, apdu: Uint8Array): Exchange {
  const command = readCommand(apdu)
  if (command === undefined) return refuse(state, status.wrong_length)
  if (command.ins === GET_RESPONSE) return getResponse(state, command)
  const opened = open(changed(state, { pending: NOTHING }), command)
  if ('reply' in opened) return opened
  const { card, plain } = opened
  const instruction = instructions[plain.ins.toString(16).padStart(2, '0')]
  if (instruction === undefined) return refuse(card, status.instruction_not_supported)
  if (instruction.cla !== plain.cla) return refuse(card, status.class_not_supported)
  const spent = instruction.spend?.(card, plain) ?? card
  if (typeof spent === 'string') return refuse(card, status[spent])
  if (spent !== card) yield spent
  const done = instruction.run(spent, plain)
  if (typeof done === 'string') return refuse(spent, status[done])
  const reply =
    'data' in done
      ? { data: done.data, word: status[done.word ?? 'ok'] }
      : { data: NONE, word: done.word }
  return deliver(done.card, command, reply)
}

/** The same as a plain function, for whoever keeps nothing. */
export function simCard(state: SimCard, apdu: Uint8Array): Step {
  const work = exchange(state, apdu)
  let step = work.next()
  while (step.done !== true) step = work.next()
  return step.value
}

const refuse = (state: SimCard, word: number): Step => ({ state, reply: answer(word) })

type Opened = { readonly card: SimCard; readonly plain: Command } | Step

/**
 * Out of the secure channel, if it came through one. A command beside the channel ends it, and so
 * does one that is not the maker's next (Amendment D §6.2.4).
 */
function open(card: SimCard, command: Command): Opened {
  const { channel } = card.session
  const isAuthenticating = command.ins === EXTERNAL_AUTHENTICATE && command.cla === 0x84
  const closed = changed(card, { channel: undefined })
  if (isAuthenticating) return { card: closed, plain: { ...command, cla: 0x80 } }
  if (!isSecure(command)) return { card: changed(closed, { begun: undefined }), plain: command }
  if (channel === undefined) return refuse(closed, status.secure_messaging_refused)
  try {
    const { channel: next, command: plain } = unwrap(channel, command)
    return { card: changed(card, { channel: next }), plain }
  } catch (error) {
    if (error instanceof Scp03Error) return refuse(closed, status.security_not_satisfied)
    throw error
  }
}

/** Data at once where it was asked for; otherwise it waits for GET RESPONSE (TS 102 221 §7.3.1). */
function deliver(card: SimCard, { data: sent, le, ins }: Command, reply: Reply): Step {
  const { channel } = card.session
  const isBare = channel === undefined || ins === EXTERNAL_AUTHENTICATE
  const data = isBare ? reply.data : wrapReply(channel, reply)
  const { word } = reply
  const more = data.length & 0xff
  if (data.length === 0) return { state: card, reply: answer(word) }
  // A channel adds to what is told; more than a short answer holds cannot be told at once.
  if (data.length > MOST_DATA) return refuse(card, status.wrong_length)
  if (le === undefined && sent.length > 0)
    return { state: changed(card, { pending: { data, word } }), reply: answer(0x6100 + more) }
  if (le !== undefined && le !== 256 && le !== data.length) return refuse(card, 0x6c00 + more)
  return { state: card, reply: answer(word, data) }
}

function getResponse(state: SimCard, { cla, p1, p2, le }: Command): Step {
  const { data, word } = state.session.pending
  if (cla !== 0x00) return refuse(state, status.class_not_supported)
  if (data.length === 0) return refuse(state, status.conditions_not_satisfied)
  if (p1 !== 0 || p2 !== 0) return refuse(state, status.wrong_parameters)
  if (le !== 256 && le !== data.length) return refuse(state, 0x6c00 + (data.length & 0xff))
  return { state: changed(state, { pending: NOTHING }), reply: answer(word, data) }
}
