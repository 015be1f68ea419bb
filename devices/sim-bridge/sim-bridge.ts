/** What others may take from the bridge: its parts, for a process of another kind or a test. */
export { createBridge } from './bridge.ts'
export { BridgeError } from './bridge-error.ts'
export { createPairings } from './pairings.ts'
export { createQuestions } from './questions.ts'
export { createSimInUse } from './sim-in-use.ts'
