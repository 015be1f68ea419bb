/**
 * What people do here stands in a record: before it is begun, and what came of it. Without the
 * record nothing is done.
 */
import { createHash } from 'node:crypto'
import { toBase64url } from '@warifu/crypto/base64url'
import type { Answer } from '@warifu/protocol/errors'
import { isId } from '@warifu/protocol/ids'
import { idOfWho, type LoggedAct } from '#people'
import type { Incoming } from './authentication.ts'
import type { Callers } from './handler.ts'

type Caller = Callers[keyof Callers]
export type Asked = {
  readonly incoming: Pick<Incoming, 'method' | 'path' | 'body'>
  /** The endpoint by its name. */
  readonly what: string
  readonly request: string
}
export type ActNeeds = {
  readonly actDone: (act: LoggedAct) => Promise<void>
  readonly now: () => number
}

/** A person of the house or of a shop; undefined where no person acts. */
type Actor = { readonly who: string; readonly name: string }
function actorOf(caller: Caller): Actor | undefined {
  if (caller.kind === 'operator') return { who: caller.operator, name: caller.name }
  if (caller.kind === 'console') return { who: idOfWho(caller.who), name: caller.who.name }
  const isUser = caller.kind === 'merchant' && isId('usr', caller.key)
  return isUser ? { who: caller.key, name: caller.merchant } : undefined
}

export function recorded<T>(
  needs: ActNeeds,
  caller: Caller,
  asked: Asked,
  work: () => Promise<Answer<T>>,
): Promise<Answer<T>> {
  const actor = asked.incoming.method === 'POST' ? actorOf(caller) : undefined
  return actor === undefined ? work() : record(needs, actor, asked, work)
}

async function record<T>(
  { actDone, now }: ActNeeds,
  actor: Actor,
  { what, incoming: { path: subject, body }, request }: Asked,
  work: () => Promise<Answer<T>>,
): Promise<Answer<T>> {
  const digest = toBase64url(createHash('sha256').update(body).digest())
  const about = { ...actor, what, subject, digest, request }
  await actDone({ ...about, outcome: 'asked', at_ms: now() })
  const answer = await work()
  await actDone({ ...about, outcome: answer.ok ? 'done' : answer.refusal, at_ms: now() })
  return answer
}
