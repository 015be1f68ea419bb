/** What went wrong, as the page tells it: by code, never by a stack of words from elsewhere. */
import { TerminalError } from '@warifu/devices/terminal'
import { ApiError, NoAnswer } from '@warifu/sdk/api-call'

export type Trouble =
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'no_answer' }
  | { readonly kind: 'passkey' }
  | { readonly kind: 'here'; readonly code: string }

/** The browser's own no: nobody touched the sensor, or there is none. */
const isPasskeyFault = (error: unknown): boolean =>
  error instanceof Error && /^(?:NotAllowed|Security|InvalidState|Abort)Error$/.test(error.name)

export function troubleOf(error: unknown): Trouble {
  if (error instanceof ApiError) return { kind: 'refused', code: error.code }
  if (error instanceof NoAnswer) return { kind: 'no_answer' }
  if (error instanceof TerminalError) return { kind: 'here', code: error.code }
  if (isPasskeyFault(error)) return { kind: 'passkey' }
  return { kind: 'here', code: 'page_fault' }
}

/** Nobody knows yet whether it was done: the same bytes must be sent again. */
export const isUnknown = (error: unknown): boolean =>
  error instanceof NoAnswer || (error instanceof ApiError && error.outcome === 'unknown')

const ends = {
  counter_forked: 'forked',
  terminal_removed: 'removed',
  terminal_not_active: 'other',
} as const

/** Why this wallet was stopped, here or by another copy or phone; undefined where it was not. */
export const whyEnded = (error: unknown) =>
  error instanceof ApiError
    ? Object.entries(ends).find(([code]) => code === error.code)?.[1]
    : undefined

/** Another phone took the place of this one: what was kept here is true no more. */
export const isReplaced = (error: unknown): boolean =>
  error instanceof ApiError && error.code === 'terminal_replaced'
