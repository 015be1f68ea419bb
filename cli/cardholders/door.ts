/**
 * The way to the test cardholders: the sandbox's server asks here, on the loopback, with the token
 * that both were told. One question at a time for each person.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import {
  type PersonActed,
  type PersonAsked,
  type peopleHere,
  personAsked,
} from '@warifu/protocol/test-kit-people'
import type { Static } from 'typebox'
import { Check } from 'typebox/value'

export type Household = {
  readonly people: () => Promise<Static<typeof peopleHere>>
  /** Undefined: nobody of them was asked about this payment. */
  readonly act: (asked: PersonAsked) => Promise<PersonActed | undefined>
  readonly report: (fault: unknown) => void
}

type Listening = { readonly port: number; readonly token: string; readonly household: Household }

export function listenAtDoor({ port, token, household }: Listening): Promise<Server> {
  const server = createServer((request, response) => {
    void answer(request, { token, household }).then(
      ([status, body]) => end(response, status, body),
      (fault: unknown) => {
        household.report(fault)
        end(response, 500, {})
      },
    )
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve(server))
  })
}

const end = (response: ServerResponse, status: number, body: object): void =>
  void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))

const hash = (word: string) => createHash('sha256').update(word).digest()

async function answer(
  request: IncomingMessage,
  { token, household }: Omit<Listening, 'port'>,
): Promise<readonly [status: number, body: object]> {
  const given = hash(request.headers.authorization ?? '')
  if (!timingSafeEqual(given, hash(`Bearer ${token}`))) return [401, {}]
  if (request.method === 'GET') return [200, await household.people()]
  const asked: unknown = JSON.parse(await text(request))
  if (!Check(personAsked, asked)) return [400, {}]
  const acted = await household.act(asked)
  return acted === undefined ? [404, {}] : [200, acted]
}
