/**
 * The wallet's page as it is served: files only. The server of the page knows no secret and keeps
 * no state; the page calls the API itself, and the terminal in the browser signs.
 */
import { builtFolder, createPageServer, loadFiles } from '@warifu/web/serving'
import type { DeviceOrigins } from './device-origins.ts'

/** The paths that the page tells apart (browser/views.ts). */
export const views = [
  '/',
  '/pay',
  '/scan',
  '/code',
  '/history',
  '/apply',
  '/cards',
  '/devices',
  '/plastic',
  '/settings',
  '/reader',
  '/sim',
] as const

export const createWalletServer = async (apiOrigin: string, devices: DeviceOrigins = {}) =>
  createPageServer({
    files: await loadFiles(builtFolder('wallet')),
    policy: { connect: [apiOrigin, ...Object.values(devices)] },
    views,
    config: {
      api_origin: apiOrigin,
      ...Object.fromEntries(
        Object.entries(devices).map(([name, origin]) => [`${name}_origin`, origin]),
      ),
    },
  })
