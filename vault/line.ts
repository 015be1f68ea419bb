/**
 * The line to PostgreSQL, as postgres.js 3.4.9 needs it. So has the server.
 *
 * - A reset is two events to it, an error and then the close, and what is asked in between waits
 *   for ever. Here a line that has carried something only closes; of one that never did, the error
 *   is told. For that TLS is begun here too (PostgreSQL, “SSL Session Encryption”), as it would.
 * - What it was about to write as its line closed stays in its buffer, with a timer that it takes
 *   for set: on the next line its first message waits for ever, until what is to be written has
 *   grown to 1024 bytes. So that message is as long as that, and goes alone. (Under TLS
 *   PostgreSQL turns away what stands before it, and is dialled once more.)
 * - It lets a small message wait for the acknowledgement of the last one; libpq does not, nor we.
 */
import { isIP, Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import postgres from 'postgres'

/** Of protocol 3.0, as the first message tells it after its own length. */
const PROTOCOL = 0x30000

class Line extends Socket {
  #hasBegun = false

  override _write(bytes: Buffer, encoding: BufferEncoding, done: (fault?: Error | null) => void) {
    super._write(this.#hasBegun ? bytes : startupIn(bytes), encoding, done)
    this.#hasBegun = true
  }

  override _destroy(fault: Error | null, done: (fault?: Error | null) => void): void {
    super._destroy(this.bytesRead > 0 ? null : fault, done)
  }
}

/** Without what stands before it: that was meant for a line that is gone. */
function startupIn(bytes: Buffer): Buffer {
  for (let at = 0; at + 8 <= bytes.length; at += 1)
    if (bytes.readUInt32BE(at) === bytes.length - at && bytes.readUInt32BE(at + 4) === PROTOCOL)
      return bytes.subarray(at)
  return bytes
}

/** As postgres.js has read them from its address. */
type Place = {
  readonly host: readonly string[]
  readonly port: readonly number[]
  readonly path: string | false
  readonly sslnegotiation: string | null
}

/** Options of postgres.js (its types know one of them): each time the next of several hosts. */
export function overLines(url: string) {
  // As it reads it itself, from the address or the environment.
  const { ssl } = postgres(url).options
  let opened = 0
  const socket = ({ host: hosts, port: ports, path, sslnegotiation }: Place) => {
    const at = opened % hosts.length
    opened += 1
    const [host = 'localhost', port = 5432] = [hosts[at], ports[at]]
    const line = new Line().setNoDelay()
    if (path) line.connect(path)
    else line.connect(port, host)
    // It reads them for its errors.
    const named = <S extends Socket>(one: S): S => Object.assign(one, { host, port })
    if (!ssl) return named(line)
    const securing = { ssl, host, isDirect: sslnegotiation === 'direct' }
    return secured(line, securing).then(named, (fault) => {
      line.destroy()
      return named(broken(fault))
    })
  }
  return { ssl: false, socket }
}

type Securing = {
  readonly ssl: string | boolean | object
  readonly host: string
  readonly isDirect: boolean
}

const SSL_REQUEST = Uint8Array.of(0, 0, 0, 8, 4, 210, 22, 47)
const WILLING = 'S'.charCodeAt(0)
/** As long as the driver waits for a connection. */
const PATIENCE_MS = 30_000

async function secured(line: Line, securing: Securing): Promise<Socket> {
  const { ssl, isDirect } = securing
  const late = AbortSignal.timeout(PATIENCE_MS)
  await first(line, 'connect', late)
  if (!isDirect) {
    line.write(SSL_REQUEST)
    const answer = await first(line, 'data', late)
    const isWilling = answer instanceof Uint8Array && answer[0] === WILLING
    if (!isWilling && ssl === 'prefer') return line
    if (!isWilling) throw new Error('PostgreSQL does not speak TLS')
  }
  const over = connectTls({ socket: line, ...tlsOf(securing) })
  await first(over, 'secureConnect', late)
  const destroy = over._destroy.bind(over)
  return Object.assign(over, {
    _destroy: (_: Error | null, done: (fault?: Error | null) => void) => destroy(null, done),
  })
}

function tlsOf({ ssl, host, isDirect }: Securing): ConnectionOptions {
  const isUnchecked = ssl === 'require' || ssl === 'allow' || ssl === 'prefer'
  return {
    // The name, or the address, that the certificate has to be good for.
    host,
    ...(isIP(host) === 0 && { servername: host }),
    ...(isDirect && { ALPNProtocols: ['postgresql'] }),
    ...(isUnchecked && { rejectUnauthorized: false }),
    ...(typeof ssl === 'object' && ssl),
  }
}

/** What comes with the first such event, where the line is not lost before. */
const first = (line: Socket, event: 'connect' | 'data' | 'secureConnect', late: AbortSignal) =>
  new Promise<unknown>((resolve, reject) => {
    line.once(event, resolve).once('error', reject)
    late.addEventListener('abort', () => reject(new Error('PostgreSQL says nothing')))
    line.once('close', () => reject(new Error('PostgreSQL has closed the line')))
  })

/** The driver hears of a fault only on a line that it holds: as it begins to speak. */
function broken(fault: Error): Socket {
  const line = new Socket()
  return Object.assign(line, { _write: () => line.destroy(fault) })
}

/** Of a session: no options, in as many words as make its first message long enough. */
export const LONG_STARTUP = { options: ' '.repeat(1024) }
