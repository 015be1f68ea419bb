/**
 * A till in a process of its own, for tests that end it or read its memory: opens the communication
 * module, and does what it is told over its channel. It is told no number and sees none.
 */
import {
  type CommunicationModule,
  type ModuleOptions,
  openCommunicationModule,
} from '@warifu/sdk/communication-module'

export type Told =
  | { readonly do: 'open'; readonly options: ModuleOptions }
  | { readonly do: 'sale'; readonly amount: number; readonly reference: string }
  | { readonly do: 'resume' }

let till: CommunicationModule | undefined

async function act(told: Told): Promise<unknown> {
  if (told.do === 'open') {
    till = await openCommunicationModule({ ...told.options, heartbeats: false })
    return null
  }
  if (till === undefined) throw new Error('not open')
  if (told.do === 'resume') return await till.resume()
  const { amount, reference } = told
  const order = { amount, currency: 'jpy', merchant_reference: reference } as const
  const sale = await till.sale({ ...order, capture_method: 'manual', timeoutS: 20 })
  return { key: sale.key, outcome: await sale.done }
}

process.on('message', (told: Told) => {
  act(told).then(
    (done) => process.send?.({ done }),
    (error: unknown) => process.send?.({ failed: String(error) }),
  )
})
