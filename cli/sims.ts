/**
 * The maker's tool for SIMs (S2): an operator admits one in the vault, its keys go into the chip,
 * and the vault writes the cards through this program, which passes on what it cannot read.
 */
import { randomBytes } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fromBase64url, toBase64url } from '@warifu/crypto/base64url'
import { simLayout } from '@warifu/crypto/sim-layout'
import { type CardSlot, transmitWhole } from '@warifu/devices/card-slot'
import { makeSimFile } from '@warifu/devices/sim-card'
import { type Id, mintId } from '@warifu/protocol/ids'
import { type Api, callApi } from '@warifu/sdk/api-call'
import { type OperatorSettings, operateVault } from './programs.ts'

export type SimMaker = {
  readonly api: Api
  /** An operator's token (`wo_…`) with the role issuer. */
  readonly token: string
  readonly vault: OperatorSettings
  /** Closed to others; the keys lie here until they are in the chip. */
  readonly folder: string
}

export type Admitted = {
  readonly sim: Id<'sim'>
  readonly iccid: string
  readonly maker: { readonly enc: Uint8Array; readonly mac: Uint8Array; readonly dek: Uint8Array }
}

const mint = <P extends 'sim' | 'req'>(prefix: P): Id<P> =>
  mintId({ prefix, lane: 0, nowMs: Date.now(), chance: randomBytes(14) })

/** By hand in the secure room; what comes out is for the chip alone. */
export async function admitSim(
  { vault, folder }: SimMaker,
  { iccid, card }: { readonly iccid: string; readonly card: Id<'crd'> },
): Promise<Admitted> {
  const sim = mint('sim')
  const out = join(folder, `${sim}.injection`)
  const named = ['--sim', sim, '--iccid', iccid, '--card', card, '--out', out]
  await operateVault(vault, ['admit-sim', ...named])
  const told: unknown = JSON.parse(await readFile(out, 'utf8'))
  await rm(out)
  const { scp03 } = Object(told)
  const key = (text: unknown) => Uint8Array.from(Buffer.from(String(text), 'hex'))
  return { sim, iccid, maker: { enc: key(scp03.enc), mac: key(scp03.mac), dek: key(scp03.dek) } }
}

export type Codes = { readonly pin: string; readonly puk: string }

/** SIMULATOR: a chip of software with these keys, its memory in a file. */
export const pressSim = (path: string, { iccid, maker }: Admitted, codes: Codes): void =>
  makeSimFile(path, { iccid, maker, layout: simLayout, ...codes })

export type Written = { readonly sim: Id<'sim'>; readonly commands: number }

/** Round by round until the vault has nothing left to say; cut off, it begins again. */
export async function personaliseSim(
  { api, token }: Pick<SimMaker, 'api' | 'token'>,
  slot: CardSlot,
  { sim, iccid }: Pick<Admitted, 'sim' | 'iccid'>,
  cards: readonly Id<'crd'>[],
): Promise<Written> {
  const session = mint('req')
  const answers: string[] = []
  for (;;) {
    const round = await callApi(api, 'personaliseSim', {
      params: { id: sim },
      body: { session, iccid_last4: iccid.slice(-4), cards: [...cards], answers: [...answers] },
      headers: { authorization: `Bearer ${token}` },
    })
    if (round.done) return { sim, commands: answers.length }
    for (const command of round.commands)
      answers.push(toBase64url(await transmitWhole(slot, fromBase64url(command))))
  }
}
