/** For tests: a shop, cardholders' cards in the ledger, tokens, and a vault that reads a script. */
import { createHash } from 'node:crypto'
import type { EntryMessage } from '@warifu/protocol/entry-device'
import type { Id } from '@warifu/protocol/ids'
import type { VaultOutput, VaultRefusal } from '@warifu/protocol/vault'
import { alsoHeard, hear, heardFor, readers } from '#devices'
import { openAccount, putCard, setCardPrint } from '#ledger'
import { createEstate, createMerchant, createStore } from '#merchants'
import { createPayments, type NewPayment, saleOf } from '#payments'
import { createDirectory } from '#terminals'
import { createTokens } from '#tokens'
import { type Rehearsal, scriptedVault } from './rehearsal.ts'

export type Shop = Awaited<ReturnType<typeof openShop>>
export type Book = { readonly card: Id<'crd'>; readonly account: Id<'acc'>; readonly lane: number }

type NetworkSaid =
  | { readonly ok: true; readonly output: VaultOutput<'authorize_network'> }
  | { readonly ok: false; readonly refusal: VaultRefusal }

/** What the vault is to say of an entered card; a refusal, or what it found. */
export type EntryScript = {
  opened: (message: EntryMessage) => Partial<VaultOutput<'open_entry'>> | VaultRefusal
  /** What another company's acquirer is to say. */
  network: (message: EntryMessage) => NetworkSaid
}

const found: VaultOutput<'open_entry'> = {
  card: null,
  last4: '0042',
  expiry: 'match',
  security_code: 'match',
  pin: 'absent',
  cryptogram: 'absent',
  plastic: 'none',
  opened_with: { kid: 'bdk.1', check_value: 'ABCDEF' },
}

export async function openShop(stage: Rehearsal, nowMs: number) {
  const { store, mint, random } = stage
  const [merchant, place] = [mint('mer', stage.lane()), mint('str')]
  await createMerchant(store.sql, { id: merchant, name: '花屋', nowMs })
  await createStore(store.sql, { id: place, merchant, name: '花屋', place: '京都', nowMs })
  const script: EntryScript = {
    opened: () => 'entry_invalid',
    network: () => ({ ok: false, refusal: 'network_absent' }),
  }
  const vault = scriptedVault({
    open_entry: ({ message }) => {
      const said = script.opened(message)
      if (typeof said === 'string') return { ok: false, refusal: said }
      return { ok: true, output: { ...found, ...said } }
    },
    authorize_network: ({ message }) => script.network(message),
    suspend_device: ({ device }) => ({ ok: true, output: { device } }),
  })
  const needs = { store, mint, random, vault: { ...vault, close: () => {} } }
  const tokens = createTokens({ ...needs, receiptMs: 10_000 })
  const estate = createEstate(needs)
  const derive = (...words: readonly string[]) => createHash('sha256').update(words.join()).digest()
  const payments = createPayments({
    ...needs,
    random,
    now: () => 0,
    tokens,
    derive,
    signatureOnlyMax: async () => 0n,
    pinDigitsFrom: async () => null,
    once: () => Promise.reject(new Error('no terminal here')),
    ownerOf: async () => undefined,
    alarm: estate.alarm,
    directory: createDirectory({ store, derive }),
    freeze: async () => {},
    devices: { hear, heardFor, alsoHeard, isActive: async () => true },
    receiptMs: 10_000,
    stepSeconds: {},
    asksPerMinute: 30,
    batchSize: 64,
    numberBy: null,
    readers,
    readerRules: async () => undefined,
    anyCardholder: false,
  })
  return { stage, merchant, place, script, vault, tokens, estate, payments, nowMs }
}

export async function openBook(
  { stage, nowMs }: Shop,
  creditLimit = 10_000n,
  over: { readonly overCapture?: number; readonly forcePost?: boolean } = {},
): Promise<Book> {
  const { sql } = stage.store
  const lane = stage.lane()
  const [account, card] = [stage.mint('acc', lane), stage.mint('crd', lane)]
  await openAccount(sql, { id: account, currency: 'jpy', creditLimit, nowMs })
  const limits = { perTransaction: 6000n, perDay: 1_000_000n, perMonth: 1_000_000n }
  await putCard(sql, { card, account, active: true, ...limits, ...over, signatureOnlyMax: 0n })
  await setCardPrint(sql, card, { last4: '0042', expires: '2099-12' })
  return { card, account, lane }
}

export async function openToken(shop: Shop, { card }: Pick<Book, 'card'>) {
  const { merchant, nowMs } = shop
  const token = { merchant, card, last4: '0042', metadata: {}, nowMs }
  return shop.stage.store.transaction((tx) => shop.tokens.make(tx, token))
}

/** A consent that is in force, as the cardholder's yes would leave it. */
export async function consent(
  { stage, tokens, nowMs, merchant, place }: Shop,
  token: Awaited<ReturnType<typeof openToken>>,
  { cap, period = 'month' as const }: { readonly cap: number; readonly period?: 'day' | 'month' },
) {
  const { store, mint } = stage
  const until = new Date(nowMs + 90 * 86_400_000).toISOString()
  await store.transaction(async (tx) => {
    await tokens.askMandate(tx, {
      token,
      card: token.card,
      terminal: mint('trm'),
      cardholder: mint('chl'),
      payee: { id: merchant, name: '花屋', store: place, place: '京都' },
      consent: { kind: 'recurring', cap, currency: 'jpy', period, until },
      orderDigest: 'A'.repeat(43),
      nowMs,
    })
  })
  const mandate = (await tokens.get(merchant, token.id))?.mandate?.id
  if (mandate === undefined) throw new Error('no mandate was asked for')
  await store.transaction((tx) => tokens.decide(tx, { mandate, state: 'given', nowMs }))
}

/** An active device of this shop. */
export async function openDevice({ estate, stage, merchant, nowMs }: Shop): Promise<Id<'edv'>> {
  const key = stage.mint('req')
  const digest = createHash('sha256').update(key).digest()
  const made = { merchant, name: 'till 1', serialNumber: key, holder: 'Aiko', key, digest, nowMs }
  const device = await estate.register(made)
  if (!device.ok) throw new Error(device.refusal)
  const act = { merchant, device: device.value, nowMs }
  const moved = await estate.move({ ...act, to: 'active', reason: 'keys are in' })
  if (!moved.ok) throw new Error(moved.refusal)
  return device.value
}

export function askOf(
  { merchant }: Shop,
  { key, amount = 1200, ...rest }: Partial<NewPayment> & { readonly key: string },
): NewPayment {
  const body = JSON.stringify({ amount, ...rest })
  return {
    merchant,
    key,
    amount,
    digest: createHash('sha256').update(body).digest(),
    currency: 'jpy',
    lines: [],
    captureMethod: 'manual',
    extent: 'exact',
    expiresInS: 300,
    metadata: {},
    ...rest,
  }
}

/** A message as a device would send it for this ask; the scripted vault opens no ciphertext. */
export const messageOf = (ask: NewPayment, device: Id<'edv'>): EntryMessage => ({
  v: 1,
  device,
  suite: 'aes-dukpt',
  ksn: '0123456789ABCDEF00000001',
  iv: 'A'.repeat(22),
  ct: 'A'.repeat(342),
  pin_block: null,
  context: {
    sale: saleOf(ask.key),
    purpose: 'payment',
    amount: ask.amount,
    currency: ask.currency,
    merchant: ask.merchant,
    entry: 'keyed',
  },
  mac: 'A'.repeat(22),
})
