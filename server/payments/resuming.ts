/** What becomes of a payment when the person it was asked of has answered, or did not get it. */
import { isPayment } from '@warifu/protocol/approval-content'
import { type Answer, done, refused } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import type { GoOn, Heard } from '#approvals'
import { finish } from './finishing.ts'
import { received, said, unreceived } from './hops.ts'
import { instantOf, type PaymentNeeds } from './needs.ts'
import { notePrivately } from './reaching.ts'
import { approvedByAnswer } from './ways.ts'

type Asked = Heard & { readonly payment: Id<'pay'> }
type Act = (needs: PaymentNeeds, asked: Asked) => Promise<Answer<GoOn>>

export async function resumePayment(needs: PaymentNeeds, heard: Heard): Promise<Answer<GoOn>> {
  const { content } = heard.approval
  if (!isPayment(content)) throw new Error('an approval of something else than a payment')
  return acts[heard.said](needs, { ...heard, payment: content.subject.id })
}

const nothing: GoOn = async () => {}

const acts: Readonly<Record<Heard['said'], Act>> = {
  approve: async (needs, asked) => {
    const { content } = asked.approval
    const act = isPayment(content) ? approvedByAnswer[content.presentment] : undefined
    return act === undefined
      ? refused('field_invalid', 'answer', 'this is approved by presenting a card')
      : act(needs, asked)
  },
  deny: async (needs, asked) => done((tx) => deny(tx, needs, asked)),
  /** The merchant is told nothing: the payment ends at its time, as by silence. */
  not_me: async (needs, asked) => done((tx) => disown(tx, needs, asked)),
  /** No merchant is told: it would say that somebody is there. */
  received: async (needs, { approval, payment, nowMs }) => {
    const hops = received(instantOf(nowMs), approval.terminal)
    const note = { payment, name: 'receiveApproval', outcome: 'received', hops, nowMs }
    return done((tx) => notePrivately(tx, needs, note))
  },
  undeliverable: async (needs, { approval, payment, nowMs }) => {
    const hops = unreceived(instantOf(nowMs), approval.terminal)
    const note = { payment, name: 'undeliverable', outcome: 'undeliverable', hops, nowMs }
    return done((tx) => notePrivately(tx, needs, note))
  },
  // A payment's steps have deadlines of their own (sweeping.ts).
  expired: async () => done(nothing),
}

async function deny(
  tx: Parameters<GoOn>[0],
  needs: PaymentNeeds,
  { approval, payment, requestId, nowMs }: Asked,
): Promise<void> {
  await finish(tx, needs, {
    payment,
    to: 'declined',
    because: 'approval_denied',
    from: ['requires_action'],
    name: 'answerApproval',
    hops: said(instantOf(nowMs), 'no', approval.terminal),
    at: { requestId, nowMs },
  })
}

async function disown(
  tx: Parameters<GoOn>[0],
  needs: PaymentNeeds,
  { approval, payment, suspend, nowMs }: Asked,
): Promise<void> {
  const { content, cardholder, terminal } = approval
  const hops = said(instantOf(nowMs), 'not me', terminal)
  await notePrivately(tx, needs, {
    payment,
    name: 'answerApproval',
    outcome: 'not_me',
    hops,
    nowMs,
  })
  if (!suspend || !isPayment(content)) return
  const card = content.card === 'own_card' ? null : content.card
  await needs.freeze(tx, { cardholder, card, nowMs })
}
