/** The till: a page, a shop's page, and the back end of both, which alone holds the API key. */
export { judge, type Knock, type Origins } from './gate.ts'
export { createTillServer, views } from './till-server.ts'
