// Goal: a sale that the host refused is ended at the reader; one whose answer says that money may
//   have moved is not, and its end is told once it is known.
// Method: the phone's part between a cable and a host that answer from a script.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CableRequest } from '@warifu/protocol/reader'
import { ApiError } from '@warifu/sdk/api-call'
import { type Carried, carrySale, type SaleHost } from './carrying.ts'

type Sale = Awaited<ReturnType<SaleHost['sale']>>
const payment = 'pay_01M8BE0BGVA0CXNY3D8N0JQN00'

const refusal = (
  code: 'insufficient_funds' | 'internal_error',
  outcome: 'not_performed' | 'unknown',
) =>
  new ApiError(outcome === 'unknown' ? 504 : 402, {
    error: {
      ...{ type: 'api_error', code, message: code, param: null, advice: 'retry_later', outcome },
      ...{ resource: null, deadline_at: null, request_id: 'req_1', doc_url: '' },
    },
  } as unknown as ConstructorParameters<typeof ApiError>[1])

async function bench(answer: ApiError) {
  const said: CableRequest[] = []
  const moves: Carried['at'][] = []
  let status = 'requires_action'
  const carrier = carrySale({
    payment,
    cable: { send: (request) => void said.push(request) },
    host: {
      // As much of a sale as is looked at here.
      sale: async () =>
        ({ status, declined_because: null, next_action: null, offer: '' }) as unknown as Sale,
      present: () => Promise.reject(answer),
      stop: async () => undefined,
    },
    onMove: ({ at }) => void moves.push(at),
  })
  await carrier.start()
  const rest = {
    reader: 'rdr_01M8BE0BGVA0CXNY3D8N0JQN00',
    offer_digest: '',
    ksn: '',
    enc: '',
  } as const
  const message = { v: 1, sale: payment, sequence: 1, ct: '', mac: '', ...rest } as const
  const present = () => carrier.onEvent({ tell: 'sealed', message })
  const pay = () => {
    status = 'authorized'
  }
  return { carrier, said, moves, present, pay }
}

test('a no of the host ends the sale at the reader', async () => {
  const { said, moves, present } = await bench(refusal('insufficient_funds', 'not_performed'))
  await present()
  assert.deepEqual(said.at(-1), { say: 'end', sale: payment, end: 'declined' })
  assert.equal(moves.at(-1), 'over')
})

test('an unknown end is not called declined; it is told when it is known', async () => {
  const { carrier, said, moves, present, pay } = await bench(refusal('internal_error', 'unknown'))
  await assert.rejects(present(), { code: 'internal_error' })
  assert(!said.some(({ say }) => say === 'end'))
  assert.equal(moves.at(-1), 'asking')
  pay()
  await carrier.look()
  assert.deepEqual(said.at(-1), { say: 'end', sale: payment, end: 'approved' })
  assert.equal(moves.at(-1), 'paid')
})
