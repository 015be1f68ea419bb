// Goal: the laws of the vault hold for every operation, whoever calls.
// Method: go through the operations table; rehearsal-laws.ts has a row for each operation, or this
// does not compile. Real PostgreSQL; a probe counts decryptions; a second app is a restart.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { jwkOfPoint } from '@warifu/crypto/jwk-thumbprint'
import { type VaultOperation, vaultOperations } from '@warifu/protocol/vault'
import type { TSchema } from 'typebox'
import { Check } from 'typebox/value'
import { openStoredCard, readStoredCards } from './cards.ts'
import { operations } from './operations.ts'
import { type Rehearsal, rehearse, wordOf } from './rehearsal.ts'
import { laws } from './rehearsal-laws.ts'
import { createScene, type LawRow, type Scene } from './rehearsal-scene.ts'

const names = Object.keys(vaultOperations).filter(
  (name): name is VaultOperation => name in vaultOperations,
)
const rowOf = (name: VaultOperation): LawRow<VaultOperation> => laws[name]

let vault: Rehearsal
let scene: Scene
before(async () => {
  const adminUrl = process.env['WARIFU_TEST_VAULT_ADMIN_URL']
  vault = await rehearse({ adminUrl, name: 'laws' })
  scene = await createScene(vault)
})
after(() => vault.close())

const say = async (operation: string, input: unknown, dispatch = vault.dispatch) => {
  const [answer] = await dispatch([{ id: 1, operation, input }])
  assert(answer)
  return answer
}

test('the protocol, the table and the laws name the same operations', () => {
  assert.deepEqual(Object.keys(operations).sort(), [...names].sort())
  assert.deepEqual(Object.keys(laws).sort(), [...names].sort())
})

describe('an attacker’s key or id', () => {
  for (const name of names)
    test(name, async () => {
      for (const attack of await rowOf(name).attacks(scene)) {
        const opened = vault.decryptions()
        assert.equal(wordOf(await say(name, attack.input)), attack.expect, attack.name)
        assert.equal(vault.decryptions(), opened, `${attack.name}: nothing was decrypted`)
      }
    })
})

describe('a recipient key, or any field unknown to the operation, is refused', () => {
  for (const name of names)
    test(name, async () => {
      const key = jwkOfPoint(scene.attacker.sealing.publicBytes)
      const honest = await rowOf(name).honest(scene)
      for (const field of ['recipient_key', 'sealing_key_2', 'to'])
        assert.equal(wordOf(await say(name, { ...honest, [field]: key })), 'request_malformed')
      assert.equal(wordOf(await say(name, [])), 'request_malformed')
      assert.equal(wordOf(await say(name, null)), 'request_malformed')
      assert.equal(wordOf(await say(name, honest)), 'ok', 'and the honest call still works')
    })
})

describe('same bytes, same answer', () => {
  for (const name of names)
    test(name, async () => {
      const input = await rowOf(name).honest(scene)
      const together = await Promise.all(Array.from({ length: 5 }, () => say(name, input)))
      const sameFrame = await vault.dispatch([
        { id: 1, operation: name, input },
        { id: 1, operation: name, input },
      ])
      const restarted = await vault.restarted()
      const later = await say(name, input, restarted.dispatch)
      const texts = [...together, ...sameFrame, later].map((answer) => JSON.stringify(answer))
      assert.equal(wordOf(later), 'ok')
      // audit_head tells where the chain stands: the same as long as nothing was decided.
      assert.equal(new Set(texts).size, 1, texts.join('\n'))
    })

  for (const name of names.filter((each) => vaultOperations[each].idempotent === 'stored'))
    test(`${name}: refusals too`, async () => {
      for (const { input, expect, name: what } of await rowOf(name).attacks(scene))
        for (let i = 0; i < 2; i += 1) assert.equal(wordOf(await say(name, input)), expect, what)
    })
})

describe('outputs', () => {
  for (const name of names)
    test(`${name}: a closed schema in which nothing is free`, () => {
      closedAll(vaultOperations[name].output, name)
    })

  for (const name of names)
    test(`${name}: no card number, no security code, no private key in a real answer`, async () => {
      const input = await rowOf(name).honest(scene)
      const answer = await say(name, input)
      assert(answer.ok)
      const said = everythingIn(answer.output)
      for (const secret of await secretsOf(scene))
        assert(!said.includes(secret), `${name} says a secret`)
    })

  test('the search finds a number where there is one', async () => {
    const [pan] = await secretsOf(scene)
    assert(pan)
    const planted = { inner: { text: Buffer.from(`{"pan":"${pan}"}`).toString('base64url') } }
    assert(everythingIn(planted).includes(pan))
  })
})

