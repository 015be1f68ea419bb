/** The card bureau (simulator): how it opens a job, and what it makes of one. */
export { drawCard } from './drawing.ts'
export { openJob } from './job.ts'
export { personalDataOf } from './personalising.ts'
