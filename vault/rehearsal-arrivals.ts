/** For tests: a further phone of a person, with keys of its own and the same, synced passkey. */
import { jcs } from '@warifu/crypto/jcs'
import type { TerminalContent } from '@warifu/protocol/approval-content'
import type { Id } from '@warifu/protocol/ids'
import type { RemoveStatement } from '@warifu/protocol/phone'
import type { VaultInput } from '@warifu/protocol/vault'
import type { ProofMethod } from '@warifu/protocol/vault-arrivals'
import { proofCodeOf } from './arrival-proofs.ts'
import { assertionOf } from './rehearsal-passkey.ts'
import {
  admissionOf,
  digestOf,
  must,
  NOW,
  type Person,
  proofOf,
  signedRequest,
} from './rehearsal-person.ts'
import type { World } from './world.ts'

const LATER = '2027-01-05T01:00:00.000Z'

/** Enrolled by the passkey alone: it waits. */
export async function arrive(person: Person): Promise<Person> {
  const { stage } = person
  const keys = { sealing: stage.chance.keyPair(), signing: stage.chance.keyPair() }
  const phone = { ...person, terminal: stage.newId('trm'), ...keys }
  const admitted = await must(stage.dispatch, 'admit_terminal', admissionOf(phone))
  const proof = proofOf(phone, admitted)
  await must(stage.dispatch, 'confirm_terminal', { terminal: phone.terminal, proof })
  return phone
}

type Yes = {
  readonly replaces?: Id<'trm'> | null
  /** What differs from an honest yes. */
  readonly bend?: Partial<TerminalContent>
  readonly answer?: 'approve' | 'deny'
  readonly voucher?: Person
  readonly signer?: Person
}

/** The old phone's yes to the new one, as it is signed. */
export function yesOf(old: Person, phone: Person, own: Yes = {}): VaultInput<'release_terminal'> {
  const { replaces = null, bend = {}, answer = 'approve', voucher = old, signer = old } = own
  const { sealing_key, signing_key } = admissionOf(phone)
  const content: TerminalContent = {
    approval: old.stage.newId('apr'),
    subject: { kind: 'terminal', id: phone.terminal },
    sealing_thumbprint: thumbprint(sealing_key),
    signing_thumbprint: thumbprint(signing_key),
    registered_at: NOW,
    replaces,
    factors: ['terminal_signature', 'user_verification'],
    deadline_at: LATER,
    ...bend,
  }
  const content_digest = digestOf(jcs(content))
  const assertion = assertionOf(voucher.passkey, content_digest)
  const path = `/v1/approvals/${content.approval}/answer`
  const request = signedRequest(signer, { answer, content_digest, assertion }, { path })
  const { terminal } = phone
  return { terminal, replaces, yes: { terminal: old.terminal, content, request } }
}

const thumbprint = ({ crv, kty, x, y }: { crv: string; kty: string; x: string; y: string }) =>
  digestOf(JSON.stringify({ crv, kty, x, y }))

export async function prove(
  world: World,
  { stage, terminal }: Person,
  method: ProofMethod,
): Promise<number> {
  const verification = stage.newId('ver')
  const made = { verification, terminal, method, tries: 3, expires_at: LATER }
  await must(stage.dispatch, 'make_proof_code', made)
  const code = proofCodeOf(world, verification)
  const typed = { verification, attempt: stage.newId('req'), code, now: NOW }
  return (await must(stage.dispatch, 'check_proof_code', typed)).passed
}

export function recallOf(old: Person, { terminal }: Person, signer = old) {
  const request = signedRequest(signer, {}, { path: `/v1/arrivals/${terminal}/cancel` })
  return { terminal, by: old.terminal, request }
}

type Dismissing = {
  /** What differs from an honest act. */
  readonly bend?: Partial<RemoveStatement>
  readonly voucher?: Person
  readonly signer?: Person
}

/** One phone ends another, as it is signed. */
export function dismissOf(by: Person, { terminal }: Person, own: Dismissing = {}) {
  const { bend = {}, voucher = by, signer = by } = own
  const act = { act: 'remove_terminal', terminal, by: by.terminal } as const
  const statement: RemoveStatement = { ...act, ...bend }
  const assertion = assertionOf(voucher.passkey, digestOf(jcs(statement)))
  const path = `/v1/terminals/${terminal}/remove`
  const request = signedRequest(signer, { statement, assertion }, { path })
  return { terminal, by: by.terminal, request }
}
