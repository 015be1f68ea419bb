/**
 * What a terminal sends to pay: one body for each way of presenting, told apart by `kind`. A way
 * of its own brings its body in a file of its own and takes its place in the union.
 */
import { type Static, Type } from 'typebox'
import { beaconBody, beaconUnreached } from './beacon.ts'
import { readerPresent } from './reader.ts'
import { presentSim } from './sim.ts'
import { presentBody } from './vault-shapes.ts'

/** Without a `kind` it is the wallet's own card. */
export const presentCardBody = Type.Union([
  presentBody,
  presentSim,
  readerPresent,
  beaconBody,
  beaconUnreached,
])
export type PresentCardBody = Static<typeof presentCardBody>
export type PresentKind = NonNullable<PresentCardBody['kind']>
