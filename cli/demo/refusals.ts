/**
 * Every way in which a double-sealed payment must fail: each on a payment of its own, each with
 * its code, and nothing charged. The attacker holds whatever the sentence says, and signs well.
 */
import { fromBase64url, toBase64url } from '@warifu/crypto/base64url'
import {
  alterBody,
  type Claim,
  makeKeys,
  type SignedRequest,
  signRequest,
  statementOf,
  type Terminal,
} from '@warifu/devices/terminal'
import type { PaymentStatement } from '@warifu/protocol/sealed'
import { type RawAnswer, readAnswer } from '@warifu/sdk/api-call'
import type { Checks } from './checks.ts'
import { ask, availableOf, type Holder, payBy } from './journey.ts'
import type { World } from './world.ts'

type Scene = {
  readonly world: World
  readonly checks: Checks
  readonly aiko: Holder
  readonly mallory: Terminal
}

export async function checkRefusals(scene: Scene): Promise<void> {
  const { checks, aiko } = scene
  const before = await availableOf(aiko)
  await wrongPresenter(scene)
  await wrongCard(scene)
  await wrongContent(scene)
  await wrongMoment(scene)
  checks.that('nothing was charged by any of them', (await availableOf(aiko)) === before)
  await moreThanThereIs(scene)
  await sameAgain(scene)
  await forked(scene)
}

/** One bit of the sealed card itself, wherever its header points. */
export function flipBit(blob: string): string {
  const inner: { ct: string } = JSON.parse(new TextDecoder().decode(fromBase64url(blob)))
  const ct = fromBase64url(inner.ct)
  ct[0] = (ct[0] ?? 0) ^ 1
  return toBase64url(new TextEncoder().encode(JSON.stringify({ ...inner, ct: toBase64url(ct) })))
}

type Forging = {
  readonly claim: Claim
  readonly card: Holder['card']
  readonly blob: string
  /** What travels, where it is not the blob that was signed for. */
  readonly sent?: string
  readonly lie?: (statement: PaymentStatement) => PaymentStatement
}

/** A presentation with a lie in it, vouched for and signed as an honest one. */
async function forge(by: Terminal, forging: Forging): Promise<SignedRequest> {
  const { claim, card, blob, sent = blob, lie = (statement) => statement } = forging
  const statement = lie(await statementOf(claim, { card, blob }))
  const body = { statement, blob: sent, assertion: await by.vouchFor(statement) }
  return by.prepare('presentCard', { params: { id: claim.payment }, body })
}

const read = (answer: RawAnswer) => readAnswer('presentCard', answer)

/** The same request signed anew: with another key, or with a counter that was used. */
async function signAgain(
  by: Terminal,
  request: SignedRequest,
  { signing, counter = request.counter }: { signing?: CryptoKeyPair; counter?: number },
): Promise<SignedRequest> {
  const { terminal, keys } = await by.state()
  if (terminal === null || keys === null) throw new Error('not enrolled')
  const signer = { terminal, signing: signing ?? keys.signing }
  return signRequest(signer, request, { counter, nowMs: Date.now() })
}

/** A new payment, opened by this terminal. */
async function claimNew(world: World, by: Terminal, amount = 1200): Promise<Claim> {
  return by.claim((await ask(world, { amount })).link)
}

async function wrongPresenter({ world, checks, aiko, mallory }: Scene): Promise<void> {
  const { terminal, card } = aiko
  const blob = await terminal.blobOf(card)
  await checks.refused('another terminal with a stolen blob', 'cardholder_mismatch', async () => {
    const claim = await claimNew(world, mallory)
    return read(await mallory.send(await forge(mallory, { claim, card, blob })))
  })
  await checks.refused('a payment that another terminal opened', 'already_claimed', async () => {
    const { link } = await ask(world, { amount: 1200 })
    await mallory.claim(link)
    await terminal.claim(link)
    return {}
  })
  await checks.refused('a key that is not the terminal’s', 'signature_invalid', async () => {
    const request = await forge(terminal, { claim: await claimNew(world, terminal), card, blob })
    const { signing } = await makeKeys(false)
    return read(await terminal.send(await signAgain(terminal, request, { signing })))
  })
  await checks.refused('a passkey’s yes to another payment', 'assertion_invalid', async () => {
    const [claim, other] = [await claimNew(world, terminal), await claimNew(world, terminal)]
    const statement = await statementOf(claim, { card, blob })
    const assertion = await terminal.vouchFor(await statementOf(other, { card, blob }))
    const body = { statement, blob, assertion }
    const request = await terminal.prepare('presentCard', { params: { id: claim.payment }, body })
    return read(await terminal.send(request))
  })
  await checks.refused('¥1,200 without the passkey', 'user_verification_required', async () =>
    terminal.present(await claimNew(world, terminal), card, { verifyUser: false }),
  )
}

