/**
 * Tokens: sixteen digits that stand for one card at one merchant, with the consent that its
 * cardholder gave. What is charged by them is decided in the money statement (`tokens.resolve`).
 */
import { isMandate } from '@warifu/protocol/approval-content'
import { done } from '@warifu/protocol/errors'
import { type Id, laneOf, type Mint } from '@warifu/protocol/ids'
import type { ConsentStatus } from '@warifu/protocol/moves'
import { close, type GoOn, type Heard, tellEnded } from '#approvals'
import { append } from '#events'
import type { Following } from '#issuing'
import type { Store, Tx } from '#store'
import { moveTokens, tokensOf } from './following.ts'
import { askMandate, type MakeNeeds, makeToken } from './making.ts'
import { deleteToken, listTokens, readToken, type TokenRow } from './row.ts'

export { laneOfToken } from './digits.ts'
export type { Asking, NewToken } from './making.ts'
export { type MandateRow, spentAt, type TokenRow, type TokenView } from './row.ts'

type Needs = MakeNeeds & { readonly store: Store; readonly mint: Mint }
export type Tokens = ReturnType<typeof createTokens>

type Decision = {
  readonly mandate: Id<'mdt'>
  readonly state: Exclude<ConsentStatus, 'asked'>
  readonly nowMs: number
}

export function createTokens(needs: Needs) {
  const { store, mint } = needs
  const owned = (merchant: Id<'mer'>, id: Id<'tok'>) => ({ merchant, id, lane: laneOf(id) })
  const remove = async (tx: Tx, merchant: Id<'mer'>, id: Id<'tok'>, nowMs: number) => {
    const gone = await deleteToken(tx, owned(merchant, id), nowMs)
    if (gone === undefined) return
    await tell(tx, mint, { token: gone, type: 'token.deleted', data: {}, nowMs })
  }
  return {
    make: (tx: Tx, token: Parameters<typeof makeToken>[2]) => makeToken(tx, needs, token),
    askMandate: (tx: Tx, asking: Parameters<typeof askMandate>[2]) => askMandate(tx, needs, asking),
    get: (merchant: Id<'mer'>, id: Id<'tok'>) => readToken(store.sql, owned(merchant, id)),
    list: (merchant: Id<'mer'>, page: Parameters<typeof listTokens>[2]) =>
      listTokens(store.sql, merchant, page),
    delete: (merchant: Id<'mer'>, id: Id<'tok'>, nowMs: number) =>
      store.transaction((tx) => remove(tx, merchant, id, nowMs)),
    /** A card came in the place of another. */
    follow: async (tx: Tx, following: Following) => {
      if (following.keeps) return moveTokens(tx, following)
      for (const { merchant, id } of await tokensOf(tx, following.from))
        await remove(tx, merchant, id, following.nowMs)
    },
    /** What the cardholder answered, or that they did not. */
    decide: (tx: Tx, decision: Decision) => decide(tx, mint, decision),
    resume: async (heard: Heard) => done(goOn(mint, heard)),
    tick: (nowMs: number) => expireMandates(needs, nowMs),
  }
}

/** A yes brings the consent into force; any other answer refuses it. */
const goOn =
  (mint: Mint, { approval: { content }, said, nowMs }: Heard): GoOn =>
  async (tx) => {
    if (!isMandate(content) || said === 'undeliverable') return
    const state = said === 'approve' ? 'given' : 'refused'
    await decide(tx, mint, { mandate: content.subject.id, state, nowMs })
  }

async function decide(tx: Tx, mint: Mint, { mandate, state, nowMs }: Decision): Promise<void> {
  const [row] = await tx<{ token: TokenRow }[]>`
    select token from tokens.decide(${laneOf(mandate)}::smallint, ${mandate}, ${state}, ${nowMs})`
  if (row === undefined) return
  const type = state === 'given' ? 'token.consent_given' : 'token.consent_refused'
  await tell(tx, mint, { token: row.token, type, data: { mandate, status: state }, nowMs })
}

type News = {
  readonly token: TokenRow
  readonly type: 'token.deleted' | 'token.consent_given' | 'token.consent_refused'
  readonly data: Readonly<Record<string, unknown>>
  readonly nowMs: number
}

async function tell(tx: Tx, mint: Mint, { token, type, data, nowMs }: News): Promise<void> {
  const { merchant: audience, id: subject, version: sequence } = token
  const id = mint('evt', laneOf(audience))
  await append(tx, [{ id, audience, type, subject, sequence, data }], nowMs)
}

/** Questions that nobody answered end by themselves. Safe on every process at once. */
async function expireMandates({ store, mint }: Needs, nowMs: number): Promise<void> {
  const late = await store.sql<{ id: Id<'mdt'>; approval: Id<'apr'> }[]>`
    select id, approval from tokens.mandate
     where state = 'asked' and deadline_ms <= ${nowMs} limit 100`
  for (const { id, approval } of late)
    await store.transaction(async (tx) => {
      const ended = await close(tx, { approval, state: 'expired', nowMs })
      if (ended !== undefined) await tellEnded(tx, { mint }, ended, nowMs)
      await decide(tx, mint, { mandate: id, state: 'expired', nowMs })
    })
}
