/**
 * Goal: only a yes to exactly what was asked moves money: any one field, any one bit of it changed,
 *   vouched for and signed as an honest yes, is refused and holds nothing.
 * Method: over HTTP with the real vault: a phone order's content is changed leaf by leaf, in ways
 *   that its schema takes and in ways that it does not, by a wallet that signs the lie with its own
 *   passkey and key; then the honest yes still pays. Bits are flipped in what was signed.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { forge } from '@warifu/cli/tampering'
import { alterBody, type Claim, claimOf } from '@warifu/devices/terminal'
import type { PaymentContent } from '@warifu/protocol/approval-content'
import type { PaymentStatement } from '@warifu/protocol/sealed'
import fc from 'fast-check'
import { type House, startHouse } from './house.ts'
import { availableOf, type Holder, type People, peopleOf, sendPresent } from './people.ts'

let house: House
let people: People
let aiko: Holder
/** What the phone has before the person; the last test says yes to it. */
let claim: Claim

before(async () => {
  house = await startHouse()
  people = peopleOf(house)
  aiko = await people.become('Aiko')
  claim = await asked()
})
after(() => house?.stop())

/** A payment that came by itself, as the phone has it before the person. */
async function asked() {
  const { id } = await people.merchant.payments.create({
    amount: 1200,
    currency: 'jpy',
    lines: [{ description: '花束', quantity: 1, amount: 1200 }],
    capture_method: 'manual',
    presentment: { kind: 'phone', phone: '+819012340001' },
  })
  for (let patience = 100; patience > 0; patience -= 1) {
    const found = (await aiko.terminal.questions()).find(({ content }) => content.subject.id === id)
    if (found !== undefined) return claimOf(found)
    await sleep(50)
  }
  throw new Error('nobody was asked')
}

type Leaf = { readonly path: readonly string[]; readonly value: unknown }

/** Every value of the content that is not an object, by its path. */
const leavesOf = (value: unknown, path: readonly string[] = []): Leaf[] =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.entries(value).flatMap(([name, inner]) => leavesOf(inner, [...path, name]))
    : [{ path, value }]

/** Other values for this one: near it, and of another form. */
function othersOf({ path, value }: Leaf): unknown[] {
  if (typeof value === 'number') return [value - 1, value * 10]
  if (Array.isArray(value)) return [value.slice(0, 1)]
  const name = path.at(-1) ?? ''
  if (name === 'extent') return ['up_to']
  if (name === 'presentment') return ['code']
  if (name === 'currency') return ['usd']
  if (name === 'card') return [aiko.card]
  if (name === 'deadline_at') return ['2099-01-01T00:00:00.000Z']
  if (value === null) return name === 'match_number' ? ['42'] : [{}]
  const text = String(value)
  const last = text.at(-1) === 'A' ? 'B' : 'A'
  return [text.slice(0, -1) + last]
}

function changed(content: PaymentContent, path: readonly string[], value: unknown): PaymentContent {
  const copy = structuredClone(content)
  let place: Record<string, unknown> = copy
  for (const name of path.slice(0, -1)) place = Object(place[name])
  place[path.at(-1) ?? ''] = value
  return copy
}

test('every field of what was asked, changed and honestly signed, is refused', async () => {
  const funds = await availableOf(aiko)
  const leaves = leavesOf(claim.content)
  assert.equal(leaves.length, 17, leaves.map(({ path }) => path.join('.')).join())
  const refusals = new Set<string>()
  for (const leaf of leaves)
    for (const other of othersOf(leaf)) {
      const what = `${leaf.path.join('.')}: ${JSON.stringify(other)}`
      const content = changed(claim.content, leaf.path, other)
      assert.notDeepEqual(content, claim.content, what)
      const lie = (statement: PaymentStatement) => ({ ...statement, content })
      const request = await forge(aiko, { claim, lie })
      await assert.rejects(
        sendPresent(aiko, request),
        ({ code }) => {
          refusals.add(code)
          return /^(approval_mismatch|statement_invalid|field_invalid|match_number_wrong)$/.test(
            code,
          )
        },
        what,
      )
      assert.equal(await availableOf(aiko), funds, what)
    }
  assert(refusals.has('approval_mismatch'))
})

test('a field more, or a field less, is refused', async () => {
  const { mandate: _, ...less } = claim.content
  for (const content of [{ ...claim.content, tip: 1 }, less]) {
    // A lie of another form: the wire does not know it, and neither does the vault.
    const lie = (statement: PaymentStatement) => ({ ...statement, content }) as PaymentStatement
    const request = await forge(aiko, { claim, lie })
    await assert.rejects(sendPresent(aiko, request), ({ code }) => /^field_/.test(code))
  }
})

test('any one bit that changes on the way is refused; the honest yes pays', async () => {
  const funds = await availableOf(aiko)
  const honest = await forge(aiko, { claim })
  const bits = fc.record({ at: fc.nat(honest.body.length - 1), bit: fc.nat(6) })
  await fc.assert(
    fc.asyncProperty(bits, async ({ at, bit }) => {
      const letter = String.fromCharCode(honest.body.charCodeAt(at) ^ (1 << bit))
      const flip = (body: string) => body.slice(0, at) + letter + body.slice(at + 1)
      await assert.rejects(sendPresent(aiko, await alterBody(honest, flip)))
    }),
    { numRuns: 40 },
  )
  assert.equal(await availableOf(aiko), funds)
  assert.equal((await sendPresent(aiko, honest)).status, 'authorized')
})
