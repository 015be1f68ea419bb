/** A SIM with credit information: the simulated card (`uicc.ts`), and how one is made. */
export { AID, CREDIT_FILE, CREDIT_RECORDS } from './files.ts'
export { makeSimFile, simulatedSlot } from './keeping.ts'
export {
  codeBytes,
  iccidDigits,
  KEY_VERSION,
  type Making,
  makeSimCard,
  reset,
  type SimCard,
} from './state.ts'
export { ATR, simCard } from './uicc.ts'
