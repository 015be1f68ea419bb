/**
 * A wire between the people of a journey and the platform, on which one message can be hurt: the
 * first request to the endpoint that is named. Whoever sends knows nothing of it and does what
 * their software does when an answer does not come.
 */
import { contract, type EndpointName } from '@warifu/protocol/contract'
import type { Fetch } from '@warifu/sdk/api-call'

export const faults = [
  'dropped before',
  'dropped after',
  'doubled',
  'overtaken',
  'past the deadline',
  'answered past the deadline',
  'while it is answered',
] as const
export type Fault = (typeof faults)[number]
/** An endpoint; where more is said to it afterwards, the second time is a message of its own. */
export type Message = EndpointName | `${EndpointName} again`
/** `ready`: before it is sent. `meanwhile`: until its time is over, or who is killed then. */
export type Hurt = {
  readonly at: Message
  readonly fault: Fault
  readonly ready?: () => Promise<void>
  readonly meanwhile?: () => Promise<void>
}

export type Wire = {
  readonly fetch: Fetch
  /** From now on: nothing is hurt, or this once; what was heard is forgotten. */
  readonly begin: (hurt?: Hurt) => void
  /** What was sent since, each message once, in the order in which they were first sent. */
  readonly heard: () => readonly Message[]
  /** Whether the fault was done; what was overtaken has arrived by then. */
  readonly end: () => Promise<boolean>
}

const names = Object.keys(contract) as EndpointName[]
const patterns = names.map((name) => {
  const { method, path } = contract[name]
  return { name, method, path: new RegExp(`^${path.replaceAll(/:[a-z_]+/g, '[^/]+')}$`) }
})

function nameOf(url: string, method: string): EndpointName {
  const { pathname } = new URL(url)
  const found = patterns.find((one) => one.method === method && one.path.test(pathname))
  if (found === undefined) throw new Error(`no endpoint is ${method} ${pathname}`)
  return found.name
}

const cut = (): never => {
  throw new TypeError('the wire is cut')
}

export function createWire(carry: Fetch): Wire {
  let hurt: Hurt | undefined
  let [isDone, isOver] = [false, true]
  let heard = new Set<Message>()
  let said = new Map<EndpointName, unknown>()
  let overtaken: (() => Promise<unknown>) | undefined

  /** The same bytes sent again are the same message. */
  const messageOf = (name: EndpointName, body: RequestInit['body']): Message => {
    if (!said.has(name)) said.set(name, body)
    return said.get(name) === body ? name : `${name} again`
  }
  const deliver = async () => {
    const late = overtaken
    overtaken = undefined
    await late?.()
  }
  const unheard = async (send: () => Promise<Response>) => {
    await (await send()).text()
    await hurt?.meanwhile?.()
    return cut()
  }
  const harmed: Readonly<Record<Fault, (send: () => Promise<Response>) => Promise<Response>>> = {
    'dropped before': async () => cut(),
    'dropped after': unheard,
    doubled: async (send) => {
      const [first] = await Promise.all([send(), send().then((other) => other.text())])
      return first
    },
    overtaken: async (send) => {
      overtaken = async () => await (await send()).text()
      return cut()
    },
    'past the deadline': async (send) => {
      await hurt?.meanwhile?.()
      return await send()
    },
    'answered past the deadline': unheard,
    'while it is answered': async (send) => {
      await hurt?.ready?.()
      const answer = send().catch(() => undefined)
      await hurt?.meanwhile?.()
      return (await answer) ?? cut()
    },
  }
  return {
    fetch: async (url, init) => {
      const name = messageOf(nameOf(url, init.method ?? 'GET'), init.body)
      if (!isOver) heard.add(name)
      const send = () => carry(url, init)
      if (hurt !== undefined && !isDone && hurt.at === name) {
        isDone = true
        return await harmed[hurt.fault](send)
      }
      const answer = await send()
      await deliver()
      return answer
    },
    begin: (next) => {
      ;[hurt, isDone, isOver, heard, said] = [next, false, false, new Set(), new Map()]
    },
    heard: () => [...heard],
    end: async () => {
      await deliver()
      ;[hurt, isOver] = [undefined, true]
      return isDone
    },
  }
}
