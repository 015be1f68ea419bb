/**
 * The sandbox's air: advertisements as UDP multicast datagrams that do not leave the machine.
 * A datagram is the advertising PDU, byte for byte. SIMULATOR of a radio, not of the frame.
 */
import { createSocket } from 'node:dgram'
import { writePdu } from '@warifu/protocol/proximity-frame'
import type { Advertiser } from './advertiser.ts'

const LOOPBACK = '127.0.0.1'

export async function openUdpAir(at: {
  readonly group: string
  readonly port: number
}): Promise<Advertiser> {
  const socket = createSocket({ type: 'udp4', reuseAddr: true })
  await new Promise<void>((done, failed) => {
    socket.once('error', failed)
    socket.bind(0, LOOPBACK, done)
  })
  socket.setMulticastInterface(LOOPBACK)
  socket.setMulticastTTL(0)
  socket.setMulticastLoopback(true)
  // A datagram that could not be sent is one that nobody heard: the next one follows.
  socket.on('error', () => {})
  let pdu: Uint8Array | undefined
  const send = () => {
    if (pdu !== undefined) socket.send(pdu, at.port, at.group)
  }
  return {
    advertise: async (advertisement) => {
      pdu = writePdu(advertisement)
      send()
    },
    tick: send,
    close: () => new Promise<void>((done) => socket.close(() => done())),
  }
}
