/**
 * Ways to show a card. A presentment has no tables and decides nothing about money: it hands what
 * came in to the vault and answers with a card reference, or with a refusal. A file per way in.
 */
export { type BeaconAsk, readBeacon } from './beacon.ts'
export { type CodeAsk, type CodeRead, readCode } from './code.ts'
export { type EntryExpected, type EntryRead, readEntry } from './entry-device.ts'
export { isNext, type Next, type Read } from './read.ts'
export { type ReaderAsk, readReader } from './reader.ts'
export { readSim } from './sim.ts'
export {
  type Due,
  firstStep,
  lateOf,
  numberOf,
  type Step,
  type StepSeconds,
  stepNames,
  stepTo,
  ways,
} from './steps.ts'
export { type TokenUse, useToken } from './token.ts'
export { readWallet } from './wallet.ts'
