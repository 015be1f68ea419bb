/**
 * The entry device's door: for whoever stands before it or makes one, and for the cardholder's
 * reader (devices/reader), which is built from the same parts. Both run as processes of their own;
 * what is entered in one is not to be had here.
 */
export { writeCardData } from './card-data.ts'
export {
  type Advance,
  chipAnswered,
  inserted,
  keyed,
  prompt,
  type Sale,
  startSale,
  swiped,
} from './entering.ts'
export { cleared, type Entry, scratch, wipe } from './entry-memory.ts'
export { loadKey } from './key-loading.ts'
export { erased, hasKeys, type KeyMemory } from './key-memory.ts'
export type { Input } from './machine.ts'
export { KBPK_BYTES, makeDevice } from './making.ts'
export { openMemoryFile } from './memory-file.ts'
export type { PanelAnswer } from './panel.ts'
export { openPanel, type Panel } from './panel-client.ts'
export { listenPanel } from './panel-server.ts'
export { sealPin } from './pin-block.ts'
export { selfTest } from './self-test.ts'
export { lrcOf } from './stripe.ts'
