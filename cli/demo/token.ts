/**
 * S4, by a token (JP2024-058277): a card that paid once is kept as sixteen digits; what is charged
 * by them in its owner's absence stays inside the consent that they gave once, on their phone.
 */
import { randomUUID } from 'node:crypto'
import { isLuhnValid } from '@warifu/crypto/luhn'
import { isId } from '@warifu/protocol/ids'
import { callApi } from '@warifu/sdk/api-call'
import { type Checks, JourneyEnded } from './checks.ts'
import { paid } from './entry-device.ts'
import { availableOf, becomeHolder } from './journey.ts'
import { checkReading } from './reading.ts'
import { keyed, openTill } from './till.ts'
import type { Reader, Saboteur, World } from './world.ts'

type Tampering = {
  readonly answer?: 'deny'
  readonly amount?: number
  /** What becomes of the token's digits. */
  readonly bend?: (token: string) => string
}

async function journey(world: World, checks: Checks, tampering: Tampering = {}) {
  const holder = await becomeHolder({ world, checks, person: world.person(), name: 'Aiko' })
  await using till = await checks.step('the shop has an entry device', () =>
    openTill({ world, card: holder.card }),
  )
  const sold = await paid(checks, 'the card pays once', till.sell(1000, keyed()))
  const { bend = (digits) => digits } = tampering
  const made = await checks.step('the shop keeps it as a token, and asks for a consent', () =>
    newToken(world, sold.payment),
  )
  const digits = made.token ?? ''
  checks.that('sixteen digits that no card has', digits.length === 16 && !isLuhnValid(digits))
  const [question] = await checks.step('the phone is asked', () => holder.terminal.questions())
  if (question === undefined) throw new JourneyEnded('no question')
  await checks.step('the person answers with the passkey', () =>
    holder.terminal.answer(question, tampering.answer ?? 'approve'),
  )
  const before = await availableOf(holder)
  await charged(checks, 'a month’s charge in the person’s absence', () =>
    charge(world, bend(digits), tampering.amount ?? 1500),
  )
  return { holder, digits, before, sold, token: made.id }
}

export async function runToken(world: World, checks: Checks): Promise<readonly Reader[]> {
  const { holder, digits, before, sold, token } = await journey(world, checks)
  checks.that('¥1,500 are held', before - (await availableOf(holder)) === 1500)
  const over = () => charge(world, digits, 600)
  await checks.refused('more than the consent allows is declined', 'consent_exceeded', over)
  const customer = () => charge(world, digits, 300, 'customer')
  await charged(checks, 'with the person on the line it is charged on', customer)
  const { merchant } = world
  if (!isId('pay', sold.payment)) throw new JourneyEnded('the sale names no payment')
  const payment = sold.payment
  await checks.step('the first sale is captured', () => merchant.payments.capture(payment))
  await checks.step('and refunded, to the card that paid', () => merchant.payments.refund(payment))
  await checks.step('the token is deleted', () => callToken(world, 'deleteToken', token))
  await checks.refused('a deleted token charges nothing', 'token_unknown', () =>
    charge(world, digits, 100),
  )
  return await checkReading({ world, checks, holder })
}

const headersOf = ({ sandbox }: World, key: string) => ({
  authorization: `Bearer ${sandbox.seed.api_key}`,
  'idempotency-key': key,
})
const apiOf = ({ sandbox, traffic }: World) => ({
  fetch: traffic.fetchOf('merchant'),
  apiUrl: sandbox.url,
})

function newToken(world: World, payment: string) {
  if (!isId('pay', payment)) throw new JourneyEnded('the sale names no payment')
  const until = new Date(Date.now() + 365 * 86_400_000).toISOString()
  const consent = { kind: 'recurring', cap: 2000, currency: 'jpy', period: 'month', until } as const
  const body = { source: { kind: 'payment', payment } as const, consent }
  return callApi(apiOf(world), 'createToken', { body, headers: headersOf(world, randomUUID()) })
}

const callToken = (world: World, name: 'deleteToken', id: `tok_${string}`) =>
  callApi(apiOf(world), name, { params: { id }, headers: headersOf(world, id) })

async function charge(
  { merchant }: World,
  token: string,
  amount: number,
  initiator: 'customer' | 'merchant' = 'merchant',
) {
  const presentment = { kind: 'token', token, initiator } as const
  const asked = { amount, currency: 'jpy', capture_method: 'manual' } as const
  return merchant.payments.create({ ...asked, presentment })
}

/** Ends the journey where it is not authorised; the decline's own code is what was seen. */
async function charged(
  checks: Checks,
  name: string,
  work: () => ReturnType<typeof charge>,
): Promise<void> {
  const payment = await checks.step(name, work)
  const { status, declined_because } = payment
  checks.that(`${name}: authorised`, status === 'authorized', declined_because ?? status)
  if (status !== 'authorized') throw new JourneyEnded(name)
}

const plans: readonly (Tampering & { readonly name: string; readonly expects: string })[] = [
  { name: 'the person says no', expects: 'consent_missing', answer: 'deny' },
  { name: 'more than the person allowed', expects: 'consent_exceeded', amount: 2001 },
  {
    name: 'one digit of the token altered',
    expects: 'token_unknown',
    bend: (token) => token.slice(0, -1) + ((Number(token.at(-1)) + 1) % 10),
  },
]

export const tokenSaboteurs: readonly Saboteur[] = plans.map(({ name, expects, ...tampering }) => ({
  name,
  expects: [expects],
  run: async (world: World, checks: Checks) => void (await journey(world, checks, tampering)),
}))
