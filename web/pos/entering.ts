/**
 * Cards that are entered at the shop's own device: in the customer's hand, or read out over the
 * telephone. The communication module drives it and holds ciphertext; its journal is asked for the
 * truth, under the order's own idempotency key, so that a crash between the two loses nothing.
 */
import {
  type CommunicationModule,
  ModuleError,
  type Outcome,
  type Sale,
  type SaleState,
} from '@warifu/sdk/communication-module'
import type { Purchase } from './book.ts'
import type { Entered, EntryDevice } from './browser/wire.ts'
import { linesOf } from './telling.ts'

/** So long somebody may take to key a card; the device counts. */
export const ENTRY_S = 120

export type Entering = {
  /** Answers at once; refused with the code of why it did not begin. */
  readonly begin: (purchase: Purchase) => Promise<Outcome | undefined>
  /** Ends it where no card was read yet; true if it did. */
  readonly cancel: (number: number) => Promise<boolean>
  readonly at: (number: number) => Entered | null
  /** How it ended; undefined while it goes on, or while that is being found out. */
  readonly outcomeOf: (purchase: Purchase) => Promise<Outcome | undefined>
  readonly devices: () => Promise<readonly EntryDevice[]>
  /** After a start: learns what became of each sale that was left open. */
  readonly takeUp: () => Promise<void>
}

export type EnteringNeeds = {
  /** None where the shop has no entry device. */
  readonly module: CommunicationModule | undefined
  /** Something of this order is otherwise now. */
  readonly onState: (number: number) => void
  readonly onFault: (error: unknown) => void
}

export const isEntered = ({ asked }: Pick<Purchase, 'asked'>): boolean =>
  asked === 'device' || asked === 'moto'

const failed = (code: string): Outcome => ({ state: 'failed_nothing_charged', code })

type Running = { readonly at: Entered; readonly sale: Sale | undefined }

export function createEntering({ module, onState, onFault }: EnteringNeeds): Entering {
  const running = new Map<number, Running>()
  const note = (number: number, said: SaleState) => {
    const at = enteredOf(said)
    const now = running.get(number)
    if (at === undefined || now === undefined) return
    running.set(number, { ...now, at })
    onState(number)
  }
  const begin = async (purchase: Purchase): Promise<Outcome | undefined> => {
    const { number } = purchase
    if (module === undefined) return failed('no_device')
    running.set(number, { at: { state: 'waiting_for_card', prompt: '' }, sale: undefined })
    try {
      const sale = await module.sale({
        ...askOf(purchase),
        onState: (said) => note(number, said),
      })
      running.set(number, { at: running.get(number)?.at ?? { state: 'sending' }, sale })
      sale.done.then(({ state }) => {
        // The module was closed before it was known: the next start finds out.
        if (state === 'finding_out') return
        running.delete(number)
        onState(number)
      }, onFault)
      return undefined
    } catch (error) {
      running.delete(number)
      if (error instanceof ModuleError) return failed(error.code)
      throw error
    }
  }
  return {
    begin,
    cancel: async (number) => {
      const { at, sale } = running.get(number) ?? {}
      if (sale === undefined || at?.state !== 'waiting_for_card') return false
      await sale.cancel()
      return (await sale.done).state === 'cancelled'
    },
    at: (number) => running.get(number)?.at ?? null,
    outcomeOf: async ({ number, idempotency_key }) => {
      if (module === undefined || running.has(number)) return undefined
      const known = await module.outcomeOf(idempotency_key)
      // Not even written down: the till ended before anything was asked of the device.
      if (known === undefined) return failed('interrupted')
      return known.state === 'finding_out' ? undefined : known
    },
    devices: async () =>
      ((await module?.devices()) ?? []).map(({ device, state }) => ({ device, state })),
    takeUp: async () => void (await module?.resume()),
  }
}

function askOf(purchase: Purchase) {
  const { asked, number, amount, currency, idempotency_key: key, place } = purchase
  const order = { amount, currency, lines: [...linesOf(purchase)], metadata: { place } }
  const merchant_reference = `order ${number}`
  const channel = asked === 'moto' ? { channel: asked } : {}
  return { key, ...order, merchant_reference, timeoutS: ENTRY_S, ...channel }
}

function enteredOf(said: SaleState): Entered | undefined {
  if (said.state === 'waiting_for_card') return { state: said.state, prompt: said.prompt }
  return said.state === 'sending' || said.state === 'finding_out' ? said : undefined
}
