/**
 * The personalisation job: all that a bureau needs to make one plastic card, sealed to the key that
 * an operator admitted for it. No caller names a key, and none can order a card that its owner's
 * own terminal and passkey did not sign for.
 */
import { pad } from '@warifu/crypto/iso7816-padding'
import { jcsBytes } from '@warifu/crypto/jcs'
import {
  JOB_BYTES,
  type OrderPlasticBody,
  orderPlasticBody,
  type PlasticJob,
} from '@warifu/protocol/plastic'
import type { VaultInput } from '@warifu/protocol/vault'
import { Compile } from 'typebox/compile'
import { openStoredCard, readStoredCards, renewSecurityCode, type StoredCard } from './cards.ts'
import { chipKey, stripeValue } from './chip.ts'
import { insertPlastic, readBureau, sequenceText } from './plastic-rows.ts'
import { sealTo } from './sealed-message.ts'
import { type Act, verifyAct } from './signed-act.ts'
import type { Sql } from './store.ts'
import { type Answer, no, type World, yes } from './world.ts'

const JOB_LIFE_MS = 30 * 24 * 60 * 60 * 1000
const SERVICE_CODE = '201'

const orderShape = Compile(orderPlasticBody)
const ordering: Act<OrderPlasticBody> = {
  path: /^\/v1\/cards\/(crd_[0-9A-HJKMNP-TV-Z]{26})\/plastic$/,
  read: (body) => (orderShape.Check(body) ? body : undefined),
  named: ({ statement }) => statement.card,
}

export async function makePlastic(
  world: World,
  sql: Sql,
  input: VaultInput<'make_plastic'>,
): Promise<Answer<'make_plastic'>> {
  const acted = await verifyAct(world, sql, input, ordering)
  if (!acted.ok) return acted
  const { statement } = acted.value.body
  const { card, terminal } = statement
  const { plastic, bureau: name, now } = input
  const bureau = await readBureau(sql, name)
  if (bureau?.state !== 'admitted') return no('bureau_unknown')
  const row = (await readStoredCards(sql, [card])).get(card)
  if (row === undefined) return no('card_unknown')
  const sequence = await insertPlastic(world, sql, { plastic, card, terminal, bureau: name })
  if (sequence === undefined) return no('plastic_exists')
  // What stood on an earlier plastic is good for nothing on this one.
  const current = sequence === 0 ? row : await renewSecurityCode(world, sql, row)
  const job = jobOf(world, current, { plastic, sequence, statement })
  const plaintext = pad(jcsBytes(job), JOB_BYTES)
  const { message } = sealTo(
    bureau,
    {
      purpose: 'plastic-job',
      context: { plastic },
      plaintext,
      createdMs: Date.parse(now),
      lifeMs: JOB_LIFE_MS,
    },
    world.chance,
  )
  plaintext.fill(0)
  return yes({ plastic, card, sealed: message })
}

type Ordered = Pick<PlasticJob, 'plastic'> & {
  readonly sequence: number
  readonly statement: OrderPlasticBody['statement']
}

function jobOf(
  { hierarchy }: World,
  row: StoredCard,
  { plastic, sequence, statement: { name, ship_to } }: Ordered,
): PlasticJob {
  const { pan, expires, security_code } = openStoredCard({ hierarchy, row })
  const expiry = expires.slice(2, 4) + expires.slice(5)
  const pan_sequence = sequenceText(sequence)
  const value = stripeValue(hierarchy, { pan, expiry, serviceCode: SERVICE_CODE })
  const chip = chipKey(hierarchy, pan, pan_sequence)
  const chip_key = Buffer.from(chip).toString('hex').toUpperCase()
  chip.fill(0)
  const printed = { pan, expiry, security_code, name, service_code: SERVICE_CODE, ship_to }
  const discretionary = `${value}${pan_sequence}000`
  return { v: 1, plastic, ...printed, discretionary, pan_sequence, chip_key }
}
