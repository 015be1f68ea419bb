/**
 * Entry devices: what an operator admitted can be given new initial keys, as key blocks (X9.143)
 * that only this device can open, and can be suspended.
 */
import { wrapKeyBlock } from '@warifu/crypto/key-block'
import type { EntrySuite } from '@warifu/protocol/entry-device'
import type { VaultInput, VaultOutput } from '@warifu/protocol/vault'
import { suites } from './entry-suites.ts'
import { asBytes, type Sql } from './store.ts'
import { type Answer, no, type Step, type World, yes } from './world.ts'

type DeviceRow = {
  readonly suite: EntrySuite
  readonly state: string
  readonly wrapped_kbpk: Uint8Array
}
type BaseRow = {
  readonly kid: string
  readonly prefix: Uint8Array
  readonly wrapped: Uint8Array
  readonly number: string
}

export async function makeDeviceKeys(
  world: World,
  sql: Sql,
  { device }: VaultInput<'make_device_keys'>,
): Promise<Answer<'make_device_keys'>> {
  const made = await makeKeysOf(world, sql, device)
  return made.ok ? yes({ device, ...made.value }) : made
}

type Made = Omit<VaultOutput<'make_device_keys'>, 'device'>

/** A new initial key of the newest base key, for this device alone to open. */
export async function makeKeysOf(
  world: World,
  sql: Sql,
  device: string,
): Promise<Step<Made, 'device_unknown' | 'device_not_active'>> {
  const [known] = await sql<DeviceRow[]>`
    select suite, state, wrapped_kbpk from entry.device where device = ${device}`
  if (known === undefined) return no('device_unknown')
  if (known.state !== 'admitted') return no('device_not_active')
  const base = await nextOf(sql, known.suite)
  if (base === undefined) return no('device_unknown')
  const keyId = suites[known.suite].keyIdOf(base.prefix, Number(base.number))
  const key_id = Buffer.from(keyId).toString('hex').toUpperCase()
  const made = wrapFor(world, { known, base, keyId })
  await sql`
    insert into entry.initial_key (key_id, device, kid, state, generation, created_at_ms)
    select ${key_id}, ${device}, ${base.kid}, 'live', count(*) + 1, ${world.nowMs()}
    from entry.initial_key where device = ${device}`
  return yes({ suite: known.suite, initial_key_id: key_id, ...made })
}

/** The newest base key of a suite, and the number of its next device. */
async function nextOf(sql: Sql, suite: EntrySuite): Promise<BaseRow | undefined> {
  const [row] = await sql<BaseRow[]>`
    update entry.base_key b set next_device = b.next_device + 1
    where b.kid = (select kid from entry.base_key where suite = ${suite} and state = 'active'
                   order by generation desc limit 1)
    returning b.kid, b.prefix, b.wrapped, b.next_device - 1 as number`
  return row
}

type Wrapping = {
  readonly known: DeviceRow
  readonly base: BaseRow
  readonly keyId: Uint8Array
}

/** X9.143 version D: B1, derivation only, not exportable, its id in an optional block. */
function wrapFor({ hierarchy, chance }: World, { known, base, keyId }: Wrapping) {
  const kbpk = hierarchy.unwrapUnder('entry', asBytes(known.wrapped_kbpk))
  const bdk = hierarchy.unwrapUnder('entry', asBytes(base.wrapped))
  const { initialKey, checkValue, block } = suites[known.suite]
  const key = initialKey(bdk, keyId)
  const data = Buffer.from(keyId).toString('hex').toUpperCase()
  const header = {
    version: 'D',
    usage: 'B1',
    algorithm: block.algorithm,
    mode: 'X',
    keyVersion: '00',
    exportability: 'N',
    optional: [{ id: block.idBlock, data }],
  }
  const key_block = wrapKeyBlock({ kbpk, header, key, random: chance.bytes(48) })
  const check_value = checkValue(key)
  for (const bytes of [kbpk, bdk, key]) bytes.fill(0)
  return { key_block, check_value }
}

/** Opens nothing more of a device, or again. */
export async function suspendDevices(
  _world: World,
  sql: Sql,
  inputs: readonly VaultInput<'suspend_device'>[],
): Promise<Answer<'suspend_device'>[]> {
  const answers: Answer<'suspend_device'>[] = []
  for (const { device, suspended } of inputs) {
    const moved = await sql`
      update entry.device set state = ${suspended ? 'suspended' : 'admitted'}
      where device = ${device} returning device`
    answers.push(moved.length === 1 ? yes({ device }) : no('device_unknown'))
  }
  return answers
}
