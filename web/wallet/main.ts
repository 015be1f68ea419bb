/** The front door of the process that serves the wallet: the environment comes in here. */
import { readDeviceOrigins } from './device-origins.ts'
import { createWalletServer } from './wallet-server.ts'

function setting(name: string): string {
  const value = process.env[name]
  if (value === undefined || value === '') throw new TypeError(`${name} must be set`)
  return value
}

function originSetting(name: string): string {
  const url = URL.parse(setting(name))
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new TypeError(`${name} must be an http or https origin`)
  return url.origin
}

function portSetting(name: string): number {
  const port = Number(setting(name))
  if (!Number.isInteger(port) || port < 1 || port > 65535)
    throw new TypeError(`${name} must be a port: 1 to 65535`)
  return port
}

async function main(): Promise<void> {
  const port = portSetting('PORT')
  const devices = readDeviceOrigins(process.env['DEVICE_ORIGINS'] ?? '')
  const server = await createWalletServer(originSetting('API_ORIGIN'), devices)
  await server.listen({ host: process.env['HOST'] ?? '127.0.0.1', port })
  console.log(JSON.stringify({ event: 'ready', port }))
  const stop = () => void server.close()
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
}

try {
  await main()
} catch (fault) {
  console.error(`The wallet cannot start: ${fault instanceof Error ? fault.message : fault}`)
  process.exit(1)
}
