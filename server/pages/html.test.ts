// Goal: no value becomes markup; what is HTML already is not escaped again.
// Method: strings that would, in text and in attributes; any string at all as a property.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { html, nothing } from './html.ts'

test('a value is text wherever it stands', () => {
  const evil = `"><script>alert('1')</script>&amp;`
  const { html: written } = html`<p title="${evil}">${evil}</p>`
  assert.equal(written.match(/[<>]/g)?.length, 4)
  assert.equal(written.match(/"/g)?.length, 2)
  assert(!written.includes("'"))
})

test('any text comes back out of its entities as it went in', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const { html: written } = html`${text}`
      assert.doesNotMatch(written, /[<>"']/)
      const read = written.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
      assert.equal(read, text)
    }),
  )
})

test('parts, lists and numbers are put together', () => {
  const items = [1, 2].map((one) => html`<li>${one}</li>`)
  assert.equal(html`<ol>${items}</ol>${nothing}`.html, '<ol><li>1</li><li>2</li></ol>')
})
