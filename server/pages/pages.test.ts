// Goal: what the pages show depends on where they run: live mode has no sandbox pages, a house
//   without a till leads nobody to one, and a message cannot become markup.
// Method: the routes alone on an HTTP server that is asked without a socket.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mintId } from '@warifu/protocol/ids'
import { fastify } from 'fastify'
import type { SentMessage } from '#people'
import { type PageNeeds, pageRoutes } from './pages.ts'

const asked = async (path: string, needs: Partial<PageNeeds> = {}) => {
  const app = fastify()
  pageRoutes(app, {
    walletOrigin: 'https://wallet.example',
    tillOrigin: undefined,
    consoleOrigin: 'https://console.example',
    tourOrigin: undefined,
    apiOrigin: 'https://api.example',
    sandbox: true,
    inbox: async () => [],
    ...needs,
  })
  const { statusCode, body } = await app.inject({ path, headers: { 'accept-language': 'en' } })
  await app.close()
  return { status: statusCode, body, title: /<h1>(.*?)<\/h1>/.exec(body)?.[1] }
}

test('live mode has the reference at its start, and no word of the sandbox', async () => {
  const { title, body } = await asked('/', { sandbox: false })
  assert.equal(title, 'API reference')
  assert.doesNotMatch(body, /href="\/inbox|Sandbox: no real/)
  assert.equal((await asked('/inbox', { sandbox: false })).status, 404)
  assert.equal((await asked('/inbox')).status, 200)
})

test('the start page leads to a till, and says so where there is none', async () => {
  assert.match((await asked('/')).body, /The till runs on a port of its own/)
  const { body } = await asked('/', { tillOrigin: 'http://pos.localhost:1' })
  assert.match(body, /href="http:\/\/pos\.localhost:1\/"/)
})

test('a message is shown as it was written, whatever it says', async () => {
  const message: SentMessage = {
    id: mintId({ prefix: 'msg', lane: 0, nowMs: 1, chance: new Uint8Array(14) }),
    channel: 'sms',
    recipient: '"><b>',
    body: '</p><script>alert(1)</script>',
    sentMs: 0n,
  }
  const { body } = await asked('/inbox', { inbox: async () => [message] })
  assert.doesNotMatch(body, /<b>|<script>/)
  assert.match(body, /&#60;script&#62;alert\(1\)/)
  assert.match(body, /1970-01-01 00:00:00 UTC/)
})
