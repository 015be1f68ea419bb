/**
 * Serving pages: built once from the sources, named by hash, checked before they are served.
 *
 * A page's files lie apart from the API, in a process of their own: who alters what the API answers
 * cannot alter the code that signs. Nothing here knows what the pages do.
 */
export { buildPage, builtFolder, type Page } from './build.ts'
export { type BuiltFile, FilesError, loadFiles } from './files.ts'
export { contentSecurityPolicy, type PagePolicy, pageHeaders } from './headers.ts'
export {
  createPageServer,
  type HostedPage,
  type PageServerOptions,
  servePage,
} from './page-server.ts'
