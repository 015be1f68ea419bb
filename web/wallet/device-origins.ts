/**
 * Where the cardholder's own devices listen, beside the wallet on the same machine: the only
 * addresses other than the API's that the page may call. They are loopback addresses and nothing
 * else, so that a changed setting cannot send the page to a stranger.
 */

/** Devices that the wallet's page speaks to, by name. */
export const deviceNames = ['proximity', 'reader', 'sim'] as const
export type DeviceName = (typeof deviceNames)[number]
export type DeviceOrigins = Readonly<Partial<Record<DeviceName, string>>>

const isName = (text: string): text is DeviceName => deviceNames.some((name) => name === text)

/** `proximity=ws://127.0.0.1:8733,reader=ws://…`; empty: no devices. */
export function readDeviceOrigins(text: string): DeviceOrigins {
  const origins: Partial<Record<DeviceName, string>> = {}
  for (const part of text.split(',').filter((one) => one !== '')) {
    const { groups } = /^(?<name>[a-z]+)=(?<origin>.+)$/.exec(part) ?? {}
    const { name = '', origin = '' } = groups ?? {}
    if (!isName(name) || !/^(?:ws|http):\/\/127\.0\.0\.1:[1-9][0-9]{1,4}$/.test(origin))
      throw new TypeError(
        `DEVICE_ORIGINS: expected ${deviceNames.join('|')}=ws://127.0.0.1:PORT, comma between them`,
      )
    origins[name] = origin
  }
  return origins
}
