/** Endpoints of the contract: the devices that a cardholder carries. */
import { pairDeviceBody } from './beacon.ts'
import { carriedDevice, carriedId } from './device-objects.ts'
import { idOf } from './ids.ts'
import { listOf } from './objects.ts'
import { closed } from './shapes.ts'

export const deviceEndpoints = {
  listDevices: {
    method: 'GET',
    path: '/v1/devices',
    tag: 'Devices',
    caller: 'terminal',
    status: 200,
    summary: 'Your devices, of whatever kind.',
    query: closed({}),
    answer: listOf(carriedDevice),
    refuses: [],
  },
  pairProximityDevice: {
    method: 'POST',
    path: '/v1/devices/proximity',
    tag: 'Devices',
    caller: 'terminal',
    status: 201,
    summary: 'Pair a proximity device with this phone: its chip vouches for it with a code.',
    body: pairDeviceBody,
    answer: carriedDevice,
    refuses: [
      'signature_invalid',
      'statement_invalid',
      'card_unknown',
      'chip_unknown',
      'chip_paired',
      'chip_code_invalid',
      'chip_replayed',
      'vault_unavailable',
    ],
  },
  linkDevice: {
    method: 'POST',
    path: '/v1/devices/:id/card',
    tag: 'Devices',
    caller: 'terminal',
    status: 200,
    summary: 'Choose the card that a proximity device pays with.',
    params: closed({ id: idOf('pxd') }),
    body: closed({ card: idOf('crd') }),
    answer: carriedDevice,
    refuses: ['not_found', 'card_unknown'],
  },
  removeDevice: {
    method: 'POST',
    path: '/v1/devices/:id/remove',
    tag: 'Devices',
    caller: 'terminal',
    status: 200,
    summary: 'Remove a device: from now on it identifies nobody and pays nothing.',
    params: closed({ id: carriedId }),
    body: closed({}),
    answer: carriedDevice,
    refuses: ['not_found'],
  },
} as const
