/**
 * What the bridge asks the person in its own window, one thing at a time. A question lives as long
 * as its time; what was typed goes to whoever asked and is kept nowhere.
 */
import { BridgeError } from './bridge-error.ts'

export type Question =
  | { readonly kind: 'pair'; readonly origin: string }
  | { readonly kind: 'pin'; readonly about: string; readonly triesLeft: number }
export type Reply = { readonly yes: true; readonly typed: string } | { readonly yes: false }

type Pending = {
  readonly id: string
  readonly question: Question
  readonly untilMs: number
  readonly settle: (reply: Reply | 'late') => void
}

export type Questions = {
  readonly pending: () => Pick<Pending, 'id' | 'question'> | undefined
  /** Waits for the person; `cancelled` and `not_answered` are thrown. */
  readonly ask: (question: Question) => Promise<string>
  /** False where this is not what is asked now; else waits until the next question, or the end. */
  readonly answer: (id: string, reply: Reply) => Promise<boolean>
  /** Whoever asked is through. */
  readonly done: () => void
  readonly tick: (nowMs: number) => void
}

const LIFE_MS = 120_000

type Needs = { readonly nowMs: () => number; readonly newId: () => string }

export function createQuestions({ nowMs, newId }: Needs): Questions {
  let pending: Pending | undefined
  const waiting: (() => void)[] = []
  const turn = () => {
    for (const go of waiting.splice(0)) go()
  }
  return {
    pending: () => pending,
    ask: (question) =>
      new Promise((resolve, reject) => {
        const settle = (reply: Reply | 'late') => {
          pending = undefined
          if (reply === 'late') reject(new BridgeError('not_answered'))
          else if (reply.yes) resolve(reply.typed)
          else reject(new BridgeError('cancelled'))
        }
        pending = { id: newId(), question, untilMs: nowMs() + LIFE_MS, settle }
        turn()
      }),
    answer: async (id, reply) => {
      if (pending?.id !== id) return false
      const next = new Promise<void>((go) => waiting.push(go))
      pending.settle(reply)
      await next
      return true
    },
    done: turn,
    tick: (now) => {
      if (pending !== undefined && pending.untilMs <= now) pending.settle('late')
    },
  }
}
