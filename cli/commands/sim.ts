/** `warifu sim …`: the maker's tool for SIMs that pay, and the bridge that reads them (sandbox). */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Misunderstood, readArguments, runTelling } from '@warifu/cli/arguments'
import { saidReady, startChild, untilReady } from '@warifu/cli/child'
import { codeOfSignal, listenForEnding } from '@warifu/cli/ending'
import { newIccid } from '@warifu/cli/iccid'
import { createKeeper } from '@warifu/cli/keeper'
import { operateServer, serverDatabaseOf } from '@warifu/cli/operators'
import { readPorts } from '@warifu/cli/ports'
import { findSandbox, type SandboxAddress } from '@warifu/cli/sandbox-address'
import { type BridgeCard, bridgeProgram } from '@warifu/cli/sim-bridges'
import { admitSim, personaliseSim, pressSim, type SimMaker } from '@warifu/cli/sims'
import { sandboxFileOf } from '@warifu/cli/state-folder'
import { pcscSlot } from '@warifu/devices/pcsc'
import { simulatedSlot } from '@warifu/devices/sim-card'
import { type Id, isId } from '@warifu/protocol/ids'

const help = `warifu sim <act> [--json]

  personalise crd_…         have the vault write this card, and --also others, into a SIM
        [--also crd_…,…]
        --file FILE         a new simulated SIM, kept in this file
        [--pin 1234] [--puk 12345678]
        --reader PART       or a real one, in the reader whose name has this part ("" is any):
        --iccid DIGITS      first "admit" it, and load the keys that come out
  admit crd_… --iccid DIGITS --out FILE
                            admit a real SIM for this card's owner; its keys go to FILE
  bridge                    run the bridge to the wallet's page until Ctrl-C
        --file FILE | --reader PART

The platform passes on what the vault says to the SIM and cannot read it (SCP03).
Exit codes: 0 done, 1 refused, 2 not understood.`

const options = {
  json: { type: 'boolean' },
  also: { type: 'string' },
  file: { type: 'string' },
  reader: { type: 'string' },
  iccid: { type: 'string' },
  pin: { type: 'string' },
  puk: { type: 'string' },
  out: { type: 'string' },
} as const
type Values = ReturnType<typeof readArguments<typeof options>>['values']
type Act = (sandbox: SandboxAddress, words: readonly string[], values: Values) => Promise<number>

const acts: Readonly<Record<string, Act>> = { personalise, admit, bridge }

export async function run(args: readonly string[]): Promise<number> {
  return await runTelling(args, { command: 'sim', who: 'cardholder', help }, async () => {
    const { values, positionals } = readArguments(args, options)
    const [verb = '', ...words] = positionals
    const act = Object.hasOwn(acts, verb) ? acts[verb] : undefined
    if (act === undefined)
      throw new Misunderstood(`an act is one of ${Object.keys(acts).join(', ')}; got "${verb}".`)
    return act(await findSandbox(), words, values)
  })
}

function cardIn(text = ''): Id<'crd'> {
  if (!isId('crd', text)) throw new Misunderstood(`a card's id (crd_…) is expected, not "${text}".`)
  return text
}

/** The sandbox's own maker: an operator of the server for this once, and the vault's own files. */
async function makerIn({ home, api }: SandboxAddress): Promise<SimMaker> {
  const folder = join(home, 'sims')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const name = `SIM maker ${Date.now().toString(36)}`
  const added = await operateServer(await serverDatabaseOf(home), ['add', name, 'issuer'])
  const vault = JSON.parse(await readFile(join(home, 'secrets', 'operator.json'), 'utf8'))
  return { api, token: JSON.parse(added).token, vault, folder }
}

const say = (told: object): void => console.log(JSON.stringify(told, null, 2))

async function admit(sandbox: SandboxAddress, words: readonly string[], values: Values) {
  const { iccid, out } = values
  if (iccid === undefined || out === undefined)
    throw new Misunderstood('admit expects --iccid and --out.')
  const maker = await makerIn(sandbox)
  const { sim, maker: keys } = await admitSim(maker, { iccid, card: cardIn(words[0]) })
  const hex = (key: Uint8Array) => Buffer.from(key).toString('hex').toUpperCase()
  const scp03 = { enc: hex(keys.enc), mac: hex(keys.mac), dek: hex(keys.dek) }
  const secret = `${JSON.stringify({ sim, iccid, key_version: '30', scp03 }, null, 2)}\n`
  await writeFile(out, secret, { mode: 0o600, flag: 'wx' })
  await keepNumber(maker, { sim, iccid })
  say({ sim, iccid, keys: out })
  return 0
}

type Named = { readonly sim: Id<'sim'>; readonly iccid: string }
const numberFile = ({ folder }: SimMaker, iccid: string) => join(folder, `${iccid}.json`)
const keepNumber = (maker: SimMaker, named: Named) =>
  writeFile(numberFile(maker, named.iccid), `${JSON.stringify(named)}\n`, { mode: 0o600 })

async function personalise(sandbox: SandboxAddress, words: readonly string[], values: Values) {
  const cards = [words[0], ...(values.also?.split(',') ?? [])].map(cardIn)
  const [first] = cards
  if (first === undefined) throw new Misunderstood('personalise expects a card.')
  const maker = await makerIn(sandbox)
  const { file, reader, pin = '1234', puk = '12345678' } = values
  if (file !== undefined) {
    const admitted = await admitSim(maker, { iccid: values.iccid ?? newIccid(), card: first })
    pressSim(resolve(file), admitted, { pin, puk })
    const slot = simulatedSlot(resolve(file))
    say({ ...(await personaliseSim(maker, slot, admitted, cards)), by: slot.name })
    await slot.close()
    return 0
  }
  if (reader === undefined || values.iccid === undefined)
    throw new Misunderstood('personalise expects --file, or --reader and --iccid.')
  const named: Named = JSON.parse(await readFile(numberFile(maker, values.iccid), 'utf8'))
  const slot = await pcscSlot({ reader })
  say({ ...(await personaliseSim(maker, slot, named, cards)), by: slot.name })
  await slot.close()
  return 0
}

async function bridge(
  { home, walletOrigin }: SandboxAddress,
  _: readonly string[],
  values: Values,
) {
  const { file, reader } = values
  if ((file === undefined) === (reader === undefined))
    throw new Misunderstood('bridge expects --file or --reader.')
  const card: BridgeCard =
    file === undefined ? { reader: reader ?? '' } : { memoryFile: resolve(file) }
  const { sim_bridge: port } = readPorts(await readFile(join(home, 'ports.json'), 'utf8'))
  const stateFile = join(home, 'sim-bridge.json')
  const keeper = createKeeper()
  const ending = listenForEnding()
  const sandboxFile = sandboxFileOf(home)
  const program = await bridgeProgram({ port, walletOrigin, stateFile, card, sandboxFile })
  const child = await startChild(program, join(home, 'sim-bridge.log'), keeper)
  await untilReady(child, saidReady(child))
  console.error(`The SIM bridge runs. Its window: http://127.0.0.1:${port}  Ctrl-C stops it.`)
  const signal = await Promise.race([ending.asked, child.exited.then(() => undefined)])
  await child.stop()
  keeper.close()
  return signal === undefined ? 1 : codeOfSignal(signal)
}
