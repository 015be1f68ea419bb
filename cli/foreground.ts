/**
 * Runs a program in our place: same terminal, same folder root, its exit code is ours. While it
 * runs, signals are its business: those sent to us alone are passed on.
 */
import { spawn } from 'node:child_process'
import { codeOfSignal } from './ending.ts'
import { Sorry } from './sorry.ts'
import { root } from './state-folder.ts'

export async function runHere(command: string, args: readonly string[]): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const child = spawn(command, args, { stdio: 'inherit', cwd: root })
  const pass = (signal: NodeJS.Signals) => void child.kill(signal)
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, pass)
  child.once('error', (cause) => reject(new Sorry(`cannot run ${command}`, { cause })))
  child.once('exit', (code, signal) =>
    resolve(signal === null ? (code ?? 1) : codeOfSignal(signal)),
  )
  try {
    return await promise
  } finally {
    for (const signal of signals) process.off(signal, pass)
  }
}
