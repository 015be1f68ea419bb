/**
 * Log lines: JSON, one per event. Only the fields named here can be written, so that no input, key
 * or number can reach a log by accident. A fault is told by its kind and place, not its message.
 */
export const levels = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type Level = (typeof levels)[number]

export type LogEntry = {
  readonly event: string
  readonly operation?: string
  readonly calls?: number
  readonly refusals?: Readonly<Record<string, number>>
  readonly ms?: number
  readonly fault?: string
  readonly at?: readonly string[]
  readonly [setting: `with_${string}`]: string | number | boolean
}
export type Log = (level: Exclude<Level, 'silent'>, entry: LogEntry) => void

export type LogOptions = {
  readonly level: Level
  readonly write: (line: string) => void
  readonly nowMs: () => number
}

export function createLog({ level, write, nowMs }: LogOptions): Log {
  const least = levels.indexOf(level)
  return (severity, entry) => {
    if (levels.indexOf(severity) < least) return
    write(`${JSON.stringify({ time: nowMs(), level: severity, ...entry })}\n`)
  }
}

/** Kind and place of a fault; messages of other libraries may quote values and are left out. */
export function describeFault(error: unknown): Pick<LogEntry, 'fault' | 'at'> {
  if (!(error instanceof Error)) return { fault: 'not_an_error' }
  const code = 'code' in error && typeof error.code === 'string' ? `:${error.code}` : ''
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))
  return { fault: `${error.name}${code}`, at: frames.slice(0, 5).map((line) => line.trim()) }
}
