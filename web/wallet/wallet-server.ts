/**
 * The wallet's page as it is served: files only. The server of the page knows no secret and keeps
 * no state; the page calls the API itself, and the terminal in the browser signs.
 */
import { builtFolder, createPageServer, loadFiles } from '@warifu/web/serving'

/** The paths that the page tells apart (browser/views.ts). */
const views = ['/', '/pay', '/scan', '/history', '/apply', '/settings'] as const

export const createWalletServer = async (apiOrigin: string) =>
  createPageServer({
    files: await loadFiles(builtFolder('wallet')),
    policy: { connect: [apiOrigin] },
    views,
    config: { api_origin: apiOrigin },
  })
