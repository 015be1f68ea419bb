/** `warifu device …`: an entry device, its keys and slots, and a till that uses it (sandbox). */
import { Misunderstood, readArguments, runTelling, wholeNumber } from '@warifu/cli/arguments'
import * as acts from '@warifu/cli/device-acts'
import { FIRST_DEVICE, findEntryDevice } from '@warifu/cli/entry-devices'
import { proximity } from '@warifu/cli/proximity-acts'
import { reader } from '@warifu/cli/reader-acts'
import { findSandbox } from '@warifu/cli/sandbox-address'
import { runSimCard } from '@warifu/cli/sim-card-acts'
import { Sorry } from '@warifu/cli/sorry'
import { run as runSim } from './sim.ts'

const help = `warifu device <act> [--device NAME] [--json]

  status                    its state, what its display shows, where it listens
  type WORD…                press its keys: digits, enter, clear, cancel
                            or crd_…: number, expiry and code of that plastic card
  swipe crd_…               draw a plastic card through its slot
  insert crd_…              put its chip in; pcsc or pcsc:PART: the card in a PC/SC reader
  tamper                    open its case: every key is erased, and it is out of service

  card crd_…                have a card of yours put on plastic, to be keyed, swiped, inserted
        [--pin-file FILE]   with this PIN
        [--show]            print what is on it (secret)
  sale AMOUNT [--pin]       be the till: ask for a card, send, learn the truth

  make                      register, admit and make a device named by --device
  inject [--new]            bring it its key block; --new has another one made first
  run [--serial PATH]       run it until Ctrl-C, on TCP or on a serial line

  sim --file FILE           the bridge between a SIM and the wallet's page: warifu sim --help
  sim-card …                SIMs in card readers: warifu device sim-card --help

  reader ACT WORD…          the reader on your phone: status, insert crd_…|pcsc, swipe crd_…,
                            type digits|enter|clear|cancel, tamper
  proximity list            proximity devices of cardholders, by name
  proximity make NAME [obd_plug|cigar_charger|car_audio|key_ring]
  proximity label NAME      what its label says (secret): scan or type it in the wallet
  proximity run NAME        broadcast and answer the wallet until Ctrl-C
  proximity hear            be a till's ear for a moment: which codes are near

The device is a SIMULATOR of an encrypting keypad: its keys lie in .warifu/devices. npm start runs
the first one, ${FIRST_DEVICE}; without --device that one is meant.
Exit codes: 0 done, 1 refused, declined or not known, 2 not understood.`

const options = {
  json: { type: 'boolean' },
  device: { type: 'string' },
  'pin-file': { type: 'string' },
  show: { type: 'boolean' },
  pin: { type: 'boolean' },
  serial: { type: 'string' },
  new: { type: 'boolean' },
} as const

type Values = ReturnType<typeof readArguments<typeof options>>['values']
type Act = {
  readonly takes: readonly (keyof Values)[]
  /** How many words follow at least, and at most. */
  readonly words: readonly [number, number]
  readonly run: (at: acts.At, words: readonly string[], values: Values) => Promise<number>
}

const one = (words: readonly string[]) => words[0] ?? ''
const found = async (at: acts.At) => {
  const device = await findEntryDevice(at.home, at.name)
  if (device !== undefined) return device
  throw new Sorry(`There is no entry device ${at.name} in ${at.home}/devices: make it first.`)
}

const table: Readonly<Record<string, Act>> = {
  status: { takes: [], words: [0, 0], run: async (at) => acts.status(at, await found(at)) },
  type: {
    takes: [],
    words: [1, 100],
    run: async (at, words) => acts.type(at, await found(at), words),
  },
  swipe: {
    takes: [],
    words: [1, 1],
    run: async (at, words) => acts.swipe(at, await found(at), one(words)),
  },
  insert: {
    takes: [],
    words: [1, 1],
    run: async (at, words) => acts.insert(at, await found(at), one(words)),
  },
  tamper: { takes: [], words: [0, 0], run: async (at) => acts.tamper(at, await found(at)) },
  card: {
    takes: ['pin-file', 'show'],
    words: [1, 1],
    run: (at, words, values) =>
      acts.card(at, one(words), { show: values.show === true, pinFile: values['pin-file'] }),
  },
  sale: {
    takes: ['pin'],
    words: [1, 1],
    run: async (at, words, { pin = false }) =>
      acts.sale(at, await found(at), { amount: wholeNumber(one(words), 'The amount'), pin }),
  },
  make: { takes: [], words: [0, 0], run: (at) => acts.make(at) },
  inject: {
    takes: ['new'],
    words: [0, 0],
    run: async (at, _words, values) =>
      acts.inject(at, await found(at), { isNew: values.new === true }),
  },
  reader: { takes: [], words: [1, 20], run: (at, words) => reader(at, words) },
  proximity: { takes: [], words: [1, 3], run: (at, words) => proximity(at, words) },
  run: {
    takes: ['serial'],
    words: [0, 0],
    run: async (at, _words, { serial }) => acts.run(await found(at), serial),
  },
}

export async function run(args: readonly string[]): Promise<number> {
  const [kind, ...rest] = args
  if (kind === 'sim-card') return await runSimCard(rest)
  if (kind === 'sim') return await runSim(['bridge', ...rest])
  return await runTelling(args, { command: 'device', who: 'merchant', help }, () => take(args))
}

async function take(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(args, options)
  const [verb = '', ...words] = positionals
  const act = Object.hasOwn(table, verb) ? table[verb] : undefined
  if (act === undefined)
    throw new Misunderstood(`an act is one of ${Object.keys(table).join(', ')}; got "${verb}".`)
  const { device: name = FIRST_DEVICE, json = false } = values
  if (!/^[a-z0-9][a-z0-9-]{0,39}$/.test(name))
    throw new Misunderstood('--device is a name of small letters, digits and hyphens.')
  const [least, most] = act.words
  if (words.length < least) throw new Misunderstood(`${verb} expects a word more.`)
  if (words.length > most) throw new Misunderstood(`${verb} does not take "${words[most]}".`)
  for (const option of Object.keys(values))
    if (!['json', 'device', ...act.takes].includes(option))
      throw new Misunderstood(`${verb} does not take --${option}.`)
  const tell = (object: unknown, text: string) => console.log(json ? JSON.stringify(object) : text)
  const say = (text: string) => console.error(text)
  return await act.run({ ...(await findSandbox()), name, tell, say }, words, values)
}
