/** What the processes of a sandbox take of this machine, read from /proc (Linux; else nothing). */
import { readFile } from 'node:fs/promises'

export type Process = 'server' | 'vault'
/** Most resident memory that was seen, in MB. */
export type Memory = Readonly<Record<Process, number>>

export type Watch = {
  readonly memory: () => Memory
  readonly [Symbol.dispose]: () => void
}

/** Looks several times a second. */
export function watchMemory(pids: Readonly<Record<Process, number | undefined>>): Watch {
  const most = { server: 0, vault: 0 }
  const look = async () => {
    for (const name of ['server', 'vault'] as const)
      most[name] = Math.max(most[name], await residentMb(pids[name]))
  }
  const timer = setInterval(() => void look(), 200)
  return { memory: () => ({ ...most }), [Symbol.dispose]: () => clearInterval(timer) }
}

async function residentMb(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const [, kb = '0'] = /^VmRSS:\s+([0-9]+) kB/m.exec(status) ?? []
  return Math.round(Number(kb) / 1000)
}

const TICK_US = 10_000

/** Processor time that a process has used, in µs; 0 where the system does not tell. */
export async function processorUs(pid: number | undefined): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  const [user = 0, system = 0] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
  return (Number(user) + Number(system)) * TICK_US
}
