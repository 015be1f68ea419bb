/**
 * One address for two servers: each request goes to the other one than the request before it, also
 * on one connection. Streams are passed on as they come; nothing is sent twice.
 */
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'

/** Without what is about one connection only: name and value by turns. */
const withoutLine = (raw: readonly string[]): string[] =>
  raw.filter((_, i) => !/^(?:connection|keep-alive)$/i.test(raw[i - (i % 2)] ?? ''))

export async function startAlternator(
  port: number,
  servers: readonly number[],
): Promise<AsyncDisposable> {
  let turn = 0
  const pass = (from: IncomingMessage, to: ServerResponse) => {
    turn += 1
    const place = { host: '127.0.0.1', port: servers[turn % servers.length], path: from.url ?? '' }
    const { method, rawHeaders } = from
    const headers = withoutLine(rawHeaders)
    const onward = request({ ...place, method, headers, agent: false }, (answer) => {
      to.writeHead(answer.statusCode ?? 502, withoutLine(answer.rawHeaders))
      answer.pipe(to)
      answer.once('error', () => to.destroy())
    })
    onward.once('error', () => to.destroy())
    to.once('close', () => onward.destroy())
    from.pipe(onward)
  }
  const listener = createServer({ noDelay: true }, pass)
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject)
    listener.listen(port, '127.0.0.1', resolve)
  })
  return {
    [Symbol.asyncDispose]: async () => {
      listener.closeAllConnections()
      await new Promise((resolve) => listener.close(resolve))
    },
  }
}
