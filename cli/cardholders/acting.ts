/** What a test cardholder does about one payment, at their phone, as anybody would. */

import { type Holder, tamperedBy } from '@warifu/cli/tampering'
import type { Claim, Question } from '@warifu/devices/terminal'
import { claimOf } from '@warifu/devices/terminal'
import { isPayment } from '@warifu/protocol/approval-content'
import type { Id } from '@warifu/protocol/ids'
import {
  actFor,
  type Tampering,
  type TestAct,
  type TestCardName,
} from '@warifu/protocol/test-outcomes'
import { ApiError, type RawAnswer, readAnswer } from '@warifu/sdk/api-call'
import type { Person } from './people.ts'

export type Asked = {
  readonly payment: Id<'pay'>
  /** Where the payment waits for a wallet; null where somebody was asked. */
  readonly link: string | null
  readonly act: TestAct | 'by_amount'
  readonly card: TestCardName
}
/** What the platform said to the phone: null, or the code of its refusal. */
export type Acted = {
  readonly did: TestAct
  readonly card: Id<'crd'> | null
  readonly told: string | null
}
type Means = {
  /** Has the next answer to a phone's presentation cut off. */
  readonly cutAnswer: () => Promise<void>
}

/** Undefined: this person was not asked about it. */
export const actOn = (person: Person, asked: Asked, means: Means): Promise<Acted | undefined> =>
  person.turn(() => actNow(person, asked, means))

async function actNow(person: Person, asked: Asked, means: Means): Promise<Acted | undefined> {
  const { terminal } = person
  const question = asked.link === null ? await questionOf(person, asked.payment) : undefined
  if (asked.link === null && question === undefined) return undefined
  if (question !== undefined) await terminal.received(question)
  const claim = asked.link === null ? await claimed(question) : await terminal.claim(asked.link)
  if (claim === undefined) return undefined
  const act = asked.act === 'by_amount' ? actFor(claim.content.amount) : asked.act
  if (act === 'ignore') return { did: act, card: null, told: null }
  if (act === 'deny' || act === 'not_me') {
    const say =
      question === undefined ? () => terminal.deny(claim) : () => terminal.answer(question, act)
    return { did: act, card: null, told: await codeOf(say()) }
  }
  const card = await person.cardOf(asked.card)
  const holder = { terminal, card }
  const show =
    act === 'approve'
      ? terminal.present(claim, card, { verifyUser: true })
      : tamper(holder, { claim, by: act.tamper, means })
  return { did: act, card, told: await codeOf(show) }
}

async function questionOf({ terminal }: Person, payment: Id<'pay'>) {
  const waiting = (await terminal.questions()).filter(
    ({ status, content }) => status === 'pending' && isPayment(content),
  )
  return waiting.find(({ content }) => isPayment(content) && content.subject.id === payment)
}

const claimed = async (question: Question | undefined): Promise<Claim | undefined> =>
  question === undefined ? undefined : claimOf(question)

type Tampered = { readonly claim: Claim; readonly by: Tampering; readonly means: Means }

async function tamper(holder: Holder, { claim, by, means }: Tampered): Promise<unknown> {
  const { terminal, card } = holder
  if (by !== 'lost_answer') {
    const request = await tamperedBy[by](holder, claim)
    return readAnswer('presentCard', await terminal.send(request))
  }
  await means.cutAnswer()
  return terminal.present(claim, card, { verifyUser: true }).catch(async (fault: unknown) => {
    if (fault instanceof ApiError) throw fault
    // Nobody knows yet: the very same bytes again bring the truth.
    const { answer }: { answer: RawAnswer } = await terminal.retry()
    return readAnswer('presentCard', answer)
  })
}

/** The refusal's code; what is no refusal goes on. */
async function codeOf(answered: Promise<unknown>): Promise<string | null> {
  try {
    await answered
    return null
  } catch (fault) {
    if (fault instanceof ApiError) return fault.code
    throw fault
  }
}
