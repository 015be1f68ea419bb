/**
 * SIMULATOR: stands for a card network's acquirer; sandbox only. The last two digits of the amount
 * decide, by the response codes of ISO 8583, so that every outcome can be had at will. It keeps
 * references and no number, in this process's memory: after a restart it decides the same again.
 */
import type { Connector, Decision } from './connector.ts'

type Row = { readonly decides: Decision; readonly answers: 'always' | 'when_asked_again' | 'never' }

// biome-ignore format: a table reads by its columns
const outcomes: Readonly<Record<number, Row>> = {
  43: { decides: 'card_not_active',     answers: 'always' },           // lost or stolen
  51: { decides: 'insufficient_funds',  answers: 'always' },
  54: { decides: 'card_expired',        answers: 'always' },
  82: { decides: 'security_code_wrong', answers: 'always' },
  91: { decides: 'approved',            answers: 'when_asked_again' }, // the first answer is lost
  96: { decides: 'approved',            answers: 'never' },            // every answer is lost
}
const approves: Row = { decides: 'approved', answers: 'always' }

/** Behind a line that the test kit may cut: then the answers to what it decided are lost. */
export const withinReach = (
  connector: Connector,
  { isAcquirerSilent }: { readonly isAcquirerSilent: () => boolean },
): Connector => ({
  name: connector.name,
  authorize: async (asked) => {
    const decision = await connector.authorize(asked)
    return isAcquirerSilent() ? 'silent' : decision
  },
  reverse: async (reference) => (await connector.reverse(reference)) && !isAcquirerSilent(),
})

export type SandboxAcquirer = Connector & {
  /** What it approved and nobody reversed. */
  readonly standing: () => readonly string[]
}

export function createSandboxAcquirer(): SandboxAcquirer {
  const decided = new Map<string, Decision>()
  return {
    name: 'sandbox',
    authorize: async ({ reference, amount }) => {
      const { decides, answers } = outcomes[amount % 100] ?? approves
      const isFirst = !decided.has(reference)
      if (isFirst) decided.set(reference, decides)
      const isSilent = answers === 'never' || (answers === 'when_asked_again' && isFirst)
      return isSilent ? 'silent' : decides
    },
    reverse: async (reference) => {
      decided.delete(reference)
      return true
    },
    standing: () => [...decided].flatMap(([one, said]) => (said === 'approved' ? [one] : [])),
  }
}
