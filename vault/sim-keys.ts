/**
 * Keys of SIMs, derived from one domain key and the chip's ICCID, so that none is kept; and the
 * key pairs to which records are sealed: one for each card company, named by its selector byte
 * (flag and index, KR100451174B1 fig. 2), private half wrapped by AES-KWP.
 */
import { createPrivateKey, type KeyObject } from 'node:crypto'
import { jwkOfPoint } from '@warifu/crypto/jwk-thumbprint'
import type { Hierarchy } from './hierarchy.ts'
import { thumbprintOf } from './public-key.ts'
import { asBytes, type Sql } from './store.ts'
import type { World } from './world.ts'

/** AES-128, as chips in the field have it (GlobalPlatform Amendment D, §6.2). */
const KEY_BYTES = 16
const uses = { enc: 'scp03-enc/1', mac: 'scp03-mac/1', dek: 'scp03-dek/1', auth: 'auth/1' } as const
export type SimKeys = { readonly [U in keyof typeof uses]: Uint8Array }

/** The three keys of the secure channel and the one by which the SIM answers for itself. */
export function simKeys(hierarchy: Hierarchy, iccid: string): SimKeys {
  const of = (use: string) =>
    new Uint8Array(hierarchy.mac('sim', `${use}/${iccid}`).subarray(0, KEY_BYTES))
  return { enc: of(uses.enc), mac: of(uses.mac), dek: of(uses.dek), auth: of(uses.auth) }
}

export const wipe = (keys: SimKeys): void => {
  for (const key of Object.values(keys)) key.fill(0)
}

export type Company = {
  readonly kid: string
  readonly selector: number
  readonly wrapped: Uint8Array
  readonly point: Uint8Array
  readonly thumbprint: string
}

/** By the thumbprints of their keys, as headers name them. */
export async function readCompanies(
  sql: Sql,
  thumbprints: readonly string[],
): Promise<ReadonlyMap<string, Company>> {
  const rows = await sql<Company[]>`
    select kid, selector, wrapped, point, thumbprint from sims.company
    where thumbprint = any(${[...new Set(thumbprints)]}) and state = 'active'`
  return new Map(rows.map((row) => [row.thumbprint, row]))
}

/** The newest key of a company, or its first one: of two that make it at once one wins. */
export async function ensureCompany(
  { hierarchy, chance, nowMs }: World,
  sql: Sql,
  selector: number,
): Promise<Company> {
  const read = async (): Promise<Company | undefined> => {
    const [row] = await sql<Company[]>`
      select kid, selector, wrapped, point, thumbprint from sims.company
      where selector = ${selector} and state = 'active' order by version desc limit 1`
    return row
  }
  const known = await read()
  if (known !== undefined) return known
  const { privateKey, publicBytes } = chance.keyPair()
  const secret = privateKey.export({ format: 'der', type: 'pkcs8' })
  const { wrapped } = await hierarchy.wrapUnder(sql, 'company', secret)
  secret.fill(0)
  await sql`
    insert into sims.company
      (kid, selector, version, state, wrapped, point, thumbprint, created_at_ms)
    values (${`sim.${selector}.1`}, ${selector}, 1, 'active', ${wrapped}, ${publicBytes},
            ${thumbprintOf(jwkOfPoint(publicBytes))}, ${nowMs()})
    on conflict do nothing`
  const made = await read()
  if (made === undefined) throw new Error('a company without a key')
  return made
}

/** The private half, for opening inside this process. */
export function companyPrivateKey(hierarchy: Hierarchy, { wrapped }: Company): KeyObject {
  const secret = hierarchy.unwrapUnder('company', asBytes(wrapped))
  const key = createPrivateKey({ key: Buffer.from(secret), format: 'der', type: 'pkcs8' })
  secret.fill(0)
  return key
}
