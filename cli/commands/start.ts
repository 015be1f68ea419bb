/** `warifu start`: runs the sandbox until Ctrl-C, or until one of its processes fails. */
import { relative } from 'node:path'
import { listenForEnding } from '@warifu/cli/ending'
import { startPhoneReader } from '@warifu/cli/phone-reader'
import { type Sandbox, startSandbox } from '@warifu/cli/sandbox'
import { startTillDevice } from '@warifu/cli/till-device'

export async function run(args: readonly string[]): Promise<number> {
  if (args.length > 0) {
    console.error(`warifu start takes no arguments, and got: ${args.join(' ')}`)
    return 2
  }
  const ending = listenForEnding()
  const began = Date.now()
  const sandbox = await startSandbox({
    say: (step) => console.log(`· ${step}`),
    signal: ending.signal,
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

/** The till's entry device, and the reader at whoever's phone it is. */
async function startDevices(sandbox: Sandbox): Promise<AsyncDisposableStack> {
  await using stack = new AsyncDisposableStack()
  stack.use(await startTillDevice(sandbox))
  stack.use(await startPhoneReader(sandbox))
  return stack.move()
}

function welcome(sandbox: Sandbox, tookMs: number): string {
  const { home, ports, url, walletOrigin, tillOrigin, seed, logs } = sandbox
  const near = (path: string) => relative(process.cwd(), path) || '.'
  return `
Warifu is running (${(tookMs / 1000).toFixed(1)} s). Ctrl-C stops everything; nothing is lost.

  start     http://api.localhost:${ports.api}/   your first payment, step by step
  wallet    ${walletOrigin}/
  till      ${tillOrigin}/
  web shop  ${tillOrigin}/shop
  API       http://api.localhost:${ports.api}/v1
  docs      http://docs.localhost:${ports.api}/
  programs  ${url}/v1
  merchant  ${seed.merchant}, store ${seed.store}, card program ${seed.program}
  API key   in ${near(home)}/sandbox.json
  logs      ${near(logs)}/

Try first: open the start page in a browser. Or, in another terminal:

  npm run demo                       every system once, and what each party could read
  npm run warifu -- wallet --help    be a cardholder: join, apply, receive a card
  npm run warifu -- pay --help       be a shop: ask that wallet for a payment
  npm run warifu -- device --help    be a till with an encrypting keypad, and who stands before it
`
}
