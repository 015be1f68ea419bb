/** The systems that the demo runs, in order. A new one is a row here and a file beside. */
import { beaconSaboteurs, refuellingSaboteurs, runBeacon, runRefuelling } from './beacon.ts'
import { runDoubleSealed } from './double-sealed.ts'
import { entryDeviceSaboteurs, runEntryDevice } from './entry-device.ts'
import { motoSaboteurs, runMoto } from './moto.ts'
import { physicalSaboteurs, runPhysical } from './physical.ts'
import { readerSaboteurs, runReader } from './reader.ts'
import { reconciliationSaboteurs, runReconciliation } from './reconciliation.ts'
import { saboteurs } from './saboteurs.ts'
import { runScheme } from './scheme-journeys.ts'
import { schemeSaboteurs } from './scheme-saboteurs.ts'
import { runSim, simSaboteurs } from './sim.ts'
import { runToken, tokenSaboteurs } from './token.ts'
import type { System } from './world.ts'

export const systems: readonly System[] = [
  {
    id: 'S0.terminal_sealed',
    title: 'a card that only the phone that applied can read',
    run: runScheme('terminal_sealed'),
    saboteurs: schemeSaboteurs('terminal_sealed'),
  },
  {
    id: 'S0.physical',
    title: 'plastic beside the phone, alive only in its owner’s hand',
    run: runPhysical,
    saboteurs: physicalSaboteurs,
  },
  {
    id: 'S0.server_sealed',
    title: 'a card sealed under the vault’s key, kept as it came',
    run: runScheme('server_sealed'),
    saboteurs: schemeSaboteurs('server_sealed'),
  },
  {
    id: 'S0.double_sealed',
    title: 'a card sealed twice, paid with by phone',
    drawn: 'wallet',
    run: runDoubleSealed,
    saboteurs,
  },
  {
    id: 'S0.payment_key',
    title: 'a card sealed for each payment to a key of its owner’s own',
    run: runScheme('payment_key'),
    saboteurs: schemeSaboteurs('payment_key'),
  },
  {
    id: 'S0.activation_number',
    title: 'a card that is dead until its one-time number came back',
    run: runScheme('activation_number'),
    saboteurs: schemeSaboteurs('activation_number'),
  },
  {
    id: 'S1',
    title: 'a device in the car is heard, its chip confirms on the phone',
    drawn: 'beacon',
    run: runBeacon,
    saboteurs: beaconSaboteurs,
  },
  {
    id: 'S1.refuel',
    title: 'a ceiling approved by the device in the car, less pumped, the rest released',
    run: runRefuelling,
    saboteurs: refuellingSaboteurs,
  },
  {
    id: 'S2',
    title: 'a card in the phone’s SIM, read by a bridge after its PIN',
    drawn: 'wallet',
    run: runSim,
    saboteurs: simSaboteurs,
  },
  {
    id: 'S3',
    title: 'a card read at the cardholder’s own reader, with a key pair for each sale',
    drawn: 'reader',
    run: runReader,
    saboteurs: readerSaboteurs,
  },
  {
    id: 'S4.entry_device',
    title: 'a card keyed, swiped or inserted at a shop’s entry device',
    drawn: 'entry_device',
    run: runEntryDevice,
    saboteurs: entryDeviceSaboteurs,
  },
  {
    id: 'S4.token',
    title: 'a card kept as sixteen digits, charged inside a consent',
    drawn: 'token',
    run: runToken,
    saboteurs: tokenSaboteurs,
  },
  {
    id: 'S4.moto',
    title: 'an order by telephone: keyed by the agent, or by the customer’s number alone',
    run: runMoto,
    saboteurs: motoSaboteurs,
  },
  {
    id: 'S4.reconciliation',
    title: 'one list of all sales; the order system’s file compared, and put right',
    run: runReconciliation,
    saboteurs: reconciliationSaboteurs,
  },
]
