/**
 * A page is closed: nothing inline runs, each script and style is the one that was built, nothing
 * comes from a third party, nobody frames it; and no card number stands in it. The page is loaded
 * anew for that, so it is asked where that costs nothing.
 */
import assert from 'node:assert/strict'
import { createCardScanner, sandboxBins } from '@warifu/cli/card-scan'
import type { Page } from 'playwright-core'

/** `friends` are the origins that the page's own policy lets it call. */
export async function assertClosed(page: Page, friends: readonly string[] = []): Promise<void> {
  const answer = await page.reload()
  const headers = answer?.headers() ?? {}
  const policy = headers['content-security-policy'] ?? ''
  for (const rule of ["default-src 'none'", "script-src 'self'", "style-src 'self'"])
    assert.ok(policy.includes(`${rule};`), `${rule} in ${policy}`)
  for (const rule of ["frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"])
    assert.ok(policy.includes(rule), `${rule} in ${policy}`)
  const { origin } = new URL(page.url())
  const named = policy.match(/\b(?:https?|wss?):\/\/[^\s;]+/g) ?? []
  assert.deepEqual(
    named.filter((one) => one !== origin && !friends.includes(one)),
    [],
    policy,
  )
  assert.doesNotMatch(policy, /unsafe|\*/)
  assert.equal(headers['x-frame-options'], 'DENY')
  assert.equal(headers['x-content-type-options'], 'nosniff')
  assert.equal(headers['referrer-policy'], 'no-referrer')
  await page.getByRole('heading').first().waitFor()
  const found = await page.evaluate(() => ({
    inline: document.querySelectorAll('script:not([src]), style').length,
    from: performance.getEntriesByType('resource').map(({ name }) => new URL(name).origin),
  }))
  assert.equal(found.inline, 0, 'a script or style inside the page')
  const strangers = found.from.filter((one) => one !== origin && !friends.includes(one))
  assert.deepEqual(strangers, [], 'who else was asked')
  const served = (await answer?.text()) ?? ''
  const tags = served.match(/<(?:script|link)[^>]*\/assets\/[^>]*>/g) ?? []
  assert.ok(tags.length >= 2, served)
  for (const tag of tags) assert.match(tag, /\sintegrity="sha384-/)
}

/** What is in the page as a whole, also what is not seen. */
export async function assertHoldsNoCard(page: Page): Promise<void> {
  const { feed, end } = createCardScanner({ bins: sandboxBins, planted: [] })
  const found = [...feed(Buffer.from(await page.content()), 0), ...end()]
  assert.deepEqual(found, [], 'a card number in the page')
}
