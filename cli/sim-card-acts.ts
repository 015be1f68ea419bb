/** `warifu device sim-card …`: SIMs in real readers, and the simulated one in a virtual reader. */
import { randomBytes, randomInt } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { simLayout } from '@warifu/crypto/sim-layout'
import { type CardSlot, transmitWhole } from '@warifu/devices/card-slot'
import { PcscError, pcscSlot, readerNames } from '@warifu/devices/pcsc'
import { makeSimFile, simulatedSlot } from '@warifu/devices/sim-card'
import { Misunderstood, readArguments, runTelling, wholeNumber } from './arguments.ts'
import { nodeProgram, saidReady, startChild, untilReady } from './child.ts'
import { codeOfSignal, listenForEnding } from './ending.ts'
import { createKeeper } from './keeper.ts'
import { lookAtSim, wordsOfLook } from './sim-look.ts'
import { codeOf, Sorry } from './sorry.ts'
import { root } from './state-folder.ts'
import { startVirtualReader } from './virtual-reader.ts'

const help = `warifu device sim-card <act> [--json]

  readers                   the PC/SC readers of this machine
  show                      a SIM's number, tries and files: nothing is spent, nothing changed
  send HEX…                 commands to it, and its answers
        [--reader PART]     the card in the reader whose name has this part
        [--file FILE]       the simulated SIM kept in this file, in this process

  make --file FILE --iccid DIGITS
                            a simulated SIM; its PIN, PUK and maker's keys go to FILE.secrets
  run --file FILE           put it into a virtual reader until Ctrl-C:
        [--port PORT]       that of the machine's pcscd (vsmartcard-vpcd, 35963)
        [--own]             with a pcscd of our own, which other programs find by an address printed

Exit codes: 0 done, 1 refused, 2 not understood. docs/sim.md tells of real cards.`

const options = {
  json: { type: 'boolean' },
  reader: { type: 'string' },
  file: { type: 'string' },
  iccid: { type: 'string' },
  port: { type: 'string' },
  own: { type: 'boolean' },
} as const
type Values = ReturnType<typeof readArguments<typeof options>>['values']
type Tell = (object: unknown, words: string) => void
type Act = (values: Values, words: readonly string[], tell: Tell) => Promise<number>

const acts: Readonly<Record<string, Act>> = { readers, show, send, make, run: runCard }

export async function runSimCard(args: readonly string[]): Promise<number> {
  return await runTelling(
    args,
    { command: 'device sim-card', who: 'cardholder', help },
    async () => {
      const { values, positionals } = readArguments(args, options)
      const [verb = '', ...words] = positionals
      const act = Object.hasOwn(acts, verb) ? acts[verb] : undefined
      if (act === undefined)
        throw new Misunderstood(`an act is one of ${Object.keys(acts).join(', ')}; got "${verb}".`)
      if (words.length > 0 && verb !== 'send')
        throw new Misunderstood(`${verb} does not take "${words[0]}".`)
      const tell: Tell = (object, text) => console.log(values.json ? JSON.stringify(object) : text)
      return await act(values, words, tell).catch(plainly)
    },
  )
}

function plainly(cause: unknown): never {
  if (cause instanceof PcscError) throw new Sorry(cause.message, { cause })
  if (codeOf(cause) === 'ENOENT') throw new Sorry('There is no such file.', { cause })
  throw cause
}

// ─── Any SIM ─────────────────────────────────────────────────────────────────────────────────────

const WAIT_MS = 3_000

async function withCard<T>({ file, reader }: Values, work: (slot: CardSlot) => Promise<T>) {
  if (file !== undefined && reader !== undefined)
    throw new Misunderstood('--reader or --file, not both.')
  const wanted = { waitMs: WAIT_MS, ...(reader === undefined ? {} : { reader }) }
  const slot = file === undefined ? await pcscSlot(wanted) : simulatedSlot(resolve(file))
  try {
    return await work(slot)
  } finally {
    await slot.close()
  }
}

async function readers(_values: Values, _words: readonly string[], tell: Tell): Promise<number> {
  const names = await readerNames()
  tell({ readers: names }, names.length === 0 ? 'No card reader is there.' : names.join('\n'))
  return names.length === 0 ? 1 : 0
}

