/**
 * What an operator does by hand for a proximity device, with a record in the audit chain: admits
 * its chip, and makes what its factory puts in: keys as X9.143 blocks under a protection key of
 * its own, and the secret that its label shows. Of the label's secret the vault keeps nothing.
 */
import { checkValue } from '@warifu/crypto/cmac'
import { wrapKeyBlock } from '@warifu/crypto/key-block'
import type { Carrier } from '@warifu/protocol/device-objects'
import type { Id } from '@warifu/protocol/ids'
import { OperatorError } from './operator-acts.ts'
import type { World } from './world.ts'

const KEY_BYTES = 32

/** For the factory, and for nobody else. */
export type ChipInjection = {
  readonly device: Id<'pxd'>
  readonly carrier: Carrier
  /** Hex. Whoever has it can open this chip's key blocks. */
  readonly kbpk: string
  readonly kbpk_check_value: string
  readonly blocks: { readonly txn: string; readonly eid: string; readonly label: string }
  /** For the label, base64url: whoever reads it may pair with the chip once. */
  readonly label_secret: string
}

/** Derivation (B3) for codes and pairing, CMAC (M6) for the broadcast; the chip checks the same. */
const uses = {
  txn: { usage: 'B3', mode: 'X' },
  eid: { usage: 'M6', mode: 'G' },
  label: { usage: 'B3', mode: 'X' },
} as const

/** Admits a chip. Once: a second chip of this id would count from the start. */
export async function admitChip(
  world: World,
  { device, carrier }: Pick<ChipInjection, 'device' | 'carrier'>,
): Promise<ChipInjection> {
  const { store, chance, chipKeys, audit, nowMs } = world
  await store.begin(async (sql) => {
    const made = await sql`
      insert into chips.chip (device, carrier, state, created_at_ms)
      values (${device}, ${carrier}, 'made', ${nowMs()})
      on conflict do nothing returning device`
    if (made.length === 0) throw new OperatorError('This chip was admitted before.')
    await audit.append(sql, [{ operation: 'admit_chip', device, result: 'ok' }])
  })
  const kbpk = chance.bytes(KEY_BYTES)
  const label = chance.bytes(KEY_BYTES)
  const block = (name: keyof typeof uses, key: Uint8Array) => {
    const { usage, mode } = uses[name]
    const attributes = { version: 'D', usage, algorithm: 'A', mode, keyVersion: '00' }
    const optional = [{ id: 'LB', data: `${name} ${device}` }]
    const header = { ...attributes, exportability: 'N', optional }
    return wrapKeyBlock({ kbpk, header, key, random: chance.bytes(48) })
  }
  const [txn, eid] = [chipKeys.keyOf('chip-txn', device), chipKeys.keyOf('chip-eid', device)]
  const injection: ChipInjection = {
    device,
    carrier,
    kbpk: Buffer.from(kbpk).toString('hex').toUpperCase(),
    kbpk_check_value: checkValue(kbpk),
    blocks: { txn: block('txn', txn), eid: block('eid', eid), label: block('label', label) },
    label_secret: Buffer.from(label).toString('base64url'),
  }
  for (const secret of [kbpk, label, txn, eid]) secret.fill(0)
  return injection
}
