/**
 * How an approved card reaches its phone, whatever its scheme: the terminal pulls, the vault makes
 * the card and seals it as the scheme says (vault/schemes), the terminal installs it and says,
 * signed, what it keeps. This room carries what was sealed and reads none of it.
 */
import { type Answer, done, refused } from '@warifu/protocol/errors'
import type { Id, Mint } from '@warifu/protocol/ids'
import type { VaultInput, VaultOutput } from '@warifu/protocol/vault'
import type { Installable, Issuing } from '#issuing'
import type { Store, Tx } from '#store'
import type { TerminalCall, Work } from '#terminals'
import type { VaultClient } from '#vault-client'
import { type Confirming, confirmInstallation } from './confirming.ts'
import { type Installation, installationOf, offer } from './installation.ts'
import { type InstallingMoved, installMoved, type Moving, reissue } from './moving.ts'
import { type Renewing, renewKey } from './renewing.ts'

export type { ArrivalView } from './arrival.ts'
export { type Arrivals, createArrivals } from './arrival-door.ts'
export type { Installation } from './installation.ts'
export type { PhoneView } from './phones.ts'

export type Needs = {
  readonly store: Store
  readonly vault: Pick<VaultClient, 'call'>
  readonly mint: Mint
  readonly issuing: Pick<Issuing, 'installable' | 'provision' | 'activate' | 'cardOf'>
}

export type Pulling = {
  readonly call: TerminalCall
  readonly application: Id<'app'>
  readonly nowMs: number
}
/** An installation with what the terminal draws the card from. */
export type InstallationView = Installation & { readonly last4: string; readonly expires: string }

export type Provisioning = ReturnType<typeof createProvisioning>

/** All are works of a terminal, done by `terminals.once`. */
export const createProvisioning = (needs: Needs) => ({
  install: (pulling: Pulling) => install(needs, pulling),
  confirm: (confirming: Confirming) => confirmInstallation(needs, confirming),
  renewKey: (renewing: Renewing) => renewKey(needs, renewing),
  installMoved: (moving: InstallingMoved) => installMoved(needs, moving),
  /** Gives a card a new installation on this terminal; the one before ends at once. */
  reissue: (tx: Tx, moved: Moving) => reissue(needs, tx, moved),
})

/** What the vault made; undefined where an offer of before still holds. */
type Sealed = VaultOutput<'make_card'> & VaultOutput<'seal_card'>
type Gathered = { readonly wanted: Installable; readonly sealed: Sealed | undefined }

const install = (needs: Needs, pulling: Pulling): Work<Gathered, InstallationView> => ({
  gather: async () => {
    const { sql } = needs.store
    const { call, application, nowMs } = pulling
    const pull = { application, terminal: call.terminal, cardholder: call.cardholder }
    const wanted = await needs.issuing.installable(sql, pull, nowMs)
    if (!wanted.ok) return wanted
    const before = await installationOf(sql, application)
    if (before !== undefined && before.expiresMs > nowMs)
      return done({ wanted: wanted.value, sealed: undefined })
    const sealed = await makeAndSeal(needs, wanted.value, pulling)
    return sealed.ok ? done({ wanted: wanted.value, sealed: sealed.value }) : sealed
  },
  record: async (tx, gathered) => {
    const refusal = await keepOffer(needs, tx, { ...pulling, ...gathered })
    if (refusal !== undefined) return refusal
    const kept = await installationOf(tx, pulling.application)
    if (kept === undefined) throw new Error('the installation just made is not there')
    const { last4, expires } = await needs.issuing.cardOf(tx, kept.card, pulling.nowMs)
    if (last4 === null || expires === null) throw new Error('an installation of a card not made')
    return done({ ...kept, last4, expires })
  },
})

const DAY_MS = 24 * 60 * 60 * 1000

/**
 * Asks the vault with words made of the approval: a retry asks the same. The time of the seal is
 * counted in whole days from it, so that a pull of a later week is not sealed in the past.
 */
async function makeAndSeal(
  { vault }: Needs,
  { card, cardholder, scheme, bin, expires, approvedMs }: Installable,
  { call, nowMs }: Pulling,
): Promise<Answer<Sealed>> {
  const made = await vault.call('make_card', { card, cardholder, bin, expires })
  if (!made.ok) return refused('bin_exhausted')
  const asked: VaultInput<'seal_card'> = {
    card,
    terminal: call.terminal,
    scheme,
    now: new Date(nowMs - ((nowMs - approvedMs) % DAY_MS)).toISOString(),
  }
  const sealed = await vault.call('seal_card', asked)
  if (sealed.ok) return done({ ...made.output, ...sealed.output })
  if (sealed.refusal === 'terminal_unknown' || sealed.refusal === 'terminal_not_admitted')
    return refused('terminal_not_active')
  throw new Error(`the vault does not seal a card that it has just made: ${sealed.refusal}`)
}

type Offering = Pulling & Gathered

/** The first offer moves the card; a later one only replaces what has run out. */
async function keepOffer(
  { issuing, mint }: Needs,
  tx: Tx,
  { call, application, nowMs, wanted, sealed }: Offering,
): Promise<Answer<never> | undefined> {
  const { card, cardholder } = wanted
  const again = await issuing.installable(
    tx,
    { application, terminal: call.terminal, cardholder },
    nowMs,
  )
  if (!again.ok) return again
  if (sealed === undefined) return undefined
  const isFirst = (await installationOf(tx, application)) === undefined
  if (isFirst) {
    const { last4, expires } = sealed
    const moved = await issuing.provision(tx, { application, card, last4, expires, nowMs })
    if (!moved.ok) return moved
  }
  const { inner_digest: innerDigest, delivery, expires_at } = sealed
  const expiresMs = BigInt(Date.parse(expires_at))
  const about = { application, card, terminal: call.terminal, cardholder }
  const offered = { ...about, scheme: wanted.scheme, innerDigest, delivery, expiresMs }
  await offer(tx, { id: mint('ins'), ...offered }, nowMs)
  return undefined
}
