/** Handlers: signing up, in and out at the console. */
import { createHash } from 'node:crypto'
import { toBase64url } from '@warifu/crypto/base64url'
import { type Persona as PersonaName, personas, scopesOfRole } from '@warifu/protocol/console-roles'
import type { Reply } from '@warifu/protocol/contract'
import { type Answer, done, refused } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import {
  type ConsolePeople,
  type ConsoleSession,
  idOfWho,
  isMerchantUser,
  type OpenedSession,
  type Persona,
  type Who,
} from '#people'
import type { CookieChange, Handlers } from './handler.ts'
import { pageOf } from './page.ts'

export type ConsoleRooms = {
  readonly consolePeople: ConsolePeople
  readonly consoleOrigin: string
  readonly merchantName: (id: Id<'mer'>) => Promise<string>
  /** The one that the sandbox's people of a shop belong to. */
  readonly firstMerchant: () => Promise<Id<'mer'> | undefined>
  readonly livemode: boolean
}
type Names =
  | 'startConsoleSignUp'
  | 'finishConsoleSignUp'
  | 'startConsoleSignIn'
  | 'finishConsoleSignIn'
  | 'enterSandbox'
  | 'getConsoleMe'
  | 'signOutOfConsole'
  | 'listConsoleSessions'
  | 'endConsoleSession'

const instantOf = (ms: number | bigint): string => new Date(Number(ms)).toISOString()
type Me = Reply<'getConsoleMe'>
const signedOut = { object: 'console_signed_out' } as const

/** Who is signed in, as their page reads it. */
async function me(rooms: ConsoleRooms, session: ConsoleSession): Promise<Me> {
  const { who } = session
  return {
    object: 'console_me',
    livemode: rooms.livemode,
    id: idOfWho(who),
    name: who.name,
    roles: isMerchantUser(who) ? [] : [...who.roles],
    merchant: await merchantOf(rooms, who),
    session: session.session,
    expires_at: instantOf(session.expiresMs),
    idle_ends_at: instantOf(Math.min(session.idleEndsMs, session.expiresMs)),
  }
}

async function merchantOf({ merchantName }: ConsoleRooms, who: Who): Promise<Me['merchant']> {
  if (!isMerchantUser(who)) return null
  const { merchant: id, role } = who
  const scopes = scopesOfRole[role]
  return { id, name: await merchantName(id), role, scopes: scopes && [...scopes] }
}

type Opened = Promise<Answer<Me> & { readonly cookie?: CookieChange }>

type At = { readonly requestId: Id<'req'>; readonly nowMs: number }

/** Who came in, and how, stands in the record of what people do. */
async function open(rooms: ConsoleRooms, answer: Answer<OpenedSession>, at: At): Opened {
  if (!answer.ok) return answer
  const { token, expiresMs, who, session, by } = answer.value
  const { requestId: request, nowMs } = at
  const about = { who: idOfWho(who), name: who.name, what: `signed_in.${by}`, subject: session }
  const digest = toBase64url(createHash('sha256').update(session).digest())
  const act = { ...about, digest, request, outcome: 'done', at_ms: nowMs }
  await rooms.consolePeople.actDone(act)
  const cookie = { token, maxAgeS: Math.floor((expiresMs - nowMs) / 1000) }
  return { ...done(await me(rooms, answer.value)), cookie }
}

export const consoleHandlers = (rooms: ConsoleRooms): Handlers<Names> => ({
  ...signInHandlers(rooms),
  ...sessionHandlers(rooms),
})

type SessionNames =
  | 'getConsoleMe'
  | 'signOutOfConsole'
  | 'listConsoleSessions'
  | 'endConsoleSession'

function signInHandlers(rooms: ConsoleRooms): Handlers<Exclude<Names, SessionNames>> {
  const { consolePeople, consoleOrigin } = rooms
  const rp_id = new URL(consoleOrigin).hostname
  return {
    startConsoleSignUp: async ({ body, nowMs }) => {
      const started = await consolePeople.startSignUp(body.invitation, nowMs)
      if (!started.ok) return started
      const { registration, challenge, deadlineMs, who, whoId } = started.value
      const user = { id: toBase64url(Buffer.from(whoId)), name: who.name }
      const common = { registration, challenge, rp_id, deadline_at: instantOf(deadlineMs) }
      return done({ object: 'console_passkey_options', ...common, user })
    },
    finishConsoleSignUp: async ({ body, ...at }) =>
      open(rooms, await consolePeople.signUp(body, at.nowMs), at),
    startConsoleSignIn: async ({ nowMs }) => {
      const { registration, challenge, deadlineMs } = await consolePeople.startSignIn(nowMs)
      const common = { registration, challenge, rp_id, deadline_at: instantOf(deadlineMs) }
      return done({ object: 'console_sign_in_options', ...common })
    },
    finishConsoleSignIn: async ({ body, ...at }) =>
      open(rooms, await consolePeople.signIn(body, at.nowMs), at),
    enterSandbox: async ({ body, ...at }) => {
      const persona = await personaOf(rooms, body.as)
      const session = persona && (await consolePeople.enter(persona, at.nowMs))
      return open(rooms, session ? done(session) : refused('not_found'), at)
    },
  }
}

async function personaOf(rooms: ConsoleRooms, name: PersonaName): Promise<Persona | undefined> {
  const persona = personas[name]
  if ('operator' in persona) return persona
  const merchant = await rooms.firstMerchant()
  return merchant && { name: persona.name, role: persona.merchant, merchant }
}

function sessionHandlers(rooms: ConsoleRooms): Handlers<SessionNames> {
  const { consolePeople } = rooms
  return {
    getConsoleMe: async ({ caller }) => done(await me(rooms, caller)),
    signOutOfConsole: async ({ caller, nowMs }) => {
      await consolePeople.endSession(idOfWho(caller.who), caller.session, nowMs)
      return { ...done(signedOut), cookie: 'gone' as const }
    },
    listConsoleSessions: async ({ caller, query, nowMs }) =>
      done(
        await pageOf('/v1/console/sessions', query, async (page) =>
          (await consolePeople.sessions(idOfWho(caller.who), page, nowMs)).map((row) => ({
            id: row.id,
            object: 'console_session' as const,
            created_at: instantOf(row.createdMs),
            last_seen_at: instantOf(row.seenMs),
            expires_at: instantOf(row.expiresMs),
            by: row.by,
            current: row.id === caller.session,
          })),
        ),
      ),
    endConsoleSession: async ({ caller, params, nowMs }) =>
      (await consolePeople.endSession(idOfWho(caller.who), params.id, nowMs))
        ? done(signedOut)
        : refused('not_found'),
  }
}
