/**
 * An operator admits a SIM for a cardholder, by hand in the secure room: from then on cards of that
 * cardholder, and of nobody else, may be written into it. The file that comes out goes to the SIM's
 * maker, who puts these keys into the chip; the vault keeps none of them.
 */
import type { Id } from '@warifu/protocol/ids'
import { readStoredCards } from './cards.ts'
import { OperatorError } from './operator-acts.ts'
import { simKeys, wipe } from './sim-keys.ts'
import type { World } from './world.ts'

export type SimInjection = {
  readonly sim: Id<'sim'>
  readonly iccid: string
  /** Hex: the secure channel's static keys (GlobalPlatform SCP03), and the SIM's own. */
  readonly scp03: { readonly enc: string; readonly mac: string; readonly dek: string }
  readonly authentication: string
}

export type AdmittedSim = {
  readonly sim: Id<'sim'>
  readonly iccid: string
  /** A card of the cardholder whose SIM it is. */
  readonly card: Id<'crd'>
}

export async function admitSim(
  { store, hierarchy, audit, nowMs }: World,
  { sim, iccid, card }: AdmittedSim,
): Promise<SimInjection> {
  if (!/^89[0-9]{16,18}$/.test(iccid))
    throw new OperatorError('--iccid is the 18 to 20 digits printed on the SIM, from 89.')
  await store.begin(async (sql) => {
    const cardholder = (await readStoredCards(sql, [card])).get(card)?.cardholder
    if (cardholder === undefined) throw new OperatorError('There is no such card.')
    const admitted = await sql`
      insert into sims.sim (sim, iccid, cardholder, state, created_at_ms)
      values (${sim}, ${iccid}, ${cardholder}, 'admitted', ${nowMs()})
      on conflict do nothing returning sim`
    if (admitted.length === 0) throw new OperatorError('This SIM was admitted before.')
    await audit.append(sql, [{ operation: 'admit_sim', sim, cardholder, result: 'ok' }])
  })
  const keys = simKeys(hierarchy, iccid)
  const hex = (key: Uint8Array) => Buffer.from(key).toString('hex').toUpperCase()
  const injection = {
    sim,
    iccid,
    scp03: { enc: hex(keys.enc), mac: hex(keys.mac), dek: hex(keys.dek) },
    authentication: hex(keys.auth),
  }
  wipe(keys)
  return injection
}
