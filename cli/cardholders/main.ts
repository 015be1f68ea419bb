/**
 * SIMULATOR of the sandbox's test cardholders: `node cli/cardholders/main.ts`. People with phones
 * of their own, in a process of their own, as the server may hold no phone's keys. They go through
 * the API like anybody; files, clock and sockets come in here.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isId } from '@warifu/protocol/ids'
import type { PersonActed, PersonAsked } from '@warifu/protocol/test-kit-people'
import {
  type TestAct,
  type TestCardholderName,
  type TestCardName,
  testCardholderNames,
  testCardholders,
  testCardNames,
  testCards,
} from '@warifu/protocol/test-outcomes'
import { callApi } from '@warifu/sdk/api-call'
import { type Acted, type Asked, actOn } from './acting.ts'
import { answerByThemselves } from './answering.ts'
import { type Household, listenAtDoor } from './door.ts'
import { makePerson, type Notes, type Person } from './people.ts'

const PAUSE_MS = 1000

const named = (name: string): string => {
  const value = process.env[name]
  if (value !== undefined && value !== '') return value
  console.error(`${name} is not set.`)
  process.exit(1)
}

const [apiUrl, origin, folder] = [named('API_URL'), named('WALLET_ORIGIN'), named('FOLDER')]
const [port, tokenFile] = [Number(named('PORT')), named('TOKEN_FILE')]
const api = { fetch, apiUrl }
const ending = new AbortController()
let aheadMs = 0
const learnTime = (ms: number): void => {
  aheadMs = Math.max(aheadMs, ms - Date.now())
}
const say = (entry: object) => console.log(JSON.stringify({ time: Date.now(), ...entry }))
const nowMs = () => Date.now() + aheadMs
const report = (fault: unknown) =>
  say({ level: 'error', fault: fault instanceof Error ? fault.message : 'unknown' })
const cutAnswer = async () => {
  const body = { link: 'client', lost: 'answer', at: 'presentCard' } as const
  await callApi(api, 'cutTestLink', { body })
}
const means = { cutAnswer }

type Cards = Awaited<ReturnType<Notes['read']>>
const noteOf = (name: string) => join(folder, `${name}.cards.json`)
const notes: Notes = {
  read: async (name) => {
    const text = await readFile(noteOf(name), 'utf8').catch(() => '{}')
    const kept = new Map<string, unknown>(Object.entries(JSON.parse(text)))
    const cards: { -readonly [C in TestCardName]?: Cards[C] } = {}
    for (const card of testCardNames) {
      const id = kept.get(card)
      if (typeof id === 'string' && isId('crd', id)) cards[card] = id
    }
    return cards
  },
  write: (name, cards) => writeFile(noteOf(name), JSON.stringify(cards), { mode: 0o600 }),
}

/** Made once, in the background; again where the platform was not there yet. */
function household() {
  const place = { api, origin, folder, nowMs, notes }
  const make = async (name: TestCardholderName): Promise<Person> => {
    for (;;) {
      const made = await makePerson(place, name).catch((fault: unknown) => report(fault))
      if (made !== undefined) return made
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    }
  }
  return new Map(testCardholderNames.map((name) => [name, make(name)]))
}

await mkdir(folder, { recursive: true, mode: 0o700 })
const { now } = await callApi(api, 'getTestClock', {})
learnTime(Date.parse(now))
const people = household()
for (const [, making] of people)
  void making.then((person) =>
    answerByThemselves(person, {
      means,
      signal: ending.signal,
      learnTime: (instant) => learnTime(Date.parse(instant)),
      report: ({ name }, outcome) =>
        outcome instanceof Error ? report(outcome) : say({ level: 'info', name, outcome }),
    }).catch(report),
  )

const everybody = async () => await Promise.all(people.values())

async function act(asked: PersonAsked): Promise<PersonActed | undefined> {
  learnTime(asked.now_ms)
  const { payment, link, card, cardholder } = asked
  const does: Asked = { payment, link, card, act: actOf(asked) }
  const whoever = link === null ? await everybody() : [await people.get('aiko')]
  const chosen = cardholder === null ? whoever : [await people.get(cardholder)]
  for (const person of chosen) {
    const acted = person && (await actOn(person, does, means))
    if (acted !== undefined && person !== undefined) return shown(person, acted)
  }
  return undefined
}

const actOf = ({ act: said, tamper }: PersonAsked): Asked['act'] =>
  said === 'tamper' ? { tamper: tamper ?? 'amount' } : said

const shown = ({ name }: Person, { did, card, told }: Acted): PersonActed => ({
  cardholder: name,
  did: isTampering(did) ? 'tamper' : did,
  tamper: isTampering(did) ? did.tamper : null,
  card,
  told,
})
const isTampering = (did: TestAct): did is Exclude<TestAct, string> => typeof did !== 'string'

const listed: Household['people'] = async () => ({
  people: (await everybody()).map(({ name, cards }) => ({
    object: 'test_cardholder',
    name,
    phone: testCardholders[name].phone,
    manner: testCardholders[name].words,
    cards: testCardNames.map((card) => ({
      name: card,
      card: cards().get(card) ?? null,
      words: testCards[card].words,
    })),
  })),
})

const token = (await readFile(tokenFile, 'utf8')).trim()
const server = await listenAtDoor({ port, token, household: { people: listed, act, report } })
// Whoever reads the line may ask for any of them.
await everybody()
say({ event: 'ready', port })
const stop = () => {
  ending.abort()
  server.close()
  server.closeAllConnections()
  process.exit(0)
}
process.once('SIGTERM', stop)
process.once('SIGINT', stop)
