/** Where the scenes are played: a sandbox of their own, with everything that `npm start` runs. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPhoneReader } from '@warifu/cli/phone-reader'
import { type Sandbox, startSandbox } from '@warifu/cli/sandbox'
import { startTestPeople } from '@warifu/cli/test-people'
import { startTillDevice } from '@warifu/cli/till-device'
import { type Browser, type BrowserOptions, openBrowser } from './chromium.ts'
import type { House } from './house.ts'
import { type People, peopleOf } from './people.ts'
import { type AirOf, openAir } from './proximity.ts'
import type { Camera } from './screens-camera.ts'

export type Stage = {
  readonly sandbox: Sandbox
  /** As journeys of the tests know a house. */
  readonly house: Pick<House, 'url' | 'fetch' | 'walletOrigin' | 'seed'>
  readonly people: People
  readonly camera: Camera
  /** In English, closed with the stage. */
  readonly browse: (options?: BrowserOptions) => Promise<Browser>
  /** The air that this sandbox's till listens to; devices in it are processes of their own. */
  readonly air: () => Promise<AirOf>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

export async function setStage(camera: Camera, say: (line: string) => void): Promise<Stage> {
  await using stack = new AsyncDisposableStack()
  const home = await mkdtemp(join(tmpdir(), 'warifu-screens-'))
  stack.defer(async () => {
    const elsewhere = await readFile(join(home, 'where'), 'utf8').catch(() => '')
    for (const folder of [home, elsewhere.trim()].filter((path) => path !== ''))
      await rm(folder, { recursive: true, force: true })
  })
  say('Starting a sandbox …')
  const sandbox = stack.use(await startSandbox({ home, tour: true }))
  stack.use(await startTillDevice(sandbox))
  stack.use(await startPhoneReader(sandbox))
  stack.use(await startTestPeople(sandbox))
  const { url, walletOrigin, seed } = sandbox
  const house = { url, fetch, walletOrigin, seed }
  const air = () => {
    const { home: folder, operator, ports } = sandbox
    const place = { air: ports.proximity, link: ports.proximity }
    return openAir({ folder, operator, walletOrigin }, place)
  }
  const owned = stack.move()
  const browse = async (options: BrowserOptions = {}) =>
    owned.use(await openBrowser({ width: 360, ...options }))
  return {
    ...{ sandbox, house, people: peopleOf(house), camera, browse, air },
    [Symbol.asyncDispose]: async () => await owned.disposeAsync(),
  }
}
