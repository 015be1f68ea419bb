/** Handlers: the devices that a cardholder carries. */
import type { Reply } from '@warifu/protocol/contract'
import { done } from '@warifu/protocol/errors'
import type { Carried, Devices } from '#devices'
import { shownAs, type Terminals } from '#terminals'
import type { Handlers } from './handler.ts'

type Rooms = {
  readonly devices: Devices
  readonly terminals: Pick<Terminals, 'once'>
  readonly livemode: boolean
}

/** A device of whatever kind, as its owner sees it. */
export const shownDevice =
  (livemode: boolean) =>
  ({ state, createdMs, ...device }: Carried): Reply<'removeDevice'> => ({
    ...device,
    object: 'device',
    livemode,
    created_at: new Date(createdMs).toISOString(),
    status: state,
  })

export const carriedHandlers = ({ devices, terminals, livemode }: Rooms) => {
  const show = shownDevice(livemode)
  return {
    listDevices: async ({ caller: { call } }) => {
      const data = (await devices.list(call.cardholder)).map(show)
      return done({ object: 'list', url: '/v1/devices', has_more: false, next_cursor: null, data })
    },
    pairProximityDevice: async ({ caller: { call }, body, nowMs }) =>
      terminals.once(call, shownAs(devices.pair({ call, body, nowMs }), show), nowMs),
    linkDevice: async ({ caller: { call }, params, body, nowMs }) =>
      terminals.once(
        call,
        shownAs(devices.link({ call, device: params.id, card: body.card }), show),
        nowMs,
      ),
    removeDevice: async ({ caller: { call }, params, nowMs }) =>
      terminals.once(
        call,
        shownAs(devices.remove({ call, device: params.id, nowMs }), show),
        nowMs,
      ),
  } satisfies Partial<Handlers>
}
