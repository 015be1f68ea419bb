/** Test cardholders who answer by themselves when their phone rings, as their row has it. */
import { isPayment } from '@warifu/protocol/approval-content'
import { type TestAct, testCardholders } from '@warifu/protocol/test-outcomes'
import { ownRuntime } from '@warifu/sdk/runtime'
import { type Acted, type Asked, actOn } from './acting.ts'
import type { Person } from './people.ts'

export type Answering = {
  readonly means: Parameters<typeof actOn>[2]
  readonly signal: AbortSignal
  /** An event says what time it is for the platform. */
  readonly learnTime: (instant: string) => void
  readonly report: (person: Person, outcome: Acted | unknown) => void
}

const byThemselves: Readonly<Record<string, TestAct | 'by_amount'>> = {
  by_amount: 'by_amount',
  deny: 'deny',
  ignore: 'ignore',
  not_me: 'not_me',
}

/** Until the signal; who answers when told only, or has the phone off, does nothing. */
export async function answerByThemselves(person: Person, answering: Answering): Promise<void> {
  const act = byThemselves[testCardholders[person.name].manner]
  if (act === undefined) return
  const { signal, learnTime, means, report } = answering
  const { sleep, chance } = ownRuntime
  const done = new Set<string>()
  const lookAround = async () => {
    for (const { id, status, content } of await person.terminal.questions()) {
      if (status !== 'pending' || !isPayment(content) || done.has(id)) continue
      done.add(id)
      const asked: Asked = { payment: content.subject.id, link: null, act, card: 'ample' }
      report(person, await actOn(person, asked, means).catch((fault: unknown) => fault))
    }
  }
  const onState = (state: 'open' | 'cut') => {
    // What rang while the line was down.
    if (state === 'open') void lookAround().catch((fault: unknown) => report(person, fault))
  }
  for await (const { event } of person.terminal.followNotices({ signal, sleep, chance, onState })) {
    learnTime(event.timestamp)
    if (event.type === 'approval.asked')
      await lookAround().catch((fault: unknown) => report(person, fault))
  }
}
