/**
 * Who sends what comes out of a SIM, before anything is opened:
 *
 *   terminal admitted → its signature (RFC 9421) → form of the body → passkey, if it came along
 *   → SIM known, its owner's, in use → its bridge's signature → the SIM's own answer
 *
 * The SIM's answer is made with a key that never leaves it, over the statement: a record that was
 * copied into another SIM cannot give it.
 */

import { timingSafeEqual } from 'node:crypto'
import { readBase64url } from '@warifu/crypto/base64url'
import { jcs } from '@warifu/crypto/jcs'
import { sha256 } from '@warifu/crypto/sha256'
import { simCounterOf, simCryptogram } from '@warifu/crypto/sim-cryptogram'
import type { assertion } from '@warifu/protocol/shapes'
import { type SimVoucher, simLabels } from '@warifu/protocol/sim'
import type { SignedRequest } from '@warifu/protocol/vault'
import type { Static } from 'typebox'
import { importPoint, verifyRaw } from './public-key.ts'
import type { Sender } from './senders.ts'
import { simKeys, wipe } from './sim-keys.ts'
import { no, type World, yes } from './world.ts'

type Refusal =
  | 'terminal_unknown'
  | 'terminal_not_admitted'
  | 'signature_invalid'
  | 'statement_invalid'
  | 'assertion_invalid'
type Step<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly refusal: Refusal }

type Body = { readonly statement: object; readonly assertion?: Static<typeof assertion> }

export type Reading<B extends Body> = {
  readonly path: RegExp
  /** The body where it has the right form and fits the id in the path. */
  readonly read: (body: unknown, on: string) => B | undefined
  /** Also of a phone that waits to be let in. */
  readonly orWaiting?: boolean
}

export type Sent<B> = { readonly sender: Sender; readonly body: B; readonly userVerified: boolean }

/** Nothing of the body is parsed before its signature stands. */
export function verifyTerminal<B extends Body>(
  { verifyRequest, verifyAssertion }: World,
  request: SignedRequest,
  sender: Sender | undefined,
  { path, read, orWaiting }: Reading<B>,
): Step<Sent<B>> {
  if (sender === undefined) return no('terminal_unknown')
  const isIn = sender.state === 'admitted' || (orWaiting === true && sender.state === 'waiting')
  if (!isIn) return no('terminal_not_admitted')
  const found = path.exec(request.path)
  if (request.method !== 'POST' || request.query !== '' || found === null)
    return no('signature_invalid')
  const bytes = verifyRequest(request, sender)
  if (bytes === undefined) return no('signature_invalid')
  const body = read(parseJson(bytes), found[1] ?? '')
  if (body === undefined) return no('statement_invalid')
  const { credential } = sender
  const { assertion } = body
  if (assertion !== undefined) {
    const challenge = sha256(jcs(body.statement)).toString('base64url')
    if (credential === undefined || !verifyAssertion({ assertion, credential, challenge }))
      return no('assertion_invalid')
  }
  return yes({ sender, body, userVerified: assertion !== undefined })
}

export type Label = keyof typeof simLabels

/** What SIM and bridge answer for: the statement, under the label of its purpose. */
export const vouchedBytes = (label: Label, statement: object): Buffer =>
  Buffer.from(`${simLabels[label]}\0${jcs(statement)}`)

export type Vouching = {
  readonly label: Label
  readonly statement: object
  readonly voucher: SimVoucher
  readonly iccid: string
  /** The bridge's public key, an uncompressed point. */
  readonly bridge: Uint8Array
}

/** In order: the bridge that this terminal linked, then the SIM itself. */
export function voucherRefusal(
  { hierarchy }: World,
  { label, statement, voucher, iccid, bridge }: Vouching,
): 'bridge_invalid' | 'sim_other' | undefined {
  const bytes = vouchedBytes(label, statement)
  const signature = readBase64url(voucher.bridge_signature)
  if (signature === undefined || !verifyRaw(importPoint(bridge), bytes, signature))
    return 'bridge_invalid'
  const told = readBase64url(voucher.authentication)
  const counter = told === undefined ? undefined : simCounterOf(told)
  if (told === undefined || counter === undefined) return 'sim_other'
  const keys = simKeys(hierarchy, iccid)
  const right = simCryptogram(keys.auth, counter, sha256(bytes))
  wipe(keys)
  return timingSafeEqual(told, right) ? undefined : 'sim_other'
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch {
    return undefined
  }
}
