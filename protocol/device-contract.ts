/** Endpoints of the contract: the devices that a cardholder carries. */
import { carriedDevice, carriedId } from './device-objects.ts'
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
