/**
 * A failure that the person at the keyboard can mend: one clear sentence, shown without a stack
 * trace. Everything else that is thrown is a fault or a bug and keeps its trace.
 */
export class Sorry extends Error {
  override readonly name = 'Sorry'
}

/** The code of a system error (`ENOENT`, `EACCES` …), or undefined. */
export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined
