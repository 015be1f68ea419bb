/**
 * The proximity device's door, for whoever makes one or drives one without its process. It runs as
 * a process of its own (main.ts); what its chip keeps is not to be had here.
 */
export { openHciAir } from './hci-air.ts'
export { makeProximityDevice } from './making.ts'
