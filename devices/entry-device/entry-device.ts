/**
 * The entry device's door, for whoever stands before it or makes one. It runs as a process of its
 * own (main.ts); what happens inside is not to be had here.
 */
export { KBPK_BYTES, makeDevice } from './making.ts'
export type { PanelAnswer } from './panel.ts'
export { openPanel, type Panel } from './panel-client.ts'
