/**
 * A loopback capture as a list of messages: what crossed the relays before the server and before
 * the vault, in the order in which it crossed. A read that changed nothing and told nothing new
 * is none.
 */
import type { Hook } from './relay.ts'

/** `terminal>server createPayment`: who to whom, and what, as far as the wire says. */
export type Seen = { readonly route: string; readonly what: string }

export type Capture = {
  readonly client: Hook
  readonly vault: Hook
  /** A message where no relay reaches: counted at its sender's end. */
  readonly note: (route: string) => void
  /** From now on. */
  readonly begin: () => void
  /** The payment whose question a terminal is to read. */
  readonly watch: (payment: string) => void
  readonly seen: () => readonly Seen[]
}

/** The platform's own housekeeping with the vault: not about any one payment. */
const housekeeping = /^(?:make_epoch_codes|audit_head|read_sale|end_sale)$/

export function createCapture(): Capture {
  let list: Seen[] = []
  let payment = ''
  let wasTold = false
  const note = (route: string, what: string) => void list.push({ route, what })
  const asking = new Map<number, { readonly who: string; readonly line: string }>()
  const client: Hook = ({ direction, connection, bytes }) => {
    const text = bytes.toString('latin1')
    if (direction === 'up') {
      const line = /^(?:GET|POST|PUT|PATCH|DELETE) \S+/.exec(text)?.[0]
      if (line === undefined) return 'pass'
      const who = /^authorization: bearer/im.test(text) ? 'merchant' : 'terminal'
      asking.set(connection, { who, line })
      if (!line.startsWith('GET')) note(`${who}>server`, line)
      return 'pass'
    }
    const asked = asking.get(connection)
    if (asked === undefined) return 'pass'
    // The question itself reaches a terminal in whatever it reads next, once.
    const tells = asked.who === 'terminal' && payment !== '' && text.includes(payment)
    const isNew = asked.line === 'GET /v1/approvals?limit=100' && tells && !wasTold
    if (isNew) wasTold = true
    const isAnswer = !asked.line.startsWith('GET') && /^HTTP\/1\.1 \d/.test(text)
    if (isNew || isAnswer) note(`server>${asked.who}`, asked.line)
    return 'pass'
  }
  const operations = new Map<string, string>()
  const vault: Hook = ({ direction, connection, bytes }) => {
    const calls: unknown = JSON.parse(bytes.subarray(4).toString('utf8'))
    for (const call of Array.isArray(calls) ? calls : []) {
      const { id, op = '', operation = op } = Object(call)
      const key = `${connection}/${id}`
      if (direction === 'up') operations.set(key, String(operation))
      const name = operations.get(key) ?? ''
      if (housekeeping.test(name)) continue
      note(direction === 'up' ? 'server>vault' : 'vault>server', name)
    }
    return 'pass'
  }
  return {
    client,
    vault,
    note: (route) => note(route, ''),
    begin: () => {
      list = []
      payment = ''
      wasTold = false
    },
    watch: (id) => {
      payment = id
    },
    seen: () => list,
  }
}
