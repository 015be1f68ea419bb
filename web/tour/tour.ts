/**
 * The tour of a sandbox: a page whose buttons run every system there. It is served here; the people
 * and devices behind its buttons belong to a process of the CLI, which brings them along.
 */
export {
  isTourSystem,
  type TourRun,
  type TourStep,
  type TourSystem,
  tourSystems,
} from './browser/wire.ts'
export { createTourServer, type Runs, views } from './tour-server.ts'
