/**
 * The state folder (`.warifu`, or WARIFU_HOME): ports, secrets, logs, data. One person owns it and
 * one sandbox at a time uses it. What is kept is made once and found again at every later start.
 */
import { mkdir, open, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { codeOf, Sorry } from './sorry.ts'

/** The root folder of the clone. */
export const root = dirname(import.meta.dirname)

/** Where a sandbox's server writes its test kit's clock for those who have no database of its. */
export const sandboxFileOf = (home: string): string => join(home, 'test-kit.json')

export type StateFolder = {
  readonly home: string
  readonly path: (...names: readonly string[]) => string
  /** Reads a kept value, or makes it, keeps it (mode 0600) and answers with it. */
  readonly keep: <T>(name: string, kept: Kept<T>) => Promise<T>
  /** Gives the folder back to the next sandbox. */
  readonly release: () => Promise<void>
}

export type Kept<T> = {
  readonly read: (text: string) => T
  readonly make: () => Promise<T>
  readonly write: (value: T) => string | Uint8Array
}

const another = 'or name another folder with WARIFU_HOME.'

/** Opens the folder (makes it if it is not there) and takes it for this process. */
export async function openStateFolder(home: string): Promise<StateFolder> {
  const path = (...names: readonly string[]) => join(home, ...names)
  try {
    await mkdir(home, { recursive: true, mode: 0o700 })
    const { uid } = await stat(home)
    const own = process.getuid?.()
    if (own !== undefined && uid !== own)
      throw new Sorry(
        `The state folder ${home} belongs to user ${uid}, and this is user ${own}: ` +
          `run as its owner, ${another}`,
      )
    for (const name of ['logs', 'secrets'])
      await mkdir(path(name), { recursive: true, mode: 0o700 })
    await take(path('pid'))
  } catch (error) {
    throw permission(error, home)
  }
  return {
    home,
    path,
    keep: async (name, kept) => await keep(path(name), kept),
    release: async () => await rm(path('pid'), { force: true }),
  }
}

function permission(error: unknown, home: string): unknown {
  const code = codeOf(error)
  if (code === undefined || !['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST'].includes(code))
    return error
  return new Sorry(
    `The state folder ${home} cannot be written (${code}): mend its permissions, ${another}`,
    { cause: error },
  )
}

/** A process and when it began, so that a number given to a stranger later is not taken for it. */
async function identity(pid: number): Promise<string | undefined> {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return undefined
  }
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  // The fields after the command's closing bracket begin with the third; 22 is the start time.
  const began = status.slice(status.lastIndexOf(')') + 2).split(' ')[19] ?? 'unknown'
  return `${pid} ${began}\n`
}

/** Writes our identity to the pid file, unless a living process stands in it. */
async function take(file: string): Promise<void> {
  const own = await identity(process.pid)
  for (;;) {
    try {
      await using handle = await open(file, 'wx', 0o600)
      return await handle.writeFile(own ?? '')
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error
    }
    const other = await readFile(file, 'utf8').catch(() => '')
    const pid = Number.parseInt(other, 10)
    if (pid > 0 && (await identity(pid)) === other)
      throw new Sorry(
        `A sandbox is running on ${dirname(file)} already (process ${pid}): ` +
          `stop it first, ${another}`,
      )
    await rm(file, { force: true })
  }
}

async function keep<T>(file: string, { read, make, write }: Kept<T>): Promise<T> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined
    throw permission(error, dirname(file))
  })
  if (text === undefined) {
    const value = await make()
    await writeFile(file, write(value), { mode: 0o600, flag: 'wx' })
    return value
  }
  try {
    return read(text)
  } catch (cause) {
    throw new Sorry(
      `${file} cannot be understood: mend it, or move it away to have a new one made.`,
      { cause },
    )
  }
}
