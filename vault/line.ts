/**
 * The line to PostgreSQL, whose loss is one event. postgres.js 3.4.9 takes a reset for two, an
 * error and then the close, and what is asked in between waits for ever. Here a line that has
 * carried something only closes; of one that never did, the error is told. (A line under TLS is
 * the driver's own.) So has the server.
 */
import { Socket } from 'node:net'

class Line extends Socket {
  override _destroy(fault: Error | null, done: (fault?: Error | null) => void): void {
    super._destroy(this.bytesRead > 0 ? null : fault, done)
  }
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
