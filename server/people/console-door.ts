/** The console's part of this room: signing up and in, sessions, acts that wait. */
import { type Id, isId } from '@warifu/protocol/ids'
import {
  type LoggedAct,
  listActLog,
  logAct,
  type SoughtAct,
  verifyActLog,
  type Witness,
} from './act-log.ts'
import { type ActPage, listActs, readAct, refuseAct } from './acts.ts'
import {
  type SignInNeeds,
  type SigningIn,
  type SigningUp,
  signIn,
  signUp,
  startSignIn,
  startSignUp,
} from './console-passkey.ts'
import {
  consoleSessionOf,
  endConsoleSessions,
  listConsoleSessions,
  openConsoleSession,
} from './console-session.ts'
import {
  addMerchantUser,
  endMerchantUsers,
  listMerchantUsers,
  type WhoId,
  whoIs,
} from './console-who.ts'
import { addOperator } from './operator.ts'
import { deleteFilter, listFilters, type Saving, saveFilter } from './saved-filter.ts'
import { verifyVault } from './vault-chain.ts'

export type ConsolePeople = ReturnType<typeof createConsolePeople>

type Page = { readonly limit: number; readonly before: string | undefined }

export function createConsolePeople(needs: SignInNeeds & { readonly sandbox: boolean }) {
  const { sql } = needs.store
  return {
    startSignUp: (invitation: string, nowMs: number) => startSignUp(needs, invitation, nowMs),
    signUp: (signing: SigningUp, nowMs: number) => signUp(needs, signing, nowMs),
    startSignIn: (nowMs: number) => startSignIn(needs, nowMs),
    signIn: (signing: SigningIn, nowMs: number) => signIn(needs, signing, nowMs),
    /** Whose cookie this is. What the sandbox gave away opens nothing in live mode. */
    sessionOf: async (token: string, nowMs: number) => {
      const session = await consoleSessionOf(sql, token, nowMs)
      return session?.by === 'sandbox' && !needs.sandbox ? undefined : session
    },
    sessions: (who: WhoId, page: Page, nowMs: number) => listConsoleSessions(sql, who, page, nowMs),
    endSession: (who: WhoId, session: Id<'ses'>, nowMs: number) =>
      endConsoleSessions(sql, { who, session }, nowMs),
    enter: (persona: Persona, nowMs: number) => enter(needs, persona, nowMs),
    merchantUsers: (merchant: Id<'mer'>) => listMerchantUsers(sql, merchant),
    endMerchantUsers: (ending: Parameters<typeof endMerchantUsers>[1], nowMs: number) =>
      endMerchantUsers(sql, ending, nowMs),
    acts: (page: ActPage, nowMs: number) => listActs(sql, page, nowMs),
    act: (id: Id<'req'>, nowMs: number) => readAct(sql, id, nowMs),
    refuseAct: (refusing: Parameters<typeof refuseAct>[1], nowMs: number) =>
      refuseAct(sql, refusing, nowMs),
    actDone: (act: LoggedAct) => logAct(sql, act),
    actLog: (sought: SoughtAct) => listActLog(sql, sought),
    verifyActLog: (witness?: Witness) => verifyActLog(sql, witness),
    verifyVault: (nowMs: number) => verifyVault(needs, nowMs),
    filters: (mine: Parameters<typeof listFilters>[1], page: Page) => listFilters(sql, mine, page),
    saveFilter: (saving: Saving) => saveFilter(sql, saving),
    deleteFilter: (who: WhoId, id: Id<'flt'>) => deleteFilter(sql, who, id),
    /** Forgets what is over: challenges, invitations, sessions of the week before. */
    tick: async (nowMs: number) => {
      await sql`
        with late as (delete from people.console_challenge where deadline_ms <= ${nowMs}),
             gone as (delete from people.invitation where deadline_ms <= ${nowMs - WEEK_MS})
        delete from people.console_session where expires_ms <= ${nowMs - WEEK_MS}`
    },
  }
}

const WEEK_MS = 7 * 24 * 60 * 60 * 1000

export type Persona =
  | { readonly name: string; readonly operator: Parameters<typeof addOperator>[1]['roles'] }
  | {
      readonly name: string
      readonly merchant: Id<'mer'>
      readonly role: Parameters<typeof addMerchantUser>[1]['role']
    }

/** Somebody who is there for the sandbox alone: made at their first entry, with no key to lose. */
async function enter(
  needs: SignInNeeds & { readonly sandbox: boolean },
  persona: Persona,
  nowMs: number,
) {
  if (!needs.sandbox) throw new Error('nobody enters live mode like this')
  const { mint, random, store } = needs
  return store.transaction(async (tx) => {
    const { name } = persona
    if ('operator' in persona) {
      const made = { id: mint('opr'), name, roles: persona.operator, secret: random(32), nowMs }
      await addOperator(tx, made)
    } else {
      const { merchant, role } = persona
      await addMerchantUser(tx, { id: mint('usr'), merchant, name, role, nowMs })
    }
    const [row] = await tx<{ id: string }[]>`
      select id from people.operator where name = ${name} and ${'operator' in persona}
      union all
      select id from people.merchant_user
       where name = ${name} and merchant = ${'merchant' in persona ? persona.merchant : ''}`
    const id = row?.id ?? ''
    const whoId = isId('opr', id) ? id : isId('usr', id) ? id : undefined
    const who = whoId && (await whoIs(tx, whoId))
    if (whoId === undefined || who === undefined) return undefined
    return openConsoleSession(tx, needs, { who, whoId, by: 'sandbox' }, nowMs)
  })
}
