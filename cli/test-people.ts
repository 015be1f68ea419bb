/**
 * The test cardholders that `warifu start` runs: simulated people whose phones' keys lie in a
 * folder that no other process is told of. Demos and benches have their own people and start none.
 */
import { join } from 'node:path'
import { saidReady, startChild, untilReady } from './child.ts'
import { createKeeper } from './keeper.ts'
import { cardholdersProgram } from './programs.ts'
import type { Sandbox } from './sandbox.ts'

type At = Pick<Sandbox, 'home' | 'url' | 'ports' | 'logs' | 'walletOrigin'>

export async function startTestPeople(at: At): Promise<AsyncDisposable> {
  const { home, url: apiUrl, ports, logs, walletOrigin } = at
  const program = await cardholdersProgram({
    ...{ apiUrl, walletOrigin, port: ports.cardholders },
    folder: join(home, 'cardholders'),
    tokenFile: join(home, 'secrets', 'cardholders.token'),
  })
  const keeper = createKeeper()
  const child = await startChild(program, join(logs, 'cardholders.log'), keeper)
  await untilReady(child, saidReady(child))
  return {
    [Symbol.asyncDispose]: async () => {
      await child.stop()
      keeper.close()
    },
  }
}
