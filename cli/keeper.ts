/**
 * The keeper: a small shell process beside a supervisor that ends the supervisor's children when
 * the supervisor is gone, even by SIGKILL or with its terminal. Children run in sessions of their
 * own, so Ctrl-C reaches the supervisor alone and it decides the order in which they stop.
 */
import { spawn } from 'node:child_process'
import { join } from 'node:path'

export type Keeper = {
  readonly watch: (pid: number) => void
  readonly forget: (pid: number) => void
  /** A temporary folder of the supervisor, deleted last. */
  readonly folder: (path: string) => void
  /** Ends the keeper; children still watched are ended by it. */
  readonly close: () => void
}

export function createKeeper(): Keeper {
  const shell = spawn('/bin/sh', [join(import.meta.dirname, 'keeper.sh')], {
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: '/',
    detached: true,
  })
  shell.on('error', (error) => {
    throw new Error('cannot start the keeper of the child processes', { cause: error })
  })
  shell.stdin.on('error', () => {}) // it is gone already: nothing is left to tell it
  shell.unref()
  const tell = (line: string) => void shell.stdin.write(`${line}\n`)
  return {
    watch: (pid) => tell(`+${pid}`),
    forget: (pid) => tell(`-${pid}`),
    folder: (path) => tell(`=${path}`),
    close: () => void shell.stdin.end(),
  }
}
