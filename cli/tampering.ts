/** What an attacker, or a bad line, does with a presentation before it is sent. */
import {
  alterBody,
  type Claim,
  type SignedRequest,
  signRequest,
  statementOf,
  type Terminal,
} from '@warifu/devices/terminal'
import type { Id } from '@warifu/protocol/ids'
import type { PaymentStatement } from '@warifu/protocol/sealed'
import type { Tampering } from '@warifu/protocol/test-outcomes'

export type Holder = { readonly terminal: Terminal; readonly card: Id<'crd'> }

type Forging = {
  readonly claim: Claim
  readonly blob?: string
  readonly lie?: (statement: PaymentStatement) => PaymentStatement
}

/** A presentation, vouched for and signed as an honest one, with a lie in it where one is given. */
export async function forge(
  { terminal, card }: Holder,
  { claim, blob: other, lie = (statement) => statement }: Forging,
): Promise<SignedRequest> {
  const blob = other ?? (await terminal.blobOf(card))
  const statement = lie(await statementOf(claim, { card, blob }))
  const body = { statement, blob, assertion: await terminal.vouchFor(statement) }
  return terminal.prepare('presentCard', { params: { id: claim.payment }, body })
}

type Anew = {
  readonly signing?: CryptoKeyPair
  readonly counter?: number
  readonly change?: (body: string) => string
  readonly nowMs: number
}

/** The same request signed anew: with another key, a used counter, or another body. */
export async function signAnew(
  terminal: Terminal,
  request: SignedRequest,
  { signing, counter = request.counter, change = (body) => body, nowMs }: Anew,
): Promise<SignedRequest> {
  const { terminal: id, keys } = await terminal.state()
  if (id === null || keys === null) throw new Error('not enrolled')
  const signer = { terminal: id, signing: signing ?? keys.signing }
  const ask = { ...request, body: change(request.body) }
  return signRequest(signer, ask, { counter, nowMs })
}

/** One bit of the sealed card itself, wherever its header points. */
export function flipBit(blob: string): string {
  const inner: { ct: string } = JSON.parse(Buffer.from(blob, 'base64url').toString())
  const ct = Buffer.from(inner.ct, 'base64url')
  ct[0] = (ct[0] ?? 0) ^ 1
  const flipped = { ...inner, ct: ct.toString('base64url') }
  return Buffer.from(JSON.stringify(flipped)).toString('base64url')
}

const another = (statement: PaymentStatement): PaymentStatement => ({
  ...statement,
  content: { ...statement.content, amount: statement.content.amount + 1 },
})

type Bad = Exclude<Tampering, 'lost_answer'>
type Making = (holder: Holder, claim: Claim) => Promise<SignedRequest>

/** A request that the platform must refuse, by what is wrong with it. */
export const tamperedBy: { readonly [T in Bad]: Making } = {
  amount: (holder, claim) => forge(holder, { claim, lie: another }),
  card: async (holder, claim) =>
    forge(holder, { claim, blob: flipBit(await holder.terminal.blobOf(holder.card)) }),
  signature: async (holder, claim) =>
    alterBody(await forge(holder, { claim }), (body) => body.replace('{', '{ ')),
  counter: async (holder, claim) => {
    const early = await forge(holder, { claim })
    // Overtaken by another request of the same phone.
    await holder.terminal.showCode()
    return early
  },
}
