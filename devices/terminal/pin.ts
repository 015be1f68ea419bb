/**
 * The cardholder's PIN: sealed here to the vault, vouched for by the passkey, never kept. This
 * terminal need not know the card's number; the vault forms the PIN block. Browser-safe.
 */
import { toBase64url } from '@warifu/crypto/base64url'
import { jcsBytes } from '@warifu/crypto/jcs'
import type { Reply } from '@warifu/protocol/contract'
import type { Id } from '@warifu/protocol/ids'
import { PIN_PLAIN_BYTES, type PinPlain, weaknessOf } from '@warifu/protocol/pins'
import { read, type TerminalNeeds, write } from './asking.ts'
import { vouch } from './joining.ts'
import { sealToVault } from './seal-to-vault.ts'
import { TerminalError } from './terminal-error.ts'
import { speakerOf } from './terminal-state.ts'

export type CardPin = Reply<'getPin'>

/** A weak one is not even sent; what is weak about it is told by its code. */
export async function setPin(
  needs: TerminalNeeds,
  { card, pin }: { readonly card: Id<'crd'>; readonly pin: string },
): Promise<CardPin> {
  const weakness = weaknessOf(pin)
  if (weakness !== undefined) throw new TerminalError(weakness, 'That PIN is too easy to guess.')
  const { terminal } = speakerOf(await needs.store.load())
  const plain: PinPlain = { pin, card, nonce: toBase64url(needs.random(16)) }
  const { message: sealed, digest } = await sealToVault(needs, {
    use: 'pin',
    purpose: 'pin-set',
    context: { card, terminal },
    plain,
    plainBytes: PIN_PLAIN_BYTES,
  })
  const statement = { act: 'set_pin', card, terminal, sealed_digest: digest } as const
  const assertion = await vouch(needs, jcsBytes(statement))
  return write(needs, 'setPin', { params: { id: card }, body: { statement, sealed, assertion } })
}

type Unblocking = {
  readonly card: Id<'crd'>
  readonly verification: Id<'ver'>
  readonly code: string
}

export async function unblockPin(
  needs: TerminalNeeds,
  { card, verification, code }: Unblocking,
): Promise<CardPin> {
  const { terminal } = speakerOf(await needs.store.load())
  const statement = { act: 'unblock_pin', card, terminal, verification } as const
  const assertion = await vouch(needs, jcsBytes(statement))
  return write(needs, 'unblockPin', { params: { id: card }, body: { statement, code, assertion } })
}

export const pins = (needs: TerminalNeeds) => ({
  pin: (card: Id<'crd'>) => read(needs, 'getPin', { params: { id: card } }),
  setPin: (card: Id<'crd'>, pin: string) => setPin(needs, { card, pin }),
  startUnblock: (card: Id<'crd'>) => write(needs, 'startPinUnblock', { params: { id: card } }),
  unblockPin: (unblocking: Unblocking) => unblockPin(needs, unblocking),
})
