/** `warifu pay …`: be a shop, with the API key that the sandbox was seeded with. */
import { Misunderstood, readArguments, runTelling, wholeNumber } from '@warifu/cli/arguments'
import { findSandbox } from '@warifu/cli/sandbox-address'
import { paymentWords, timelineWords } from '@warifu/cli/shown'
import type { Body } from '@warifu/protocol/contract'
import { type Id, isId } from '@warifu/protocol/ids'
import { type OrderLine, orderLine } from '@warifu/protocol/sealed'
import { createWarifu, type Warifu } from '@warifu/sdk/sdk'
import { Check } from 'typebox/value'

const help = `warifu pay <amount> [--line "Blend coffee:2:1200"]… [--manual] [--json]
        ask for a payment: prints its id, and the link for the cardholder's wallet
        [--currency jpy] [--reference ORDER] [--expires-in SECONDS]

warifu pay show ID            a payment
warifu pay timeline ID        every request of it, hop by hop
warifu pay capture ID [AMOUNT]
warifu pay cancel ID
warifu pay refund ID [AMOUNT]
warifu pay list

Amounts are whole minor units: 1200 is ¥1,200. A line is description:quantity:amount.
With --manual the payment is authorised only, and captured by warifu pay capture.`

const options = {
  json: { type: 'boolean' },
  line: { type: 'string', multiple: true },
  manual: { type: 'boolean' },
  currency: { type: 'string' },
  reference: { type: 'string' },
  'expires-in': { type: 'string' },
} as const

type Values = ReturnType<typeof readArguments<typeof options>>['values']
type At = {
  /** The sandbox is looked for once what was typed is understood. */
  readonly payments: () => Promise<Warifu['payments']>
  readonly values: Values
  readonly words: readonly string[]
  readonly tell: (object: unknown, words: string) => void
}

/** The words after each verb, as the help has them: how many at least, and at most. */
const verbs: Readonly<Record<string, { run: (at: At) => Promise<void>; words: [number, number] }>> =
  {
    show: { run: show, words: [1, 1] },
    timeline: { run: timeline, words: [1, 1] },
    capture: { run: capture, words: [1, 2] },
    cancel: { run: cancel, words: [1, 1] },
    refund: { run: refund, words: [1, 2] },
    list: { run: list, words: [0, 0] },
  }

export async function run(args: readonly string[]): Promise<number> {
  return await runTelling(args, { command: 'pay', who: 'merchant', help }, () => take(args))
}

async function take(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(args, options)
  const [name = '', ...words] = positionals
  const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined
  const known = Object.keys(verbs).join(', ')
  if (verb === undefined && !/^[0-9]+$/.test(name))
    throw new Misunderstood(
      `pay expects an amount such as 1200, or one of ${known}; got "${name}".`,
    )
  const [least, most] = verb?.words ?? [0, 0]
  if (words.length < least) throw new Misunderstood(`${name} expects the payment's id.`)
  if (words.length > most) throw new Misunderstood(`${name} does not take "${words[most]}".`)
  if (verb !== undefined) requireNoOptions(name, values)
  const payments = async () => {
    const { api, seed } = await findSandbox()
    return createWarifu({ ...api, apiKey: seed.api_key }).payments
  }
  const tell = (object: unknown, text: string) =>
    console.log(values.json === true ? JSON.stringify(object) : text)
  await (verb?.run ?? ask)({ payments, values, words: verb === undefined ? [name] : words, tell })
  return 0
}

function requireNoOptions(name: string, values: Values): void {
  for (const option of Object.keys(values))
    if (option !== 'json') throw new Misunderstood(`${name} does not take --${option}.`)
}

async function ask({ payments, values, words, tell }: At): Promise<void> {
  const expires = values['expires-in']
  const lines = values.line?.map(readLine)
  const body: Body<'createPayment'> = {
    amount: wholeNumber(words[0] ?? '', 'The amount'),
    currency: values.currency ?? 'jpy',
    capture_method: values.manual === true ? 'manual' : 'automatic',
    ...(lines === undefined ? {} : { lines }),
    ...(values.reference === undefined ? {} : { merchant_reference: values.reference }),
    ...(expires === undefined ? {} : { expires_in: wholeNumber(expires, '--expires-in') }),
  }
  const payment = await (await payments()).create(body)
  tell(payment, `${payment.id}\n${payment.link ?? ''}`)
}

function readLine(text: string): OrderLine {
  const [, description = '', quantity, amount] =
    /^(.+):([0-9]{1,4}):([0-9]{1,12})$/.exec(text) ?? []
  const line = { description, quantity: Number(quantity), amount: Number(amount) }
  if (Check(orderLine, line)) return line
  throw new Misunderstood(
    `--line is description:quantity:amount, such as "Tea:2:900"; got "${text}".`,
  )
}

function paymentId([id = '']: readonly string[]): Id<'pay'> {
  if (isId('pay', id)) return id
  throw new Misunderstood(`a payment's id is such as pay_…; got "${id}".`)
}

const amountBody = ([, amount]: readonly string[]) =>
  amount === undefined ? {} : { amount: wholeNumber(amount, 'The amount') }

async function show({ payments, words, tell }: At): Promise<void> {
  const id = paymentId(words)
  const payment = await (await payments()).get(id)
  tell(payment, paymentWords(payment))
}

async function timeline({ payments, words, tell }: At): Promise<void> {
  const id = paymentId(words)
  const data = await (await payments()).timeline(id)
  tell(data, data.map(timelineWords).join('\n'))
}

async function capture({ payments, words, tell }: At): Promise<void> {
  const [id, body] = [paymentId(words), amountBody(words)]
  const payment = await (await payments()).capture(id, body)
  tell(payment, paymentWords(payment))
}

async function cancel({ payments, words, tell }: At): Promise<void> {
  const id = paymentId(words)
  const payment = await (await payments()).cancel(id)
  tell(payment, paymentWords(payment))
}

async function refund({ payments, words, tell }: At): Promise<void> {
  const [id, body] = [paymentId(words), amountBody(words)]
  const given = await (await payments()).refund(id, body)
  tell(given, `${given.id}  ${given.amount} ${given.currency} given back for ${given.payment}`)
}

async function list({ payments, tell }: At): Promise<void> {
  const data = await (await payments()).list().take(25)
  tell(data, data.length === 0 ? 'No payments yet.' : data.map(paymentWords).join('\n'))
}
