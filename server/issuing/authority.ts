/**
 * Authorities whose certificates identify people, each with its revocation list. A list is fetched
 * from the place that the operator named (never from one that a certificate names) and kept until
 * it runs out; a list that is not good, or does not come, leaves the old one where it still holds.
 */
import type { Db } from '#store'
import {
  type Authority,
  fingerprintOf,
  isGoodList,
  readCertificate,
  readList,
} from './certificate.ts'
import type { Needs } from './needs.ts'

export type NewAuthority = {
  readonly name: string
  readonly certificate: Uint8Array
  readonly crlUrl: string
  readonly nowMs: number
}

/**
 * Believes an authority from now on; the same one again changes where its list is. Undefined where
 * it is no certificate.
 */
export async function trustAuthority(db: Db, authority: NewAuthority): Promise<string | undefined> {
  const { name, certificate, crlUrl, nowMs } = authority
  if (readCertificate(certificate) === undefined) return undefined
  const id = await fingerprintOf(certificate)
  await db`
    insert into issuing.authority (id, name, certificate, crl_url, created_ms)
    values (${id}, ${name}, ${certificate}, ${crlUrl}, ${nowMs})
    on conflict (id) do update set name = excluded.name, crl_url = excluded.crl_url`
  return id
}

type Row = Authority & {
  readonly id: string
  readonly crlUrl: string
  readonly crlNextMs: bigint | null
}

/** So long a list is used without asking whether there is a newer one. */
const FRESH_MS = 60_000

/** All authorities, with lists as new as can be had. */
export async function goodAuthorities(needs: Needs, nowMs: number): Promise<Authority[]> {
  const rows = await needs.store.sql<(Row & { crl: Uint8Array | null })[]>`
    select id, certificate, crl_url as "crlUrl", crl, crl_next_ms as "crlNextMs"
      from issuing.authority order by id`
  return Promise.all(
    rows.map(async (row) => {
      const fresh = await fetchList(needs, row, nowMs)
      return { certificate: row.certificate, crl: fresh ?? row.crl ?? undefined }
    }),
  )
}

async function fetchList(
  { store, fetchBytes }: Needs,
  { id, certificate, crlUrl, crlNextMs }: Row,
  nowMs: number,
): Promise<Uint8Array | undefined> {
  if (crlNextMs !== null && Number(crlNextMs) > nowMs) return undefined
  const der = await fetchBytes(crlUrl).catch(() => undefined)
  const list = der && readList(der)
  if (!der || !list) return undefined
  const issuer = readCertificate(certificate)
  if (!issuer || !(await isGoodList(list, issuer, new Date(nowMs)))) return undefined
  await store.sql`
    update issuing.authority set crl = ${der}, crl_next_ms = ${nowMs + FRESH_MS} where id = ${id}`
  return der
}
