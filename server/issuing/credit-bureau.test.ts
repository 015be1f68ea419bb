// Goal: a bureau's answer is believed only in its form and in time; anything else is no answer.
// Method: a real HTTP server that says what each case has it say, or nothing.
import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import { createHttpCreditBureau } from './credit-bureau.ts'

let server: Server
let url: string
let next: { readonly status: number; readonly body: string } | 'silence'
const heard: unknown[] = []

before(async () => {
  server = createServer(async (request, response) => {
    heard.push([request.headers['authorization'], request.headers['idempotency-key']])
    heard.push(JSON.parse(await text(request)))
    if (next !== 'silence') response.writeHead(next.status).end(next.body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/reports`
})
after(() => {
  server.closeAllConnections()
  server.close()
})

const ask = (answer: typeof next) => {
  next = answer
  const bureau = createHttpCreditBureau({ url, key: 'k', deadlineMs: 150 }, fetch)
  return bureau({ reference: 'app_1', name: '花子', birthDate: '1990-04-01' })
}
const saying = (body: unknown, status = 200) => ask({ status, body: JSON.stringify(body) })

test('a report, and somebody whom it does not know', async () => {
  assert.deepEqual(await saying({ score: 720, debt: 0, more: 'ignored' }), {
    bureau: 'answered',
    score: 720,
    debt: 0,
  })
  assert.deepEqual(await saying({}, 404), { bureau: 'unknown_person', score: null, debt: null })
  assert.deepEqual(heard.slice(0, 2), [
    ['Bearer k', 'app_1'],
    { reference: 'app_1', name: '花子', birth_date: '1990-04-01' },
  ])
})

test('no answer: an error, silence, another form, another place', async () => {
  await assert.rejects(saying({}, 500))
  await assert.rejects(ask('silence'), { name: 'TimeoutError' })
  for (const body of [{}, { score: '720', debt: 0 }, { score: 1001, debt: 0 }, [], null])
    await assert.rejects(saying(body), JSON.stringify(body))
  await assert.rejects(ask({ status: 200, body: 'not JSON' }))
})
