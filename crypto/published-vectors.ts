/**
 * For tests: the published vectors of a collection that lies beside the checkout, if it does.
 *
 * One test for each file of the collection. Every kind of case in it is either checked or named as
 * not ours, so that a file which changed cannot pass in silence.
 */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

export type Case = { readonly id: string; readonly kind: string; readonly [field: string]: unknown }

const folder = join(import.meta.dirname, '..', '..', 'shared', 'vectors')

export const hex = (text: unknown) => Uint8Array.from(Buffer.from(String(text), 'hex'))
export const hexOf = (some: Uint8Array) => Buffer.from(some).toString('hex')
export const textsOf = (list: unknown) => (Array.isArray(list) ? list.map(String) : [])

export function vectors(
  name: string,
  checks: Readonly<Record<string, (vector: Case) => void>>,
  notOurs: readonly string[] = [],
): void {
  const file = join(folder, `${name}.json`)
  if (!existsSync(file)) return
  test(`published vectors: ${name}`, () => {
    const { cases }: { cases: Case[] } = JSON.parse(readFileSync(file, 'utf8'))
    const kinds = new Set(cases.map(({ kind }) => kind))
    assert.deepEqual(
      kinds,
      new Set([...kinds].filter((kind) => checks[kind] || notOurs.includes(kind))),
    )
    for (const kind of Object.keys(checks)) assert.ok(kinds.has(kind), `no case of ${kind}`)
    for (const vector of cases) checks[vector.kind]?.(vector)
  })
}
