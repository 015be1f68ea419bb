/**
 * `warifu start`: runs the sandbox until Ctrl-C, or until one of its processes fails. Of several
 * servers or vaults, one that ends is started again and the others go on.
 */

import { relative } from 'node:path'
import { Misunderstood, readArguments } from '@warifu/cli/arguments'
import { listenForEnding } from '@warifu/cli/ending'
import { startPhoneReader } from '@warifu/cli/phone-reader'
import { type Sandbox, startSandbox } from '@warifu/cli/sandbox'
import { sizeOf, sizeOptions } from '@warifu/cli/size'
import { startTestPeople } from '@warifu/cli/test-people'
import { startTillDevice } from '@warifu/cli/till-device'

export async function run(args: readonly string[]): Promise<number> {
  const size = sizeIn(args)
  if (typeof size === 'string') {
    console.error(`warifu start: ${size} Usage: warifu start [--workers N] [--vaults M]`)
    return 2
  }
  const ending = listenForEnding()
  const began = Date.now()
  const sandbox = await startSandbox({
    say: (step) => console.log(`· ${step}`),
    signal: ending.signal,
    tour: true,
    ...size,
  }).catch((error: unknown) => {
    if (ending.signal.aborted) return undefined
    throw error
  })
  if (sandbox === undefined) return 0
  console.log('· devices')
  const devices = await startDevices(sandbox).catch(async (error: unknown) => {
    await sandbox.stop()
    throw error
  })
  console.log(welcome(sandbox, Date.now() - began))
  const failure = await Promise.race([sandbox.crashed, ending.asked.then(() => undefined)])
  if (failure === undefined) console.log('\nStopping …')
  await devices.disposeAsync()
  await sandbox.stop()
  if (failure === undefined) return 0
  console.error(`warifu: ${failure}`)
  return 1
}

/** How many server processes and vaults; or what is wrong with what was typed. */
function sizeIn(args: readonly string[]): ReturnType<typeof sizeOf> | string {
  try {
    const { values, positionals } = readArguments(args, sizeOptions)
    return positionals.length > 0 ? `${positionals.join(' ')}: not understood.` : sizeOf(values)
  } catch (error) {
    if (error instanceof Misunderstood) return error.message
    throw error
  }
}

/** The till's entry device, the reader at whoever's phone it is, and the test cardholders. */
async function startDevices(sandbox: Sandbox): Promise<AsyncDisposableStack> {
  await using stack = new AsyncDisposableStack()
  stack.use(await startTillDevice(sandbox))
  stack.use(await startPhoneReader(sandbox))
  console.log('· test cardholders')
  stack.use(await startTestPeople(sandbox))
  return stack.move()
}

function welcome(sandbox: Sandbox, tookMs: number): string {
  const { home, ports, url, walletOrigin, tillOrigin, tourOrigin, seed, logs } = sandbox
  const near = (path: string) => relative(process.cwd(), path) || '.'
  return `
Warifu is running (${(tookMs / 1000).toFixed(1)} s). Ctrl-C stops everything; nothing is lost.

  tour      ${tourOrigin}/   five systems in five minutes: open this first
  start     http://api.localhost:${ports.api}/   your first payment, step by step
  wallet    ${walletOrigin}/
  till      ${tillOrigin}/
  web shop  ${tillOrigin}/shop
  console   http://console.localhost:${ports.api}/
  API       http://api.localhost:${ports.api}/v1
  docs      http://docs.localhost:${ports.api}/
  programs  ${url}/v1
  merchant  ${seed.merchant}, store ${seed.store}, card program ${seed.program}
  API key   in ${near(home)}/sandbox.json
  logs      ${near(logs)}/

Try first: open the tour in a browser. Or, in another terminal:

  npm run demo                       every system once, and what each party could read
  npm run warifu -- wallet --help    be a cardholder: join, apply, receive a card
  npm run warifu -- pay --help       be a shop: ask that wallet for a payment
  npm run warifu -- device --help    be a till with an encrypting keypad, and who stands before it
`
}
