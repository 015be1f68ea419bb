/**
 * The cable's end at the reader: a WebSocket on the loopback (RFC 6455). Any page of the machine
 * could knock; Origin and Host are looked at before a word is heard, and one page is plugged in at
 * a time: a newcomer takes the place of the one before.
 */
import { createServer, type IncomingMessage } from 'node:http'
import {
  type CableEvent,
  type CableRequest,
  cableRequest,
  MAX_CABLE_BYTES,
} from '@warifu/protocol/reader'
import { Compile } from 'typebox/compile'
import { type WebSocket, WebSocketServer } from 'ws'

const requestShape = Compile(cableRequest)

export type Receiver = {
  readonly onPlugged: (origin: string) => void
  readonly onRequest: (request: CableRequest) => void
  readonly onUnplugged: () => void
}
export type Cable = {
  /** To whoever is plugged in; nobody, where nobody is. */
  readonly send: (event: CableEvent) => void
  readonly close: () => Promise<void>
}

type Place = { readonly port: number; readonly origins: readonly string[] }

/** A name that leads here from elsewhere (DNS rebinding) is not ours. */
const isAllowed = ({ headers }: IncomingMessage, { port, origins }: Place): boolean =>
  origins.includes(headers.origin ?? '') &&
  [`127.0.0.1:${port}`, `localhost:${port}`].includes(headers.host ?? '')

export async function listenCable(place: Place, receiver: Receiver): Promise<Cable> {
  const http = createServer((_, response) => void response.writeHead(426).end())
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_CABLE_BYTES })
  let current: WebSocket | undefined
  http.on('upgrade', (request, socket, head) => {
    if (!isAllowed(request, place)) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n')
      return
    }
    sockets.handleUpgrade(request, socket, head, (page) => {
      plug(page, request.headers.origin ?? '')
    })
  })
  const plug = (page: WebSocket, origin: string) => {
    const before = current
    current = page
    if (before !== undefined) {
      before.close(4001, 'another page was plugged in')
      receiver.onUnplugged()
    }
    receiver.onPlugged(origin)
    page.on('message', (data, isBinary) => {
      if (page === current) take(isBinary ? '' : String(data))
    })
    page.on('error', () => page.terminate())
    page.on('close', () => {
      if (page !== current) return
      current = undefined
      receiver.onUnplugged()
    })
  }
  const send = (event: CableEvent) => void current?.send(JSON.stringify(event))
  const take = (text: string) => {
    const value = parse(text)
    if (requestShape.Check(value)) receiver.onRequest(value)
    else send({ tell: 'refused', error: 'request_malformed' })
  }
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject)
    http.listen(place.port, '127.0.0.1', resolve)
  })
  const close = async () => {
    const closed = new Promise((resolve) => http.close(resolve))
    current?.terminate()
    await closed
  }
  return { send, close }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
