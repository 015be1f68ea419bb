/** Where the running sandbox is and what it was seeded with, read from the state folder. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Api } from '@warifu/sdk/api-call'
import { readPorts } from './ports.ts'
import { readSeed, type Seed } from './programs.ts'
import { defaultHome } from './sandbox.ts'
import { codeOf, Sorry } from './sorry.ts'

export type SandboxAddress = {
  readonly home: string
  readonly api: Api
  readonly walletOrigin: string
  readonly seed: Seed
}

export async function findSandbox(): Promise<SandboxAddress> {
  const home = defaultHome()
  const read = (name: string) =>
    readFile(join(home, name), 'utf8').catch((cause: unknown) => {
      const is = codeOf(cause) === 'ENOENT' ? 'There is no sandbox' : 'The sandbox cannot be read'
      throw new Sorry(`${is} in ${home}: run npm start first, in another terminal.`, { cause })
    })
  const ports = readPorts(await read('ports.json'))
  return {
    home,
    api: { fetch, apiUrl: `http://127.0.0.1:${ports.api}` },
    walletOrigin: `http://wallet.localhost:${ports.wallet}`,
    seed: readSeed(await read('sandbox.json')),
  }
}
