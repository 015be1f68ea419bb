/**
 * The reader that a sandbox runs for whoever has a wallet there: made and admitted at the first
 * start, its keys loaded, kept running until the sandbox stops.
 */
import { join } from 'node:path'
import { saidReady, startChild, untilReady } from './child.ts'
import { createKeeper } from './keeper.ts'
import {
  FIRST_READER,
  findReader,
  loadReaderKeys,
  makeSandboxReader,
  readerProgramOf,
} from './readers.ts'
import type { Sandbox } from './sandbox.ts'

type At = Pick<Sandbox, 'home' | 'operator' | 'logs' | 'ports' | 'walletOrigin'>

export async function startPhoneReader(at: At): Promise<AsyncDisposable> {
  const { home, operator, logs, ports, walletOrigin } = at
  const known = await findReader(home, FIRST_READER)
  const isOurs = known?.port === ports.reader
  const place = { operator, port: ports.reader }
  const reader = isOurs ? known : await makeSandboxReader(home, FIRST_READER, place)
  const keeper = createKeeper()
  const log = join(logs, `reader-${reader.name}.log`)
  const child = await startChild(await readerProgramOf(reader, walletOrigin), log, keeper)
  await untilReady(child, saidReady(child))
  await loadReaderKeys(reader)
  return {
    [Symbol.asyncDispose]: async () => {
      await child.stop()
      keeper.close()
    },
  }
}
