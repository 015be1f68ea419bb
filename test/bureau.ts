/** A bureau for a house: its process, let in by the operators of vault and server. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { letBureauIn } from '@warifu/cli/bureau'
import { saidReady, startChild, untilReady } from '@warifu/cli/child'
import { createKeeper } from '@warifu/cli/keeper'
import { choosePort } from '@warifu/cli/ports'
import { bureauProgram } from '@warifu/cli/programs'
import { createBureauApi, readKeys } from '@warifu/devices/bureau'
import type { Body, Reply } from '@warifu/protocol/contract'
import type { Id } from '@warifu/protocol/ids'
import type { House } from './house.ts'

export type Bureau = {
  readonly folder: string
  /** Where its letters can be seen. */
  readonly url: string
  /** The letters that were made. */
  readonly letters: () => Promise<string[]>
  /** What lies in a letter. */
  readonly letter: (plastic: string) => Promise<Letter>
  /** What its process would say of a job, signed by its key. */
  readonly say: (id: Id<'pls'>, body: Body<'moveBureauJob'>) => Promise<Reply<'moveBureauJob'>>
  /** Its process does nothing while `work` is done. */
  readonly paused: <T>(work: () => Promise<T>) => Promise<T>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}
export type Letter = {
  readonly pan: string
  readonly expiry: string
  readonly security_code: string
  readonly name: string
  readonly track2: string
  readonly pan_sequence: string
  readonly chip_key: string
  readonly picture: string
}

export async function startBureau(house: House, postMs = 0): Promise<Bureau> {
  const folder = join(house.folder, 'bureau')
  const keeper = createKeeper()
  const port = await choosePort()
  const program = await bureauProgram({ apiUrl: house.url, folder, port, postMs })
  const child = await startChild(program, join(house.folder, 'bureau.log'), keeper)
  await untilReady(child, saidReady(child))
  const { operator, url, serverDatabase } = house
  await letBureauIn({ operator, databaseUrl: serverDatabase.url, url, folder })
  return {
    folder,
    url: `http://127.0.0.1:${port}`,
    letters: () => readdir(join(folder, 'letters')),
    letter: async (plastic) => {
      const place = join(folder, 'letters', plastic)
      const card: Omit<Letter, 'picture'> = JSON.parse(
        await readFile(join(place, 'card.json'), 'utf8'),
      )
      return { ...card, picture: await readFile(join(place, 'card.svg'), 'utf8') }
    },
    say: async (id, body) => {
      const keys = readKeys(await readFile(join(folder, 'bureau.keys.json'), 'utf8'))
      const api = createBureauApi({ fetch, apiUrl: url }, keys, Date.now)
      return api('moveBureauJob', { params: { id }, body })
    },
    paused: async (work) => {
      child.kill('SIGSTOP')
      try {
        return await work()
      } finally {
        child.kill('SIGCONT')
      }
    },
    [Symbol.asyncDispose]: async () => {
      await child.stop()
      await keeper.close()
    },
  }
}
