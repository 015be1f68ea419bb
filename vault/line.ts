/**
 * The line to PostgreSQL, as postgres.js 3.4.9 needs it. (A line under TLS is the driver's own.)
 * So has the server.
 *
 * - A reset is two events to it, an error and then the close, and what is asked in between waits
 *   for ever. Here a line that has carried something only closes; of one that never did, the error
 *   is told.
 * - What it was about to write as its line closed stays in its buffer, with a timer that it takes
 *   for set: on the next line its first message waits for ever, until what is to be written has
 *   grown to 1024 bytes. So that message is as long as that, and goes alone.
 */
import { Socket } from 'node:net'

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
}

/** An option of postgres.js (which its types do not know): each time the next of several hosts. */
export function overLines() {
  let opened = 0
  const socket = ({ host: hosts, port: ports, path }: Place): Socket => {
    const at = opened % hosts.length
    opened += 1
    const [host = 'localhost', port = 5432] = [hosts[at], ports[at]]
    const line = new Line()
    if (path) line.connect(path)
    else line.connect(port, host)
    // It reads them for its errors, and for the name in a certificate.
    return Object.assign(line, { host, port })
  }
  return { socket }
}

/** Of a session: no options, in as many words as make its first message long enough. */
export const LONG_STARTUP = { options: ' '.repeat(1024) }
