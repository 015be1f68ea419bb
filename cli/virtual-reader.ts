/**
 * A PC/SC service of its own with a virtual reader (pcscd, vsmartcard-vpcd), for demos and tests.
 *
 * It lives in namespaces of its own: vpcd listens on every address, so it gets a network without
 * any but its loopback, where acknowledgements are not delayed (40 ms per command else); and its
 * socket lies in a folder of ours instead of /run/pcscd, so that the machine's pcscd is left alone.
 * A program finds it by PCSCLITE_CSOCK_NAME.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { delimiter, isAbsolute, join } from 'node:path'
import { type Child, ground, type Program, saidReady, startChild, untilReady } from './child.ts'
import type { Keeper } from './keeper.ts'
import { Sorry } from './sorry.ts'

/** What must be there: programs, and the driver as Debian's vsmartcard-vpcd brings it. */
const DRIVER = '/usr/lib/pcsc/drivers/serial/libifdvpcd.so'
export const readerNeeds = ['pcscd', 'unshare', 'nsenter', 'ip', 'mount', DRIVER] as const
/** vpcd's first slot listens here, inside the namespace; its second one on the next port. */
const SLOT_PORT = 35963

const path = (): string => `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`

/** What is missing for a virtual reader on this machine; nothing where it can be had. */
export function missingForReader(): readonly string[] {
  const folders = path().split(delimiter)
  const missing = readerNeeds.filter(
    (need) => ![need, ...folders.map((folder) => join(folder, need))].some(isFile),
  )
  return missing.length > 0 || maySeparate() ? missing : ['namespaces (unshare)']
}

const isRoot = (): boolean => process.getuid?.() === 0
const spaces = (): readonly string[] => [
  '--mount',
  '--net',
  ...(isRoot() ? [] : ['--user', '--map-root-user']),
]

/** Some machines and containers allow nobody namespaces of his own. */
const maySeparate = (): boolean =>
  spawnSync('unshare', [...spaces(), 'true'], { env: { PATH: path() } }).status === 0

const isFile = (at: string): boolean => isAbsolute(at) && existsSync(at)

const configuration = `FRIENDLYNAME "Warifu virtual reader"
DEVICENAME   /dev/null:0x${SLOT_PORT.toString(16)}
LIBPATH      ${DRIVER}
CHANNELID    0x${SLOT_PORT.toString(16)}
`

/**
 * In its namespaces: a loopback that acknowledges at once, the socket in our folder, pcscd. The
 * folder may lie below /run itself, so it is held at /mnt before /run is another one.
 */
const script = `set -e
ip link set lo up
route='dev lo table local proto kernel scope host src 127.0.0.1 quickack 1'
ip route change local 127.0.0.0/8 $route
ip route change local 127.0.0.1 $route
mount --bind "$1" /mnt
mount -t tmpfs tmpfs /run
mkdir /run/pcscd
mount --bind /mnt /run/pcscd
exec pcscd --foreground --config /run/pcscd/reader.conf.d`

export type VirtualReader = {
  /** The environment by which a program finds the service. */
  readonly env: { readonly PCSCLITE_CSOCK_NAME: string }
  /** Part of the reader's name. */
  readonly name: string
  /** Puts a card into one of two slots: a program that dials READER_PORT, started inside. */
  readonly insert: (card: Program, slot?: 0 | 1) => Promise<Child>
  readonly stop: () => Promise<void>
}

type Place = { readonly folder: string; readonly keeper: Keeper }

export async function startVirtualReader({ folder, keeper }: Place): Promise<VirtualReader> {
  const missing = missingForReader()
  if (missing.length > 0) throw new Sorry(`A virtual reader needs ${missing.join(', ')}.`)
  const run = join(folder, 'pcscd')
  const config = join(run, 'reader.conf.d')
  await mkdir(config, { recursive: true, mode: 0o700 })
  await writeFile(join(config, 'virtual'), configuration)
  const program: Program = {
    name: 'The PC/SC service',
    command: 'unshare',
    args: [...spaces(), 'sh', '-c', script, 'sh', run],
    env: { ...ground(), PATH: path() },
  }
  const service = await startChild(program, join(folder, 'pcscd.log'), keeper)
  const socket = join(run, 'pcscd.comm')
  await untilReady(service, () => isListening(socket))
  const inside = ['--target', String(service.pid), '--net', ...(isRoot() ? [] : ['--user'])]
  const insert = async (card: Program, slot: 0 | 1 = 0): Promise<Child> => {
    const { command, args, env } = card
    const entering = isRoot() ? inside : [...inside, '--preserve-credentials']
    const program: Program = {
      ...card,
      command: 'nsenter',
      args: [...entering, command, ...args],
      env: { ...env, PATH: path(), READER_PORT: String(SLOT_PORT + slot) },
    }
    const child = await startChild(program, join(folder, 'card.log'), keeper)
    await untilReady(child, saidReady(child))
    return child
  }
  return {
    env: { PCSCLITE_CSOCK_NAME: socket },
    name: 'Warifu virtual reader',
    insert,
    stop: service.stop,
  }
}

async function isListening(socket: string): Promise<boolean> {
  const line = connect(socket)
  const { promise, resolve } = Promise.withResolvers<boolean>()
  line.once('connect', () => resolve(true)).once('error', () => resolve(false))
  return await promise.finally(() => line.destroy())
}
