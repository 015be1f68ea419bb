/** An operator's act in the secure room: a bureau's key is admitted, and jobs go to it alone. */
import { pointOfJwk } from '@warifu/crypto/jwk-thumbprint'
import { type BureauKeys, bureauKeys } from '@warifu/protocol/plastic'
import { Compile } from 'typebox/compile'
import { OperatorError } from './operator-acts.ts'
import { readPublicJwk, thumbprintOf } from './public-key.ts'
import type { World } from './world.ts'

const keysShape = Compile(bureauKeys)

/** Reads the file in which a bureau handed over its two public keys. */
export function readBureauKeys(text: string): BureauKeys {
  const value: unknown = JSON.parse(text)
  if (!keysShape.Check(value))
    throw new OperatorError('The key file holds bureau, sealing_key and signing_key, no more.')
  return value
}

/** Admits a bureau, once; its key is on the curve and bound to nobody else. */
export async function admitBureau(
  { store, audit, nowMs }: World,
  { bureau, sealing_key }: BureauKeys,
): Promise<{ readonly bureau: string; readonly thumbprint: string }> {
  const key = readPublicJwk(sealing_key)
  if (key === undefined) throw new OperatorError('sealing_key is no point of P-256.')
  const thumbprint = thumbprintOf(sealing_key)
  const point = pointOfJwk(sealing_key)
  await store.begin(async (sql) => {
    const admitted = await sql`
      insert into plastics.bureau (bureau, state, thumbprint, point, created_at_ms)
      values (${bureau}, 'admitted', ${thumbprint}, ${point}, ${nowMs()})
      on conflict do nothing returning bureau`
    if (admitted.length === 0) throw new OperatorError('This bureau or its key is admitted.')
    await audit.append(sql, [{ operation: 'admit_bureau', bureau, result: 'ok' }])
  })
  return { bureau, thumbprint }
}

export async function removeBureau({ store, audit }: World, bureau: string): Promise<object> {
  await store.begin(async (sql) => {
    const removed = await sql`
      update plastics.bureau set state = 'removed' where bureau = ${bureau} returning bureau`
    if (removed.length === 0) throw new OperatorError('There is no such bureau.')
    await audit.append(sql, [{ operation: 'remove_bureau', bureau, result: 'ok' }])
  })
  return { bureau }
}
