/**
 * Cutting a stream into messages, for the relays: PostgreSQL's protocol 3 (without TLS), frames
 * with a 4-byte big-endian length before them (the vault's), or plain chunks as they come.
 */
export type Framing = 'chunks' | 'postgres' | 'length'
/** Takes the next bytes of one direction and answers with the messages that are whole now. */
export type Splitter = (chunk: Buffer) => Buffer[]
/** One splitter for each direction of one connection; `up` is from the client to the service. */
export type Splitters = { readonly up: Splitter; readonly down: Splitter }

/** Protocol §54.7: an SSLRequest or GSSENCRequest, answered by one byte. */
const negotiations = new Set([80877103, 80877104])

export function createSplitters(framing: Framing): Splitters {
  if (framing === 'chunks') return { up: (chunk) => [chunk], down: (chunk) => [chunk] }
  if (framing === 'length') {
    const frame = () => splitter((rest) => (rest.length < 4 ? Infinity : 4 + rest.readUInt32BE(0)))
    return { up: frame(), down: frame() }
  }
  return postgresSplitters()
}

function postgresSplitters(): Splitters {
  let hasStarted = false
  let bareAnswers = 0
  const typed = (rest: Buffer) => (rest.length < 5 ? Infinity : 1 + rest.readUInt32BE(1))
  const up = (rest: Buffer) => {
    if (hasStarted) return typed(rest)
    if (rest.length < 8) return Infinity
    const length = rest.readUInt32BE(0)
    if (rest.length < length) return Infinity
    if (negotiations.has(rest.readUInt32BE(4))) bareAnswers += 1
    else hasStarted = true
    return length
  }
  const down = (rest: Buffer) => {
    if (bareAnswers === 0) return typed(rest)
    bareAnswers -= 1
    return 1
  }
  return { up: splitter(up), down: splitter(down) }
}

/** `lengthOf` tells the length of the first message, once it can; asked once per whole message. */
function splitter(lengthOf: (rest: Buffer) => number): Splitter {
  let rest: Buffer = Buffer.alloc(0)
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    const messages: Buffer[] = []
    while (rest.length > 0) {
      const length = lengthOf(rest)
      if (length > rest.length) break
      messages.push(rest.subarray(0, length))
      rest = rest.subarray(length)
    }
    return messages
  }
}

/** What crossed a relay. The last three are PostgreSQL's, without a connection's set-up. */
export type Counts = {
  readonly up: number
  readonly down: number
  /** Messages the client waits on: Sync, Query, Flush. Pipelined ones count each. */
  readonly roundTrips: number
  /** Executed statements: Execute and Query. */
  readonly statements: number
  /** Transactions ended: the session was idle again after a Sync or a Query. */
  readonly transactions: number
}

export type Meter = {
  readonly count: (direction: keyof Splitters, message: Buffer) => void
  readonly counts: () => Counts
}

export function createMeter(framing: Framing): Meter {
  const counts = { up: 0, down: 0, roundTrips: 0, statements: 0, transactions: 0 }
  const countPostgres = (direction: keyof Splitters, message: Buffer) => {
    const type = String.fromCharCode(message[0] ?? 0)
    if (direction === 'up') {
      if ('SQH'.includes(type)) counts.roundTrips += 1
      if ('EQ'.includes(type)) counts.statements += 1
    }
    if (direction === 'down' && type === 'Z' && message[5] === 0x49) counts.transactions += 1
    // AuthenticationOk (R, 0) comes once per connection, and the ReadyForQuery after it is set-up.
    if (
      direction === 'down' &&
      type === 'R' &&
      message.length === 9 &&
      message.readUInt32BE(5) === 0
    )
      counts.transactions -= 1
  }
  return {
    count: (direction, message) => {
      counts[direction] += 1
      if (framing === 'postgres') countPostgres(direction, message)
    },
    counts: () => ({ ...counts }),
  }
}
