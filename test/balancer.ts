/**
 * A plain TCP balancer: each connection goes to the next server in turn, or to the one after it
 * where that one does not answer. It knows nothing of HTTP, keeps nobody at one server, and sends
 * nothing twice.
 */
import { connect, createServer, type Socket } from 'node:net'

export type Balancer = {
  readonly port: number
  /** How many connections each server was given, in the order of the ports. */
  readonly given: () => readonly number[]
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

export async function startBalancer(port: number, servers: readonly number[]): Promise<Balancer> {
  const sockets = new Set<Socket>()
  const given = servers.map(() => 0)
  let turn = 0
  const keep = (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    socket.on('error', () => {})
  }
  const pass = (client: Socket, tries: number) => {
    if (tries === 0) return void client.destroy()
    const at = turn % servers.length
    turn += 1
    const server = connect({ host: '127.0.0.1', port: servers[at] ?? 0 })
    keep(server)
    const next = () => pass(client, tries - 1)
    server.once('error', next)
    server.once('connect', () => {
      server.off('error', next)
      given[at] = (given[at] ?? 0) + 1
      client.pipe(server)
      server.pipe(client)
      server.once('close', () => client.destroy())
      client.once('close', () => server.destroy())
    })
  }
  const listener = createServer({ pauseOnConnect: true, noDelay: true }, (client) => {
    keep(client)
    pass(client, servers.length)
  })
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject)
    listener.listen(port, '127.0.0.1', resolve)
  })
  return {
    port,
    given: () => [...given],
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => listener.close(resolve))
    },
  }
}
