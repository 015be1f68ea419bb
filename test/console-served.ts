/** How the console's page is served under its own name: policy, frames, whole files, one origin. */
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { Page } from 'playwright-core'
import type { Desk } from './console-desk.ts'
import { testWith } from './needs.ts'

type Served = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

export function howItIsServed(desk: () => Desk): void {
  testWith(
    ['chromium'],
    'every page of the console comes under the policy, whole and alone',
    async () => {
      const { page, house } = desk()
      await page.goto(`${house.consoleOrigin}/payments`)
      for (const path of ['/', '/payments', '/payments/pay_1', '/rules/prg_1', '/xray']) {
        const { status, headers, text } = await get(page, path)
        assert.equal(status, 200, path)
        assertGuarded(headers, path)
        const tags = text.match(/<(?:script|link)[^>]*>/g) ?? []
        for (const tag of tags.filter((one) => one.includes('/assets/')))
          await assertWhole(page, tag)
        assert.doesNotMatch(text, /(?:src|href)="(?:https?:)?\/\//, 'nothing from elsewhere')
        assert.doesNotMatch(text, /<style|style=|<script(?! type="module" )|\son\w+=/i, path)
      }
      const missing = await get(page, '/assets/none.js')
      assert.equal(missing.status, 404)
      const origins = await page.evaluate(() => [
        ...new Set(
          performance.getEntriesByType('resource').map(({ name }) => new URL(name).origin),
        ),
      ])
      assert.deepEqual(origins, [house.consoleOrigin])
    },
  )

  testWith(['chromium'], 'no page may put the console into a frame', async () => {
    const { browser, house, page } = desk()
    await using stack = new AsyncDisposableStack()
    await using framing = await listen(`<iframe src="${house.consoleOrigin}/"></iframe>`)
    // Not one of the tabs whose complaints are counted: this one is to complain.
    const other = await browser.context.newPage()
    // A tab that stands behind another draws nothing and gets no passkey.
    stack.defer(() => page.bringToFront())
    stack.defer(() => other.close())
    const refused = other.waitForEvent('requestfailed')
    await other.goto(framing.url)
    assert.match((await refused).failure()?.errorText ?? '', /ERR_BLOCKED_BY_RESPONSE/)
  })
}

/** Somebody's page on a server of their own. */
async function listen(html: string) {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end(html)
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

const get = (page: Page, path: string): Promise<Served> =>
  page.evaluate(async (path) => {
    const answer = await fetch(path)
    const headers = Object.fromEntries(answer.headers)
    return { status: answer.status, headers, text: await answer.text() }
  }, path)

function assertGuarded(headers: Served['headers'], path: string): void {
  const policy = headers['content-security-policy'] ?? ''
  assert.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self';/, path)
  assert.match(policy, /connect-src 'self';/, path)
  assert.match(policy, /frame-ancestors 'none'; base-uri 'none'; form-action 'none'/, path)
  assert.doesNotMatch(policy, /unsafe|\*|https?:/, path)
  assert.equal(headers['x-frame-options'], 'DENY', path)
  assert.equal(headers['x-content-type-options'], 'nosniff', path)
  assert.equal(headers['referrer-policy'], 'no-referrer', path)
  assert.equal(headers['cross-origin-opener-policy'], 'same-origin', path)
}

/** The digest in the tag is that of the file which is served. */
async function assertWhole(page: Page, tag: string): Promise<void> {
  const [, path = ''] = /(?:src|href)="([^"]+)"/.exec(tag) ?? []
  const digest = await page.evaluate(async (path) => {
    const bytes = await (await fetch(path)).arrayBuffer()
    const hash = new Uint8Array(await crypto.subtle.digest('SHA-384', bytes))
    return `sha384-${btoa(String.fromCharCode(...hash))}`
  }, path)
  assert.equal(/integrity="([^"]+)"/.exec(tag)?.[1], digest, path)
}
