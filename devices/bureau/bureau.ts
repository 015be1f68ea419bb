/** The card bureau (simulator): how it asks, opens a job, and what it makes of one. */
export { createBureauApi } from './bureau-api.ts'
export { readKeys } from './bureau-keys.ts'
export { drawCard } from './drawing.ts'
export { openJob } from './job.ts'
export { personalDataOf } from './personalising.ts'
