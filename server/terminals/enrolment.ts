/**
 * How a phone becomes a terminal: a nonce, two keys that the owner's passkey vouches for, and the
 * proof that the sealing key can open. The vault verifies and binds; this room keeps the row.
 */
import { toBase64url } from '@warifu/crypto/base64url'
import { type Answer, done, refused } from '@warifu/protocol/errors'
import { type Id, laneOf } from '@warifu/protocol/ids'
import type { SealedMessage } from '@warifu/protocol/sealed'
import type { VaultInput, VaultOutput } from '@warifu/protocol/vault'
import { append } from '#events'
import type { Tx } from '#store'
import type { Needs } from './needs.ts'
import { readTerminal, type Terminal } from './terminal.ts'

export const ENROLMENT_MS = 5 * 60 * 1000

export type Enrolment = { readonly terminal: Id<'trm'>; readonly nonce: string }

export async function startEnrolment(
  { store, mint, random, lane }: Needs,
  cardholder: Id<'chl'>,
  nowMs: number,
): Promise<Enrolment> {
  const terminal = mint('trm', lane())
  const nonce = random(32)
  await store.sql`
    insert into terminals.enrolment (terminal, cardholder, nonce, created_ms, deadline_ms)
    values (${terminal}, ${cardholder}, ${nonce}, ${nowMs}, ${nowMs + ENROLMENT_MS})`
  return { terminal, nonce: toBase64url(nonce) }
}

/** What the phone sends: both public keys, its signature, and the passkey's assertion. */
export type NewTerminal = Pick<
  VaultInput<'admit_terminal'>,
  'terminal' | 'cardholder' | 'sealing_key' | 'signing_key' | 'signature' | 'assertion'
> & { readonly name?: string | undefined }
export type Registered = {
  readonly terminal: Terminal
  readonly challenge: SealedMessage
  readonly vault_key: VaultOutput<'admit_terminal'>['vault_key']
}

type EnrolmentRow = {
  readonly nonce: Uint8Array
  readonly createdMs: bigint
  readonly deadlineMs: bigint
}

/** Registers the phone. The same bytes ask the vault the same, and get the same challenge. */
export async function createTerminal(
  needs: Needs,
  asked: NewTerminal,
  nowMs: number,
): Promise<Answer<Registered>> {
  const { store, vault } = needs
  const [row] = await store.sql<EnrolmentRow[]>`
    select nonce, created_ms as "createdMs", deadline_ms as "deadlineMs" from terminals.enrolment
     where terminal = ${asked.terminal} and cardholder = ${asked.cardholder}`
  if (row === undefined || row.deadlineMs <= nowMs) return refused('challenge_expired')
  const { name, ...vouched } = asked
  const admitted = await vault.call('admit_terminal', {
    ...vouched,
    nonce: toBase64url(row.nonce),
    now: new Date(Number(row.createdMs)).toISOString(),
  })
  if (!admitted.ok) return refused(admissionRefusal(admitted.refusal))
  const keeping = { asked, name: name ?? null, ...admitted.output }
  const terminal = await store.transaction((tx) => keep(tx, keeping, nowMs))
  const { challenge, vault_key } = admitted.output
  return done({ terminal, challenge, vault_key })
}

const admissionRefusals = ['passkey_invalid', 'passkey_unknown', 'terminal_exists'] as const

const admissionRefusal = (refusal: string) =>
  admissionRefusals.find((known) => known === refusal) ?? 'enrolment_invalid'

type Keeping = VaultOutput<'admit_terminal'> & {
  readonly asked: NewTerminal
  readonly name: string | null
}

async function keep(tx: Tx, keeping: Keeping, nowMs: number): Promise<Terminal> {
  const { asked, name, sealing_thumbprint, signing_thumbprint } = keeping
  const { terminal: id, cardholder, signing_key } = asked
  await tx`
    insert into terminals.terminal
      (lane, id, cardholder, status, sealing_thumbprint, signing_thumbprint, signing_key,
       name, created_ms)
    values (${laneOf(id)}, ${id}, ${cardholder}, 'pending', ${sealing_thumbprint},
            ${signing_thumbprint}, ${tx.json(signing_key)}, ${name}, ${nowMs})
    on conflict do nothing`
  const terminal = await readTerminal(tx, id)
  if (terminal?.signingThumbprint !== signing_thumbprint)
    throw new Error('the vault bound other keys to this terminal than we keep')
  return terminal
}

export type Confirming = {
  readonly terminal: Id<'trm'>
  readonly cardholder: Id<'chl'>
  readonly proof: string
}

/** The phone proved that it could open what was sealed to it: it is active, or waits. */
export async function confirmTerminal(
  { store, vault, mint }: Needs,
  { terminal: id, cardholder, proof }: Confirming,
  nowMs: number,
): Promise<Answer<Terminal>> {
  const before = await readTerminal(store.sql, id)
  if (before?.cardholder !== cardholder) return refused('not_found')
  if (!['pending', 'waiting', 'active'].includes(before.status))
    return refused('terminal_not_active')
  const proved = await vault.call('confirm_terminal', { terminal: id, proof })
  if (!proved.ok)
    return refused(proved.refusal === 'terminal_unknown' ? 'terminal_not_active' : 'proof_invalid')
  const to = proved.output.admitted ? 'active' : 'waiting'
  return store.transaction(async (tx) => {
    const [moved] = await tx<{ version: number }[]>`
      update terminals.terminal set status = ${to}, version = version + 1
       where lane = ${laneOf(id)} and id = ${id}
         and status = 'pending'
      returning version`
    if (moved !== undefined) {
      const event = { id: mint('evt', laneOf(id)), audience: cardholder, subject: id, data: {} }
      await append(tx, [{ ...event, type: `terminal.${to}`, sequence: moved.version }], nowMs)
    }
    const terminal = await readTerminal(tx, id)
    const isIn = terminal?.status === 'active' || terminal?.status === 'waiting'
    return terminal !== undefined && isIn ? done(terminal) : refused('terminal_not_active')
  })
}