/** Every object is closed, every text is a literal or matches a pattern that no number fits. */
function closedAll(schema: TSchema, path: string): void {
  // A schema is plain JSON; these are the members of JSON Schema that TypeBox writes here.
  const parts = JSON.parse(JSON.stringify(schema)) as {
    type?: string
    properties?: Record<string, TSchema>
    additionalProperties?: boolean
    anyOf?: TSchema[]
    items?: TSchema
    pattern?: string
    enum?: unknown[]
    const?: unknown
  }
  if (parts.anyOf !== undefined) {
    for (const each of parts.anyOf) closedAll(each, path)
  } else if (parts.type === 'object') {
    assert.equal(parts.additionalProperties, false, `${path} is open`)
    for (const [key, value] of Object.entries(parts.properties ?? {}))
      closedAll(value, `${path}.${key}`)
  } else if (parts.items !== undefined) {
    closedAll(parts.items, `${path}[]`)
  } else if (parts.enum !== undefined) {
    assert(parts.enum.length > 0, `${path}: an empty vocabulary`)
  } else if (parts.type === 'string' && parts.const === undefined) {
    assert(parts.pattern?.startsWith('^') && parts.pattern.endsWith('$'), `${path} is free text`)
    const mayFit = echoed.has(path) || named.has(path)
    assert.equal(Check(schema, '9991230000000000') && !mayFit, false, `${path} could be a number`)
  } else if (parts.type === 'integer' && parts.const === undefined) {
    assert.equal(Check(schema, 9_991_230_000_000_000) && !counted.has(path), false, path)
  } else {
    const isPlain = parts.type === 'boolean' || parts.type === 'null'
    assert(parts.const !== undefined || isPlain, `${path}: ${parts.type}`)
  }
}

/** Echoes of an id that the caller brought. */
const echoed = new Set(['register_passkey.credential_id', 'verify_login.credential_id'])
/** Names of keys and of the chain, made of the vault's own words; see keyName in the protocol. */
const named = new Set([
  'seal_card.inner_key.kid',
  'open_card.signed_with.kid',
  'open_card.opened_with.kid',
  'open_code.signed_with.kid',
  'open_code.opened_with.kid',
  'open_entry.opened_with.kid',
  'open_sim.signed_with.kid',
  'open_sim.opened_with.kid',
  // An initial key's name is hex and may have no letter in it.
  'make_device_keys.initial_key_id',
  'verify_reader.opened_with.kid',
  'open_sale.signed_with.kid',
  'open_sale.opened_with.kid',
  'verify_chip.signed_with.kid',
  'verify_chip.verified_with.kid',
  // Ten bytes for each device, one after the other.
  'make_epoch_codes.codes',
  'audit_head.chain',
  'audit_head.chains[]',
  'audit_page.chain',
])

/** Sizes of the chain. */
const counted = new Set(['audit_head.size', 'audit_head.signed_size', 'audit_page.records[].seq'])

/** The numbers and codes of both cards, and the private scalars of the vault's keys. */
async function secretsOf({ world, victims, attackers }: Scene): Promise<string[]> {
  const rows = await readStoredCards(vault.store, [victims.card, attackers.card])
  const cards = [...rows.values()].map((row) => openStoredCard({ hierarchy: world.hierarchy, row }))
  assert.equal(cards.length, 2)
  return cards.flatMap(({ pan, security_code, expires }) => [
    pan,
    `"security_code":"${security_code}"`,
    `${expires}|${security_code}`,
  ])
}

/** All texts of a value, as they are and decoded from base64url, in several forms. */
function everythingIn(value: unknown): string {
  if (typeof value === 'string') {
    const bytes = Buffer.from(value, 'base64url')
    return [value, bytes.toString('latin1'), bytes.toString('hex')].join('\n')
  }
  if (typeof value !== 'object' || value === null) return String(value)
  return Object.values(value).map(everythingIn).join('\n')
}
