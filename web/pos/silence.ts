/** Telling a no from no answer: after the one nothing happened, after the other nobody knows. */
import { ApiError, NoAnswer } from '@warifu/sdk/api-call'

/** Nobody knows yet whether it was done. The SDK has tried more than once. */
export const isSilence = (error: unknown): boolean =>
  error instanceof NoAnswer ||
  (error instanceof ApiError &&
    (error.outcome === 'unknown' || error.status >= 500 || error.status === 429))
