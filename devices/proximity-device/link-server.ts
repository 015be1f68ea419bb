/**
 * The device's two-way short-range link: a WebSocket on the loopback stands for Wi-Fi. It lets in
 * the wallet's own page and no other (Origin, Host), takes one small message at a time, and says
 * nothing unasked.
 */
import { createServer, type IncomingMessage } from 'node:http'
import type { LinkAnswer } from '@warifu/protocol/proximity'
import { WebSocketServer } from 'ws'

export type LinkServer = { readonly close: () => Promise<void> }
export type LinkPlan = {
  readonly port: number
  readonly walletOrigin: string
  /** Answers one message; undefined: it is none of ours to answer. */
  readonly ask: (request: unknown) => LinkAnswer | undefined
}

const HOST = '127.0.0.1'
const MAX_BYTES = 4096

export async function listenLink({ port, walletOrigin, ask }: LinkPlan): Promise<LinkServer> {
  const http = createServer((_, reply) => void reply.writeHead(404).end())
  const isOurs = ({ headers }: IncomingMessage) =>
    headers.origin === walletOrigin && headers.host === `${HOST}:${port}`
  const sockets = new WebSocketServer({
    server: http,
    maxPayload: MAX_BYTES,
    perMessageDeflate: false,
    verifyClient: ({ req }: { readonly req: IncomingMessage }) => isOurs(req),
  })
  sockets.on('connection', (socket) => {
    socket.on('error', () => socket.terminate())
    socket.on('message', (data, isBinary) => {
      const answer = isBinary ? undefined : ask(parse(String(data)))
      if (answer === undefined) return void socket.close(1003)
      socket.send(JSON.stringify(answer))
    })
  })
  await new Promise<void>((done, failed) => {
    http.once('error', failed)
    http.listen(port, HOST, done)
  })
  return {
    close: async () => {
      for (const socket of sockets.clients) socket.terminate()
      sockets.close()
      await new Promise<void>((done) => http.close(() => done()))
    },
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
