/** The time as a sandbox's platform has it, for phones in software that stand beside it. */
import { sandboxClock } from '@warifu/devices/sandbox-clock'
import { sandboxFileOf } from './state-folder.ts'

export const platformClock = (home: string): (() => number) =>
  sandboxClock(sandboxFileOf(home), Date.now)