async function show(values: Values, _words: readonly string[], tell: Tell): Promise<number> {
  const look = await withCard(values, lookAtSim)
  tell(look, wordsOfLook(look))
  return 0
}

async function send(values: Values, words: readonly string[], tell: Tell): Promise<number> {
  if (words.length === 0) throw new Misunderstood('send expects commands in hex.')
  const wrong = words.find((word) => !/^(?:[0-9a-f]{2}){4,261}$/i.test(word))
  if (wrong !== undefined) throw new Misunderstood(`"${wrong}" is no command in hex.`)
  return await withCard(values, async (slot) => {
    for (const word of words) {
      const reply = await transmitWhole(slot, Uint8Array.from(Buffer.from(word, 'hex')))
      const answer = Buffer.from(reply).toString('hex')
      tell({ command: word, answer }, `> ${word}\n< ${answer.slice(0, -4)} ${answer.slice(-4)}`)
    }
    return 0
  })
}

// ─── The simulated one ───────────────────────────────────────────────────────────────────────────

const fileOf = ({ file }: Values): string => {
  if (file === undefined) throw new Misunderstood('--file says where the simulated SIM is kept.')
  return resolve(file)
}

async function make(values: Values, _words: readonly string[], tell: Tell): Promise<number> {
  const file = fileOf(values)
  const { iccid = '' } = values
  if (!/^[0-9]{18,20}$/.test(iccid)) throw new Misunderstood('--iccid is 18 to 20 digits.')
  const digits = (count: number) => String(randomInt(10 ** count)).padStart(count, '0')
  const key = () => new Uint8Array(randomBytes(16))
  const [pin, puk, maker] = [digits(4), digits(8), { enc: key(), mac: key(), dek: key() }]
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
  const keys = { enc: hex(maker.enc), mac: hex(maker.mac), dek: hex(maker.dek) }
  const secrets = `${JSON.stringify({ iccid, pin, puk, ...keys }, null, 2)}\n`
  // Never over one that is there: its keys would be lost.
  await writeFile(`${file}.secrets`, secrets, { mode: 0o600, flag: 'wx' }).catch((cause) => {
    throw codeOf(cause) === 'EEXIST' ? new Sorry('There is a SIM in this file.', { cause }) : cause
  })
  makeSimFile(file, { iccid, pin, puk, maker, layout: simLayout })
  const words = `A SIMULATED SIM ${iccid} is in ${file}; its secrets are in ${file}.secrets.`
  tell({ iccid, file, secrets: `${file}.secrets` }, words)
  return 0
}

async function runCard(values: Values, _words: readonly string[], tell: Tell): Promise<number> {
  const port = values.port === undefined ? 35963 : wholeNumber(values.port, 'The port', 'a port')
  const ending = listenForEnding()
  await using stack = new AsyncDisposableStack()
  const keeper = createKeeper()
  stack.defer(() => keeper.close())
  const folder = await mkdtemp(join(tmpdir(), 'warifu-sim-card-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const main = join(root, 'devices', 'sim-card', 'main.ts')
  const env = { MEMORY_FILE: fileOf(values), READER_PORT: String(port) }
  const program = await nodeProgram('The SIM card', main, env)
  const own = values.own === true ? await startVirtualReader({ folder, keeper }) : undefined
  if (own !== undefined) stack.defer(own.stop)
  const log = join(folder, 'card.log')
  const child = await (own?.insert(program) ?? startChild(program, log, keeper))
  stack.defer(child.stop)
  await untilReady(child, saidReady(child))
  const address =
    own === undefined ? '' : `\nexport PCSCLITE_CSOCK_NAME=${own.env.PCSCLITE_CSOCK_NAME}`
  tell(
    { event: 'ready', ...own?.env },
    `The SIM (simulator) is in the reader. Ctrl-C draws it.${address}`,
  )
  const signal = await Promise.race([ending.asked, child.exited.then(() => undefined)])
  return signal === undefined ? 1 : codeOfSignal(signal)
}
