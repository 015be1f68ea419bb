/**
 * Paying with the card in the phone's SIM, by the bridge beside the wallet (devices/sim-bridge).
 * What comes back from it is ciphertext and signatures; the terminal adds its own signature and
 * the passkey's. Browser-safe.
 */
import { jcsBytes } from '@warifu/crypto/jcs'
import type { Reply } from '@warifu/protocol/contract'
import type { Id } from '@warifu/protocol/ids'
import {
  type BridgeAnswer,
  type BridgeBody,
  type BridgeCall,
  type BridgeRefusal,
  bridgeCalls,
  type SimChoice,
} from '@warifu/protocol/sim-bridge'
import type { Fetch } from '@warifu/sdk/api-call'
import { type TerminalNeeds, write } from './asking.ts'
import { vouch } from './joining.ts'
import type { Claim, Presented } from './paying.ts'
import { TerminalError } from './terminal-error.ts'
import { speakerOf } from './terminal-state.ts'

/** Where the bridge listens, and by which token this page is known to it. */
export type BridgeLine = { readonly fetch: Fetch; readonly url: string; readonly token: string }
export type Sim = Reply<'linkSim'>

/** What the bridge said no to; `triesLeft` of the SIM's PIN, where it was that. */
export class BridgeRefused extends Error {
  override readonly name = 'BridgeRefused'
  readonly code: BridgeRefusal | 'bridge_unreachable'
  readonly triesLeft: number | null
  constructor(code: BridgeRefused['code'], triesLeft: number | null = null) {
    super(code)
    this.code = code
    this.triesLeft = triesLeft
  }
}

export async function callBridge<C extends BridgeCall>(
  { fetch, url, token }: BridgeLine,
  call: C,
  body: BridgeBody<C>,
): Promise<BridgeAnswer<C>> {
  const answer = await fetch(`${url}${bridgeCalls[call].path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  }).catch(() => {
    throw new BridgeRefused('bridge_unreachable')
  })
  // The bridge is this person's own device; whatever it says is verified by the vault.
  const told = await answer.json()
  if (answer.status === 200) return told as BridgeAnswer<C>
  const { error, tries_left } = told as { error: BridgeRefusal; tries_left?: number | null }
  throw new BridgeRefused(error, tries_left ?? null)
}

/** The person allows it in the bridge's window; the token is to be kept. */
export async function pairBridge(
  { store }: TerminalNeeds,
  line: Omit<BridgeLine, 'token'>,
): Promise<BridgeLine> {
  const { terminal } = speakerOf(await store.load())
  const { token } = await callBridge({ ...line, token: '' }, 'pair', { terminal })
  return { ...line, token }
}

/** Takes the SIM into use on this terminal; with a card, moves that card here. */
export async function linkSim(
  needs: TerminalNeeds,
  line: BridgeLine,
  card: Id<'crd'> | null = null,
): Promise<Sim> {
  const { statement, voucher } = await callBridge(line, 'link', { card })
  const { terminal } = speakerOf(await needs.store.load())
  if (statement.terminal !== terminal || statement.card !== card)
    throw new TerminalError('origin_mismatch', 'The bridge speaks for another terminal.')
  const assertion = await vouch(needs, jcsBytes(statement))
  return write(needs, 'linkSim', { body: { statement, voucher, assertion } })
}

type Digits = { readonly sim: Sim; readonly card: Id<'crd'>; readonly digits: string }

/** After a PIN was set: its first two digits, into this SIM and no other, under the SIM's PIN. */
export async function writeSimDigits(
  line: BridgeLine,
  { sim, card, digits }: Digits,
): Promise<void> {
  const number = sim.cards.find((one) => one.card === card)?.number
  if (number === undefined) throw new BridgeRefused('sim_record_empty')
  const { iccid } = await callBridge(line, 'sim', {})
  if (iccid.slice(-4) !== sim.iccid_last4) throw new BridgeRefused('sim_foreign')
  await callBridge(line, 'digits', { choice: { number }, digits })
}

export type BySim = {
  readonly sim: Id<'sim'>
  readonly choice: SimChoice
  readonly verifyUser: boolean
}

export type SimShowing = BySim & { readonly withDigits: boolean }

/** Once with the record; once more with two PIN digits, where the card company asks for them. */
export async function presentSim(
  needs: TerminalNeeds,
  line: BridgeLine,
  claimed: Claim,
  how: BySim,
): Promise<Presented> {
  const first = await showSim(needs, line, claimed, { ...how, withDigits: false })
  if (first.next_action?.kind !== 'pin_digits') return first
  return showSim(needs, line, claimed, { ...how, withDigits: true })
}

export async function showSim(
  needs: TerminalNeeds,
  line: BridgeLine,
  { content, payment }: Claim,
  { sim, choice, verifyUser, withDigits }: SimShowing,
): Promise<Presented> {
  const asked = { ...content, presentment: 'sim' as const }
  const read = { sim, content: asked, choice, with_digits: withDigits }
  const { statement, record, digits, voucher } = await callBridge(line, 'pay', read)
  const assertion = verifyUser ? { assertion: await vouch(needs, jcsBytes(statement)) } : {}
  const body = { kind: 'sim' as const, statement, record, digits, voucher, ...assertion }
  return write(needs, 'presentCard', { params: { id: payment }, body })
}

/** The card in the SIM, by the bridge beside this terminal. */
export type SimWays = {
  readonly pairSim: (line: Omit<BridgeLine, 'token'>) => Promise<BridgeLine>
  readonly linkSim: (line: BridgeLine, card?: Id<'crd'>) => Promise<Sim>
  readonly showSim: (line: BridgeLine, claim: Claim, how: SimShowing) => Promise<Presented>
}

export const simWays = (needs: TerminalNeeds): SimWays => ({
  pairSim: (line) => pairBridge(needs, line),
  linkSim: (line, card) => linkSim(needs, line, card),
  showSim: (line, claimed, how) => showSim(needs, line, claimed, how),
})
