/**
 * For tests: two people with a terminal and a card each, and what a row of the laws' table is.
 */
import type { VaultInput, VaultOperation } from '@warifu/protocol/vault'
import { type Carried, carryCard, enrol, type Person, type Stage } from './rehearsal-person.ts'
import type { World } from './world.ts'

export type Scene = {
  readonly stage: Stage
  readonly world: World
  readonly victim: Person
  readonly attacker: Person
  readonly victims: Carried
  readonly attackers: Carried
}

export async function createScene(stage: Stage & { readonly world: World }): Promise<Scene> {
  const victim = await enrol(stage)
  const attacker = await enrol(stage)
  const victims = await carryCard(victim)
  const attackers = await carryCard(attacker)
  return { stage, world: stage.world, victim, attacker, victims, attackers }
}

export type Attack<O extends VaultOperation> = {
  readonly name: string
  readonly input: VaultInput<O>
  /** The word of the answer. */
  readonly expect: string
}
export type LawRow<O extends VaultOperation> = {
  /** A new honest input at each call. */
  readonly honest: (scene: Scene) => Promise<VaultInput<O>>
  readonly attacks: (scene: Scene) => Promise<readonly Attack<O>[]>
}