async function wrongCard({ world, checks, aiko }: Scene): Promise<void> {
  const { terminal, card } = aiko
  const blob = await terminal.blobOf(card)
  const flipped = flipBit(blob)
  const claim = await claimNew(world, terminal)
  await checks.refused('a blob with one bit flipped', 'blob_invalid', async () =>
    read(await terminal.send(await forge(terminal, { claim, card, blob: flipped }))),
  )
  const data = await world.merchant.payments.timeline(claim.payment)
  const refusal = data.find(({ outcome }) => outcome === 'blob_invalid')?.hops.at(-1)
  const where = `${refusal?.from} to ${refusal?.to}: ${refusal?.outcome}`
  checks.that('its timeline ends at the vault', where === 'server to vault: refused', where)
  await checks.refused('a blob other than the signed one', 'blob_mismatch', async () => {
    const request = await forge(terminal, { claim, card, blob, sent: flipped })
    return read(await terminal.send(request))
  })
}

async function wrongContent({ world, checks, aiko }: Scene): Promise<void> {
  const { terminal, card } = aiko
  const blob = await terminal.blobOf(card)
  const lies = {
    'a lower amount, signed': { amount: 12 },
    'another payee, signed': { payee: { name: 'Another Shop' } },
    'a later deadline, signed': { deadline_at: '2099-01-01T00:00:00.000Z' },
  }
  for (const [name, lie] of Object.entries(lies))
    await checks.refused(name, 'approval_mismatch', async () => {
      const claim = await claimNew(world, terminal)
      const { payee } = claim.content
      const told = { ...lie, payee: { ...payee, ...('payee' in lie ? lie.payee : {}) } }
      const request = await forge(terminal, {
        claim,
        card,
        blob,
        lie: (statement) => ({ ...statement, content: { ...statement.content, ...told } }),
      })
      return read(await terminal.send(request))
    })
  await checks.refused('an amount altered on the way', 'signature_invalid', async () => {
    const request = await forge(terminal, { claim: await claimNew(world, terminal), card, blob })
    const altered = await alterBody(request, (body) =>
      body.replace('"amount":1200', '"amount":1201'),
    )
    return read(await terminal.send(altered))
  })
}

async function wrongMoment({ world, checks, aiko }: Scene): Promise<void> {
  const { terminal, card } = aiko
  const pay = async (amount: number) =>
    terminal.present(await claimNew(world, terminal, amount), card, { verifyUser: true })
  await terminal.suspend(card)
  await checks.refused('a frozen card', 'card_not_active', () => pay(1200))
  await terminal.resume(card)
  await checks.refused('above the limit of one payment', 'limit_exceeded', () => pay(50_001))
  await checks.step('“no” is an answer, too', async () => {
    const claim = await claimNew(world, terminal)
    const denied = await terminal.deny(claim)
    if (denied.status !== 'declined') throw new Error(denied.status)
  })
}

/** The card has ¥100,000, less what it paid so far; ¥50,000 fits once. */
async function moreThanThereIs({ world, checks, aiko }: Scene): Promise<void> {
  const { terminal, card } = aiko
  const { link } = await ask(world, { amount: 50_000 })
  await checks.step('half of what the card has', () => payBy(aiko, link, true))
  await checks.refused('more than there is', 'insufficient_funds', async () =>
    terminal.present(await claimNew(world, terminal, 50_000), card, { verifyUser: true }),
  )
}

/** The very same bytes get the first answer, and the money moves once. */
async function sameAgain({ world, checks, aiko }: Scene): Promise<void> {
  const { terminal, card } = aiko
  const before = await availableOf(aiko)
  const claim = await claimNew(world, terminal)
  const request = await forge(terminal, { claim, card, blob: await terminal.blobOf(card) })
  const first = await terminal.send(request)
  const second = await terminal.send(request)
  checks.that('a payment is authorized', read(first).status === 'authorized')
  checks.that('the same bytes again: the first answer', first.text === second.text)
  const paid = before - (await availableOf(aiko))
  checks.that('and it is paid once', paid === 1200, String(paid))
  const another = await ask(world, { amount: 1200 })
  await checks.refused(
    'a presentation for another payment’s path',
    'signature_invalid',
    async () => {
      const path = request.path.replace(claim.payment, another.payment.id)
      return read(await terminal.send({ ...request, path }))
    },
  )
  await checks.step('the card still pays', async () => {
    const { link } = await ask(world, { amount: 500 })
    await payBy(aiko, link, true)
  })
}

/** Two copies of one wallet: the same counter with other bytes stops the terminal. */
async function forked({ world, checks, mallory }: Scene): Promise<void> {
  const { link } = await ask(world, { amount: 1200 })
  const { payment } = await mallory.claim(link)
  const { counter } = await mallory.state()
  await checks.refused('the same counter with other bytes', 'counter_forked', async () => {
    const request = await mallory.prepare('denyPayment', { params: { id: payment } })
    const copy = await signAgain(mallory, request, { counter })
    return readAnswer('denyPayment', await mallory.send(copy))
  })
  await checks.refused('and that terminal is stopped', 'terminal_not_active', async () => {
    await mallory.cards()
    return {}
  })
}
